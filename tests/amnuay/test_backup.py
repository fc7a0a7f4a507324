"""Backup of services at work, and restore: one consistent story, or told what is amiss."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import inspect, select, text, update

from amnuay import kept
from infra import dump, migrate
from infra.clock import SettableClock
from infra.database import Database
from infra.eventstore.tables import cursors, events, relay
from infra.eventstore.verify import verify
from infra.ids import new_id
from infra.settings import SERVICES
from services.personnel.contract import AddGroup, AddOrganisation
from tests.amnuay.processes import amnuay
from tests.api.inprocess import InProcess
from tests.api.letters import pdf, registered
from tests.api.office import COMMAND_LINE, NOW, Office
from tests.harness import Harness, fresh_database
from tests.infra.processes import until

TWO = ("personnel", "notify")  # a source and its subscriber


def rows(database: Database) -> dict[str, list[Any]]:
    """All that the database holds, but for who has the relay's lease."""
    with database.read() as connection:
        found = {}
        for name in inspect(connection).get_table_names():
            columns = "name, numbered, published" if name == "relay" else "*"
            read = connection.execute(text(f'SELECT {columns} FROM "{name}"'))
            found[name] = sorted((tuple(row) for row in read), key=repr)
        return found


def stop(harness: Harness) -> None:
    """As the end of a process: the relay gives its lease back."""
    harness.parts.relay.stop()
    harness.parts.relay.run()


class TestPair:
    """Personnel and notify, on either kind of database."""

    @pytest.fixture
    def pair(self, dialect: str) -> Iterator[InProcess]:
        with ExitStack() as stack:
            client = InProcess({})
            for name in TWO:
                url = stack.enter_context(fresh_database(dialect))
                one = Harness(migrate.service_class(name), url, SettableClock(NOW))
                stack.callback(one.close)
                one.parts.client = client  # type: ignore[assignment]
                one.parts.subscribers = {
                    source: subscriber
                    for source, subscriber in one.parts.subscribers.items()
                    if source in TWO
                }
                client.harnesses[name] = one
            yield client

    @pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
    def dialect(self, request: pytest.FixtureRequest) -> str:
        found: str = request.param
        return found

    @pytest.fixture
    def databases(self, pair: InProcess) -> dict[str, Database]:
        return {name: one.parts.database for name, one in pair.harnesses.items()}

    @pytest.fixture
    def home(self, pair: InProcess) -> str:
        body = {"kind": "office", "code": "99990000", "name": "สำนักงาน \\N ทดสอบ"}
        home: str = pair.harnesses["personnel"].send(COMMAND_LINE, AddOrganisation, **body)["id"]
        return home

    @pytest.fixture
    def taken(
        self, pair: InProcess, home: str, databases: dict[str, Database], tmp_path: Path
    ) -> tuple[Path, kept.Manifest, dict[str, Any]]:
        """A backup, and what the databases held then."""
        add(pair, home, 3)
        pair.deliver()
        pair.harnesses["personnel"].send(COMMAND_LINE, AddGroup, organisation=home, name="ใหม่")
        held = {name: rows(database) for name, database in databases.items()}
        return tmp_path, kept.write(databases, tmp_path / "none", tmp_path), held

    def test_what_is_restored_is_what_was_there_and_goes_on(
        self,
        pair: InProcess,
        home: str,
        databases: dict[str, Database],
        taken: tuple[Path, kept.Manifest, dict[str, Any]],
    ) -> None:
        folder, manifest, held = taken
        add(pair, home, 2)
        pair.deliver()
        restore(folder, manifest, databases)
        assert {name: rows(database) for name, database in databases.items()} == held
        assert dump.align(databases) == []
        for one in pair.harnesses.values():
            one.parts.relay._last, one.parts.relay._renew_at = None, 0.0  # a process that starts
        add(pair, home, 2)
        pair.deliver()
        assert position(databases["notify"]) == numbered(databases["personnel"]) == 1 + 3 + 1 + 2
        assert [fault for one in databases.values() for fault in verify(one)] == []

    def test_events_stay_append_only(
        self,
        home: str,
        databases: dict[str, Database],
        taken: tuple[Path, kept.Manifest, dict[str, Any]],
    ) -> None:
        restore(taken[0], taken[1], databases)
        with (
            pytest.raises(Exception, match="append-only"),
            databases["personnel"].begin() as connection,
        ):
            connection.execute(update(events).values(data="{}"))

    def test_taken_while_they_work_it_is_behind_at_most_and_catches_up(
        self,
        pair: InProcess,
        home: str,
        databases: dict[str, Database],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def busy(database: Database, place: Path) -> dump.Stand:
            found = take(database, place)
            add(pair, home, 3)
            pair.deliver()
            return found

        take = dump.dump
        pair.deliver()
        monkeypatch.setattr(dump, "dump", busy)
        manifest = kept.write(databases, tmp_path / "none", tmp_path)
        stands = {name: part.stand for name, part in manifest.services.items()}
        assert (stands["notify"].cursors["personnel"], stands["personnel"].numbered) == (1, 4)
        restore(tmp_path, manifest, databases)
        assert dump.align(databases) == []
        pair.deliver()
        assert position(databases["notify"]) == numbered(databases["personnel"]) == 4
        with databases["notify"].read() as connection:
            assert len(connection.execute(text("SELECT id FROM directory_groups")).all()) == 3

    def test_into_a_database_that_never_was(
        self,
        dialect: str,
        taken: tuple[Path, kept.Manifest, dict[str, Any]],
    ) -> None:
        folder, manifest, held = taken
        with fresh_database(dialect) as url:
            database = Database(url)
            assert dump.is_empty(database)
            dump.load("personnel", database, folder / kept_file(manifest), stand(manifest))
            assert rows(database) == held["personnel"]
            assert not dump.is_empty(database)
            database.dispose()

    def test_a_subscriber_that_was_left_ahead_is_brought_back_and_hears_what_comes(
        self,
        pair: InProcess,
        home: str,
        databases: dict[str, Database],
        taken: tuple[Path, kept.Manifest, dict[str, Any]],
    ) -> None:
        folder, manifest, _ = taken
        add(pair, home, 4)
        pair.deliver()
        part = manifest.services["personnel"]
        dump.load("personnel", databases["personnel"], folder / part.file, part.stand)
        head = part.stand.numbered
        assert position(databases["notify"]) == head + 5
        (found,) = dump.ahead(databases)
        assert f"notify: its subscription to personnel is at {head + 5}, beyond the end" in found
        (told,) = dump.align(databases)
        assert f"notify was at {head + 5} of personnel, whose log ends at {head}" in told
        assert dump.ahead(databases) == dump.align(databases) == []
        pair.harnesses["personnel"].parts.relay._last = None
        pair.harnesses["personnel"].parts.relay._renew_at = 0.0
        added = add(pair, home, 1)
        pair.deliver()
        with databases["notify"].read() as connection:
            known = connection.execute(text("SELECT id FROM directory_groups")).scalars().all()
        assert set(added) <= set(known)

    def test_who_is_at_work_is_seen(self, pair: InProcess, databases: dict[str, Database]) -> None:
        personnel = pair.harnesses["personnel"]
        assert not dump.is_at_work(databases["personnel"])
        personnel.relay()
        assert dump.is_at_work(databases["personnel"])
        stop(personnel)
        assert not dump.is_at_work(databases["personnel"])

    def test_a_dump_that_breaks_off_leaves_what_was_there(
        self,
        databases: dict[str, Database],
        taken: tuple[Path, kept.Manifest, dict[str, Any]],
        tmp_path: Path,
    ) -> None:
        folder, manifest, held = taken
        whole = (folder / kept_file(manifest)).read_bytes()
        broken = tmp_path / "broken"
        broken.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(Exception):  # noqa: B017, PT011 - the driver's or the archive's own
            dump.load("personnel", databases["personnel"], broken, stand(manifest))
        assert rows(databases["personnel"]) == held["personnel"]


def add(pair: InProcess, home: str, number: int) -> list[str]:
    """New groups; their ids."""
    send = pair.harnesses["personnel"].send
    return [
        send(COMMAND_LINE, AddGroup, organisation=home, name=new_id())["id"] for _ in range(number)
    ]


def restore(folder: Path, manifest: kept.Manifest, databases: dict[str, Database]) -> None:
    for name, part in manifest.services.items():
        dump.load(name, databases[name], folder / part.file, part.stand)


def kept_file(manifest: kept.Manifest) -> str:
    return manifest.services["personnel"].file


def stand(manifest: kept.Manifest) -> dump.Stand:
    return manifest.services["personnel"].stand


def numbered(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(relay.c.numbered)).scalar_one()


def position(database: Database) -> int:
    with database.read() as connection:
        query = select(cursors.c.position).where(cursors.c.source == "personnel")
        return connection.execute(query).scalar_one()


def test_a_subscriber_is_copied_before_its_sources() -> None:
    found = kept.order(SERVICES)
    assert sorted(found) == sorted(SERVICES)
    assert found[0] == "notify"
    assert found[-1] == "personnel"


@pytest.mark.rabbitmq
def test_messages_about_what_is_no_more_are_taken_out_of_the_queues(rabbitmq_url: str) -> None:
    from infra.messaging.broker import Broker, EventPublisher

    broker = Broker(rabbitmq_url)
    with broker.connect() as connection:
        (queue,) = broker.subscription_queue("notify", "personnel", ["GroupAdded"])
        queue = queue(connection.channel())
        publisher = EventPublisher(broker, "personnel")
        publisher.publish("GroupAdded", {"id": "1"})  # declares the exchange
        queue.declare()
        publisher.publish("GroupAdded", {"id": "2"})
        publisher.close()
        until(lambda: queue.queue_declare(passive=True).message_count == 1)
        kept.forget_messages(rabbitmq_url, SERVICES)
        assert queue.queue_declare(passive=True).message_count == 0


class TestCommands:
    """A whole office with letters and files, by the command line."""

    @pytest.fixture
    def backed(self, office: Office, tmp_path: Path) -> tuple[Office, Path, dict[str, str]]:
        upload = office.upload("clerk", pdf(), "หนังสือ.pdf")
        registered(office, uploads=[upload])
        office.upload("clerk", pdf(), "ยังไม่ใช้.pdf")
        office.settle()
        settings = {
            "DATABASE_URL": f"sqlite:///{tmp_path}/office",
            "FILES": str(tmp_path / "office" / "files"),
        }
        made = amnuay("backup", str(tmp_path / "kept"), **settings)  # the services are at work
        assert made.returncode == 0, made.stderr
        return office, tmp_path / "kept", settings

    def test_lost_altogether_it_comes_back_with_its_files(
        self, backed: tuple[Office, Path, dict[str, str]], tmp_path: Path
    ) -> None:
        office, folder, _ = backed
        held = {name: rows(one.parts.database) for name, one in office.client.harnesses.items()}
        files = names(tmp_path / "office" / "files")
        assert len([one for one in files if one.startswith("content")]) == 1
        fresh = tmp_path / "fresh"
        fresh.mkdir()
        settings = {"DATABASE_URL": f"sqlite:///{fresh}", "FILES": str(fresh / "files")}
        restored = amnuay("restore", str(folder), **settings)
        assert restored.returncode == 0, restored.stderr
        assert "The services may be started." in restored.stdout
        for name in SERVICES:
            database = Database(f"sqlite:///{fresh}/{name}.sqlite")
            assert rows(database) == held[name]
            database.dispose()
        assert names(fresh / "files") == files
        assert amnuay("verify", **settings).returncode == 0

    def test_what_is_there_is_not_replaced_unasked_nor_under_services_at_work(
        self, backed: tuple[Office, Path, dict[str, str]]
    ) -> None:
        office, folder, settings = backed
        refused = amnuay("restore", str(folder), "--yes", **settings)
        assert refused.returncode == 1
        assert "at work: stop all services first" in refused.stderr
        for one in office.client.harnesses.values():
            stop(one)
        unasked = amnuay("restore", str(folder), **settings)
        assert unasked.returncode == 1
        assert "Replace all that is kept in" in unasked.stdout
        replaced = amnuay("restore", str(folder), "--yes", **settings)
        assert replaced.returncode == 0, replaced.stderr

    def test_one_database_put_back_by_other_means_is_found_and_mended(
        self, backed: tuple[Office, Path, dict[str, str]], tmp_path: Path
    ) -> None:
        office, folder, settings = backed
        registered(office)
        office.settle()
        for one in office.client.harnesses.values():
            stop(one)
            one.parts.database.dispose()
        shutil.copy(folder / "correspondence.sqlite", tmp_path / "office")
        found = amnuay("verify", **settings)
        assert found.returncode == 1
        assert "notify: its subscription to correspondence is at 2, beyond the end" in found.stdout
        mended = amnuay("restore", "--align", **settings)
        assert mended.returncode == 0, mended.stderr
        assert "notify was at 2 of correspondence, whose log ends at 1" in mended.stdout
        assert amnuay("verify", **settings).returncode == 0

    def test_parts_of_two_backups_are_refused(
        self, backed: tuple[Office, Path, dict[str, str]], tmp_path: Path
    ) -> None:
        office, folder, settings = backed
        registered(office)
        office.settle()
        assert amnuay("backup", str(tmp_path / "later"), **settings).returncode == 0
        shutil.copy(tmp_path / "later" / "notify.sqlite", folder)
        mixed = amnuay("restore", str(folder), "--yes", **settings)
        assert mixed.returncode == 1
        assert "notify.sqlite is missing, damaged, or of another backup" in mixed.stderr

    def test_a_folder_that_is_there_is_not_written_to(
        self, backed: tuple[Office, Path, dict[str, str]]
    ) -> None:
        _, folder, settings = backed
        before = (folder / kept.MANIFEST).read_bytes()
        again = amnuay("backup", str(folder), **settings)
        assert again.returncode == 1
        assert "is there already" in again.stderr
        assert (folder / kept.MANIFEST).read_bytes() == before
        manifest = msgspec.json.decode(before, type=kept.Manifest)
        assert set(manifest.services) == set(SERVICES)
        assert manifest.files == len(names(folder / kept.FILES)) > 2


def names(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
