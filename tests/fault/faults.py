"""What is broken on purpose, each in a function that breaks it and mends it again."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import kombu
from sqlalchemy import select, text

from infra import migrate
from infra.database import Database
from infra.eventstore.tables import events
from infra.messaging.runtime import subscriptions
from infra.settings import SERVICES
from tests.fault.driver import Driver
from tests.fault.estate import Estate
from tests.fault.network import CAN_SWALLOW
from tests.fault.serve import Faults

Break = Callable[[Estate, Driver, random.Random], None]


@dataclass(frozen=True)
class Fault:
    """`short`: one of those that every run of the tests goes through. `one_answer`: seconds in which
    each request must have been answered, whatever was broken, where that is promised."""

    words: str
    run: Break
    short: bool = False
    one_answer: float | None = None
    possible: bool = True


FAULTS: dict[str, Fault] = {}


def fault(words: str, **how: object) -> Callable[[Break], Break]:
    def add(run: Break) -> Break:
        FAULTS[run.__name__] = Fault(words, run, **how)  # type: ignore[arg-type]
        return run

    return add


@fault("each process killed (-9) in turn", short=True)
def processes_killed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    names = sorted(estate.processes)
    rng.shuffle(names)
    estate.restarted(*names)


@fault("processes killed (-9) at random, many at a time")
def processes_killed_at_random(estate: Estate, driver: Driver, rng: random.Random) -> None:
    for _ in range(8):
        for name in rng.sample(sorted(estate.processes), rng.randint(1, 3)):
            estate.processes[name].tell(signal.SIGKILL)
        time.sleep(rng.uniform(0.2, 5))
    estate.settle_down()


@fault("each process told to stop (SIGTERM) in turn")
def processes_stopped(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.restarted(*sorted(estate.processes), number=signal.SIGTERM)
    ends = {name: one.exits[-1] for name, one in estate.processes.items()}
    assert set(ends.values()) == {0}, ends


@fault("a replica told to stop while another works on")
def replica_stopped(estate: Estate, driver: Driver, rng: random.Random) -> None:
    before = driver.ledger.tally["503"]
    for name in estate.replicas("correspondence")[1:]:
        estate.restarted(name, number=signal.SIGTERM)
    seen = driver.ledger.tally["503"] - before
    assert seen == 0, f"{seen} requests were answered 503"


@fault("all connections to RabbitMQ closed")
def broker_connections_closed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    for _ in range(3):
        estate.rabbitmq.control("close_all_connections", "drill")
        driver.wait_for(10)


@fault("RabbitMQ's queues purged, and those of events deleted", short=True)
def queues_lost(estate: Estate, driver: Driver, rng: random.Random) -> None:
    of_events = [
        f"{name}.from.{one.source}"
        for name in SERVICES
        for one in subscriptions(migrate.service_class(name))
    ]
    with kombu.Connection(estate.rabbitmq.url) as connection:
        for _ in range(5):
            for name in (*of_events, *(f"rpc-{service}" for service in SERVICES)):
                connection.default_channel.queue_purge(name)
            time.sleep(rng.uniform(0.1, 0.5))
        for name in of_events:
            connection.default_channel.queue_delete(name)
    driver.wait_for(20)


@fault("RabbitMQ restarted", short=True)
def broker_restarted(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.rabbitmq.stop()
    estate.rabbitmq.start()


@fault("RabbitMQ killed (-9)")
def broker_killed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.rabbitmq.kill()
    estate.rabbitmq.start()


@fault("RabbitMQ away for 30 seconds", one_answer=15)
def broker_away(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.rabbitmq.stop()
    time.sleep(30)
    estate.rabbitmq.start()


@fault("RabbitMQ's data wiped")
def broker_wiped(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.rabbitmq.kill()
    estate.rabbitmq.wipe()
    estate.rabbitmq.start()


@fault("a memory alarm of RabbitMQ, which blocks publishers", one_answer=15)
def broker_alarmed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.rabbitmq.control("set_vm_memory_high_watermark", "0.00001")
    time.sleep(rng.uniform(8, 15))
    estate.rabbitmq.control("set_vm_memory_high_watermark", "0.4")


@fault("PostgreSQL restarted", short=True)
def database_restarted(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.postgresql.stop()
    time.sleep(rng.uniform(0, 2))
    estate.postgresql.start()


@fault("PostgreSQL killed, as by a crash")
def database_killed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    for _ in range(2):
        estate.postgresql.stop("immediate")
        estate.postgresql.start()
        driver.wait_for(10)


@fault("all connections to PostgreSQL cut, again and again")
def database_connections_cut(estate: Estate, driver: Driver, rng: random.Random) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'amnuay_%'"
    database = Database(estate.postgresql.url)
    for _ in range(10):
        with database.read() as connection:
            connection.execute(text(cut))
        time.sleep(rng.uniform(0.2, 1.5))
    database.dispose()


@fault("a transaction held open for 30 seconds, with the registers in its hands", one_answer=15)
def transaction_held(estate: Estate, driver: Driver, rng: random.Random) -> None:
    database = Database(estate.urls["correspondence"])
    with database.begin() as connection:
        connection.execute(text("SELECT * FROM number_series FOR UPDATE"))
        time.sleep(30)
    database.dispose()


@fault("the network between correspondence and the rest cut, and closed for 10 seconds")
def network_cut(estate: Estate, driver: Driver, rng: random.Random) -> None:
    for _ in range(5):
        rng.choice([estate.to_broker, estate.to_database]).cut()
        time.sleep(rng.uniform(0.2, 2))
    for way in (estate.to_broker, estate.to_database):
        way.close()
        time.sleep(10)
        way.listen()


@fault("the network to the broker swallows packets", one_answer=15, possible=CAN_SWALLOW)
def broker_swallowed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    with estate.to_broker.swallowing():
        time.sleep(rng.uniform(5, 40))


@fault("the network to the database swallows packets", one_answer=15, possible=CAN_SWALLOW)
def database_swallowed(estate: Estate, driver: Driver, rng: random.Random) -> None:
    with estate.to_database.swallowing():
        time.sleep(rng.uniform(5, 40))


@fault("the clocks of all jump back an hour")
def clocks_back(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.meddle(Faults(clock=-3600))
    driver.wait_for(60)
    estate.meddle(Faults())
    assert _recorded_late(estate) > 3000, "no clock jumped"


@fault("two replicas of correspondence with clocks a minute apart")
def clocks_apart(estate: Estate, driver: Driver, rng: random.Random) -> None:
    for name, ahead in zip(estate.replicas("correspondence"), (-30, 30), strict=False):
        estate.meddle(Faults(clock=ahead), name)
    driver.wait_for(100)
    estate.meddle(Faults())


@fault("a handler that fails for one event in thirty; retried afterwards by hand")
def handler_fails(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.meddle(Faults(handler="fail", one_in=30), "notify")
    driver.wait_for(150)
    time.sleep(5)  # an event is tried again for almost three seconds before it is parked
    estate.meddle(Faults())
    driver.ledger.afterwards.append(lambda: _retry_parked(estate, driver))


@fault("a handler that hangs; its process killed (-9)")
def handler_hangs(estate: Estate, driver: Driver, rng: random.Random) -> None:
    estate.meddle(Faults(handler="hang", one_in=20), "notify")
    driver.wait_for(100)  # nobody at work has to wait for it
    estate.meddle(Faults())
    estate.restarted(*estate.replicas("notify"))


@fault("a handler that takes a second while events pile up")
def handler_slow(estate: Estate, driver: Driver, rng: random.Random) -> None:
    before = {name: estate.processes[name].memory for name in estate.replicas("notify")}
    estate.meddle(Faults(handler="slow"), "notify")
    driver.wait_for(400)
    after = {name: estate.processes[name].memory for name in before}
    estate.meddle(Faults())
    grown = max(after[name] - before[name] for name in before)
    driver.ledger.notes.append(f"its memory grew by {grown} MiB")
    assert grown < 40, (before, after)


def _recorded_late(estate: Estate) -> float:
    """By how many seconds an event's moment lies before that of the one before it, at most."""
    query = select(events.c.recorded_at).order_by(events.c.seq)
    database = Database(estate.urls["correspondence"])
    with database.read() as connection:
        moments = connection.execute(query).scalars().all()
    database.dispose()
    return max((one - after).total_seconds() for one, after in pairwise(moments))


def _retry_parked(estate: Estate, driver: Driver) -> None:
    """`amnuay parked`, then `amnuay parked --retry` until nothing is left."""
    listed = _amnuay(estate, "parked").stdout
    driver.ledger.notes.append(f"{listed.count('parked 20')} events were parked")
    assert "made to fail" in listed, "nothing was parked"
    for _ in range(3):
        said = _amnuay(estate, "parked", "--retry")
        if said.returncode == 0:
            return
    raise AssertionError(said.stdout + said.stderr)


def _amnuay(estate: Estate, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of those who look after the house, with the settings of its processes."""
    command = [sys.executable, "-m", "amnuay", *arguments]
    settings = estate.processes["notify"].environment
    return subprocess.run(command, env=settings, capture_output=True, text=True)


def possible() -> list[str]:
    return [name for name, one in FAULTS.items() if one.possible]
