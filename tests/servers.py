"""The servers that tests run on: those the environment names, else this machine's, else containers.

What is found is put into the environment, where the code under test looks for it.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy
from kombu import Connection
from pytest_docker.plugin import Services, get_docker_services

from infra.database import address
from infra.ids import new_id

COMPOSE = Path(__file__).parent / "servers.yml"
STARTS = 90.0  # seconds that a container may take until it answers

# This machine's usual ports, as the user who runs the tests, then as the image's own user.
POSTGRESQL = (
    "postgresql://127.0.0.1:5432/postgres",
    "postgresql://postgres:postgres@127.0.0.1:5432/postgres",
)
RABBITMQ = ("amqp://guest:guest@127.0.0.1:5672/",)


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Find or start both, and name them in the environment; `{mark: why it cannot be had}`."""
    found = {
        "AMNUAY_DATABASE_URL": _first("AMNUAY_DATABASE_URL", POSTGRESQL, _postgresql),
        "AMNUAY_BROKER_URL": _first("AMNUAY_BROKER_URL", RABBITMQ, _rabbitmq),
    }
    missing = [name for name, url in found.items() if url is None and name not in os.environ]
    with _containers(bool(missing)) as running:
        if running is not None:
            urls = {
                "AMNUAY_DATABASE_URL": (
                    f"postgresql://postgres:tests@127.0.0.1:{running.port_for('postgres', 5432)}"
                    "/postgres"
                ),
                "AMNUAY_BROKER_URL": (
                    f"amqp://guest:guest@127.0.0.1:{running.port_for('rabbitmq', 5672)}/"
                ),
            }
            found |= {name: urls[name] for name in missing}
            _wait(found["AMNUAY_DATABASE_URL"], _postgresql)
            _wait(found["AMNUAY_BROKER_URL"], _rabbitmq)
        os.environ.update({name: url for name, url in found.items() if url})
        yield {
            mark: f"no {server} at {name}, on this machine's port, or by Docker"
            for mark, server, name in (
                ("postgresql", "PostgreSQL", "AMNUAY_DATABASE_URL"),
                ("rabbitmq", "RabbitMQ", "AMNUAY_BROKER_URL"),
            )
            if not found[name]
        }


@contextmanager
def virtual_host(url: str) -> Iterator[str]:
    """A new virtual host on the RabbitMQ at `url`, removed afterwards.

    Where this machine may not administer that RabbitMQ, the one that `url` names.
    """
    control = shutil.which("rabbitmqctl")
    name = f"amnuay-{new_id()}"
    parsed = urlsplit(url)
    local = parsed.hostname in ("127.0.0.1", "localhost")
    if not (control and local and _succeeds(f"{control} --quiet add_vhost {name}")):
        yield url
        return
    try:
        _succeeds(f"{control} --quiet set_permissions -p {name} {parsed.username} .* .* .*")
        yield parsed._replace(path=f"/{name}").geturl()
    finally:
        _succeeds(f"{control} --quiet delete_vhost {name}")


def compose_command() -> str | None:
    """`docker compose` or its forerunner; None where no engine answers."""
    for command in ("docker compose", "docker-compose"):
        if shutil.which(command.split()[0]) and _succeeds(f"{command} version"):
            return command if _succeeds("docker info") else None
    return None


def images() -> dict[str, str] | None:
    """The images to build and run on, as variables of the compose files; None if not to be had.

    The public ones; where there is no registry, stand-ins: those that are there already, or that
    the program named by BASE_IMAGES makes.
    """
    public = {"PYTHON_IMAGE": "python:3.11-slim", "POSTGRES_IMAGE": "postgres:15"}
    public |= {"RABBITMQ_IMAGE": "rabbitmq:3.13"}
    chosen = {name: os.environ.get(name, image) for name, image in public.items()}
    if all(_have(image) or _succeeds(f"docker pull -q {image}") for image in chosen.values()):
        return chosen
    program = os.environ.get("BASE_IMAGES")
    if program is None:
        return None
    made = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return dict(word.split("=", 1) for word in made.splitlines()[-1].split() if "=" in word)


def _have(image: str) -> bool:
    return _succeeds(f"docker image inspect {image}")


def _succeeds(command: str) -> bool:
    return subprocess.run(command.split(), capture_output=True).returncode == 0


def _first(variable: str, usual: tuple[str, ...], answers: Callable[[str], bool]) -> str | None:
    named = os.environ.get(variable)
    return next((url for url in ([named] if named else usual) if answers(url)), None)


def _postgresql(url: str) -> bool:
    engine = sqlalchemy.create_engine(address(url), connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except sqlalchemy.exc.OperationalError:
        return False
    finally:
        engine.dispose()


def _rabbitmq(url: str) -> bool:
    try:
        with Connection(url, connect_timeout=3) as connection:
            connection.connect()
            return True
    except Exception:
        return False


def _wait(url: str | None, answers: Callable[[str], bool]) -> None:
    deadline = time.monotonic() + STARTS
    while not answers(url or ""):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url} has not answered in {STARTS:.0f} seconds")
        time.sleep(0.5)


@contextmanager
def _containers(wanted: bool) -> Iterator[Services | None]:
    command = compose_command() if wanted else None
    chosen = images() if command else None
    if command is None or chosen is None:
        yield None
        return
    os.environ.update(chosen)
    project = f"amnuay-tests-{os.getpid()}"
    with get_docker_services(command, str(COMPOSE), project, ["up -d"], ["down -v"]) as services:
        yield services
