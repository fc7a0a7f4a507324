"""The migrations of each service make its tables as declared, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from infra import migrate
from infra.database import Database
from infra.eventstore.tables import relay
from infra.settings import SERVICES
from tests.infra.test_store import at_once


@pytest.fixture
def database(harness_database: str) -> Iterator[Database]:
    database = Database(harness_database)
    yield database
    database.dispose()


@pytest.mark.parametrize("service", SERVICES)
def test_they_make_the_tables_as_declared(service: str, database: Database) -> None:
    assert not migrate.current(service, database)
    migrate.upgrade(service, database)
    assert migrate.current(service, database)
    assert migrate.differences(service, database) == []


@pytest.mark.parametrize("service", SERVICES)
def test_they_guard_the_log_and_make_the_relay_s_row(service: str, database: Database) -> None:
    migrate.upgrade(service, database)
    with database.read() as connection:
        assert connection.execute(select(relay.c.name, relay.c.published)).all() == [("relay", 0)]
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO checkpoints (number, day, position, heads, sequence, digest, recorded_at)"
            " VALUES (1, '2026-02-16', 0, '[]', '', '', '2026-02-16 00:00:00+00')"
        )
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoints")


def test_a_table_that_is_lacking_is_named(database: Database) -> None:
    migrate.upgrade("notify", database)
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE parked")
    (difference, *_) = migrate.differences("notify", database)
    assert "parked" in str(difference)


@pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)
def test_replicas_that_start_at_once_migrate_once(harness_database: str) -> None:
    databases = [Database(harness_database) for _ in range(3)]
    assert (
        at_once(
            *(
                lambda database=database: migrate.upgrade("resources", database)
                for database in databases
            )
        )
        == [None] * 3
    )
    assert migrate.current("resources", databases[0])
    with databases[0].read() as connection:
        assert inspect(connection).has_table("events")
    for database in databases:
        database.dispose()


def test_a_service_that_is_not_there_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"services\.nothing"):
        migrate.service_class("nothing")
