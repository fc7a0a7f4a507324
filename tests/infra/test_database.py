"""One database behind a few calls: moments, transactions, and what is away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    column,
    delete,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from infra.database import Database, UtcMoment
from infra.errors import Unavailable
from infra.logs import describe
from infra.postgresql import together

metadata = MetaData()
moments = Table("moments", metadata, Column("id", Integer), Column("at", UtcMoment))


@pytest.fixture
def database(harness_database: str) -> Iterator[Database]:
    database = Database(harness_database)
    with database.begin() as connection:
        metadata.create_all(connection)
    yield database
    database.dispose()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.datetimes(
            datetime(1900, 1, 1),  # noqa: DTZ001
            datetime(2200, 1, 1),  # noqa: DTZ001
            timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_moments_come_back_to_the_microsecond_and_sort(
    database: Database, given: list[datetime]
) -> None:
    with database.begin() as connection:
        connection.execute(delete(moments))
        connection.execute(insert(moments), [{"id": n, "at": one} for n, one in enumerate(given)])
    with database.read() as connection:
        found = connection.execute(select(moments.c.at).order_by(moments.c.at)).scalars().all()
    assert found == sorted(given)
    assert {one.tzinfo for one in found} == {UTC}


def test_a_moment_needs_its_time_zone(database: Database) -> None:
    naive = datetime(2026, 2, 16)  # noqa: DTZ001
    with pytest.raises(Exception, match="time zone"), database.begin() as connection:
        connection.execute(insert(moments).values(at=naive))


def test_what_fails_is_rolled_back(database: Database) -> None:
    one, nowhere = insert(moments).values(id=1), text("INSERT INTO nowhere VALUES (1)")

    def write() -> None:
        with database.begin() as connection:
            connection.execute(one)
            connection.execute(nowhere)

    with pytest.raises(DBAPIError):
        write()
    with database.read() as connection:
        assert connection.execute(select(moments)).all() == []


def test_a_snapshot_is_of_one_moment(database: Database) -> None:
    with database.snapshot() as connection:
        assert connection.execute(select(moments)).all() == []
        with database.begin() as writer:
            writer.execute(insert(moments).values(id=1))
        assert connection.execute(select(moments)).all() == []
    with database.read() as connection:
        assert len(connection.execute(select(moments)).all()) == 1


def test_errors_are_told_without_what_was_written(database: Database) -> None:
    """PostgreSQL's repeat the statement, in which its driver has put the values."""
    statement = text("INSERT INTO nowhere VALUES (:name)")
    with pytest.raises(DBAPIError) as caught, database.begin() as connection:
        connection.execute(statement, {"name": "สมศรี"})
    assert "parameters hidden" in str(caught.value)
    assert "สมศรี" not in describe(caught.value)


def test_a_database_that_is_away_is_unavailable() -> None:
    database = Database("postgresql://127.0.0.1:1/nothing")
    with pytest.raises(Unavailable, match="ฐานข้อมูล"), database.begin():
        pytest.fail("there is none")
    with pytest.raises(Unavailable), database.read():
        pytest.fail("there is none")


@pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)
def test_connections_that_were_cut_are_made_again(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(Unavailable), database.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with database.begin() as connection:
        connection.execute(insert(moments).values(id=1))


@pytest.mark.parametrize("harness_database", ["postgresql"], indirect=True)
def test_what_is_written_together_is_sent_with_the_next_question_or_the_commit(
    database: Database,
) -> None:
    with database.begin() as connection, together(connection):
        raw = connection.connection.dbapi_connection
        assert raw is not None
        connection.execute(insert(moments), {"id": 1})
        assert raw.info.transaction_status == TRANSACTION_STATUS_IDLE
        assert connection.execute(select(moments.c.id)).scalars().all() == [1]
        connection.execute(update(moments).values(id=2))
        one = update(moments).where(moments.c.id == 2).values(id=3)
        assert connection.execute(one, execution_options={"preserve_rowcount": True}).rowcount == 1
        connection.execute(insert(moments), [{"id": 4}, {"id": 5}])
        connection.execute(delete(moments).where(moments.c.id == 4))
    with database.read() as connection:
        assert connection.execute(select(moments.c.id)).scalars().all() == [3, 5]


def test_what_is_written_together_fails_together(database: Database) -> None:
    def write() -> None:
        with database.begin() as connection, together(connection):
            connection.execute(insert(moments), {"id": 1})
            connection.execute(insert(table("nowhere", column("id"))), {"id": 1})
            connection.execute(insert(moments), {"id": 2})

    with pytest.raises(DBAPIError, match="nowhere"):
        write()
    with database.begin() as connection:
        assert connection.execute(select(moments)).all() == []


def test_what_is_given_up_before_anything_was_sent_leaves_no_trace(database: Database) -> None:
    def give_up() -> None:
        with database.begin() as connection, together(connection):
            connection.execute(insert(moments), {"id": 1})
            raise ValueError("given up")

    with pytest.raises(ValueError, match="given up"):
        give_up()
    with database.begin() as connection:
        assert connection.execute(select(moments)).all() == []


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/small.sqlite")
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE papers (content TEXT)"))
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 10")

    def fill() -> None:
        with database.begin() as connection:
            connection.execute(text("INSERT INTO papers VALUES ('the first')"))
            content = {"content": "x" * 100_000}
            connection.execute(text("INSERT INTO papers VALUES (:content)"), content)

    with pytest.raises(Unavailable, match="ที่เก็บข้อมูลเต็ม"):
        fill()
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000")
        assert connection.execute(text("SELECT count(*) FROM papers")).scalar_one() == 0
    database.dispose()
