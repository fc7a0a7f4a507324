"""Upkeep from the command line: help, migrate, verify, rebuild, parked, user, keys."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from infra.identity import Signer, Verifier
from infra.settings import SERVICES
from tests.amnuay.processes import amnuay

COMMANDS = (
    "run", "serve", "migrate", "load-sample", "user", "keys", "rebuild", "verify", "parked",
    "trace", "backup", "restore",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An office on SQLite, migrated, with an administrator: its folder and its keys."""
    folder = tmp_path_factory.mktemp("made")
    lines = amnuay("keys").stdout.splitlines()
    keys = dict(line.removeprefix("AMNUAY_").split("=", 1) for line in lines)
    settings = keys | {"DATABASE_URL": f"sqlite:///{folder}"}
    assert amnuay("migrate", **settings).returncode == 0
    names = ["--first-name", "ดูแล", "--last-name", "ระบบ", "--office", "สพป.", "--code", "1"]
    user = amnuay("user", "administrator", "somchai", *names, **settings)
    assert user.returncode == 0, user.stderr
    return folder, keys


@pytest.fixture
def office(made: tuple[Path, dict[str, str]], tmp_path: Path) -> dict[str, str]:
    """Settings of a copy of it in `tmp_path`."""
    folder, keys = made
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return keys | {"DATABASE_URL": f"sqlite:///{tmp_path}"}


def test_help_names_every_command_and_each_explains_itself() -> None:
    told = amnuay("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in told
        assert len(amnuay(command, "--help").stdout.splitlines()) > 6


def test_the_migrations_make_the_tables_as_declared() -> None:
    checked = amnuay("migrate", "--check")
    assert checked.returncode == 0, checked.stdout


def test_migrating_again_changes_nothing(office: dict[str, str]) -> None:
    again = amnuay("migrate", **office)
    assert again.returncode == 0
    assert [line.split(":")[0] for line in again.stdout.splitlines()] == list(SERVICES)


def test_keys_are_of_one_pair() -> None:
    made = dict(line.split("=", 1) for line in amnuay("keys").stdout.splitlines())
    Signer(made["AMNUAY_IDENTITY_PRIVATE_KEY"])
    Verifier(made["AMNUAY_IDENTITY_PUBLIC_KEY"], made["AMNUAY_SERVICE_KEY"])
    assert len(made["AMNUAY_SERVICE_KEY"]) >= 32


def test_a_user_name_is_given_once(office: dict[str, str]) -> None:
    names = ["--first-name", "ดูแล", "--last-name", "อีกคน"]
    again = amnuay("user", "administrator", "SOMCHAI", *names, **office)
    assert again.returncode == 1
    assert "there is a SOMCHAI already" in again.stderr
    second = amnuay("user", "administrator", "somsri", *names, **office)
    assert second.returncode == 0, second.stderr


def test_a_password_is_made_for_whom_there_is(office: dict[str, str]) -> None:
    first, second = (amnuay("user", "password", "somchai", **office).stdout for _ in "12")
    assert first.startswith("somchai can log in with ")
    assert first != second
    nobody = amnuay("user", "password", "nobody", **office)
    assert nobody.returncode == 1
    assert "nobody logs in as nobody" in nobody.stderr


def test_verify_names_an_event_that_was_edited(office: dict[str, str], tmp_path: Path) -> None:
    sound = amnuay("verify", **office)
    assert sound.returncode == 0, sound.stdout
    with sqlite3.connect(tmp_path / "personnel.sqlite") as connection:
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute("UPDATE events SET data = '{}' WHERE type = 'OrganisationAdded'")
    edited = amnuay("verify", "personnel", **office)
    assert edited.returncode == 1
    assert "OrganisationAdded" in edited.stdout
    assert amnuay("verify", "correspondence", **office).returncode == 0


def test_rebuild_fills_the_read_tables_anew(office: dict[str, str], tmp_path: Path) -> None:
    def organisations() -> list[tuple[object, ...]]:
        with sqlite3.connect(tmp_path / "personnel.sqlite") as connection:
            return connection.execute("SELECT * FROM directory_organisations").fetchall()

    before = organisations()
    with sqlite3.connect(tmp_path / "personnel.sqlite") as connection:
        connection.execute("UPDATE directory_organisations SET name = 'wrong'")
    rebuilt = amnuay("rebuild", "personnel", **office)
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert organisations() == before


def test_parked_events_are_listed_and_retried(office: dict[str, str], tmp_path: Path) -> None:
    assert amnuay("parked", **office).stdout == "Nothing is parked.\n"
    with sqlite3.connect(tmp_path / "resources.sqlite") as connection:
        connection.execute(
            "INSERT INTO parked VALUES ('personnel', 7, 'group-1', 'GroupClosed', ?, 'RuntimeError()', 4,"
            " '2026-02-16T03:00:00.000000+00:00')",
            (MESSAGE,),
        )
    listed = amnuay("parked", **office)
    assert listed.returncode == 1
    assert "resources from personnel, position 7: GroupClosed of group-1, 4 tries" in listed.stdout
    retried = amnuay("parked", "--retry", **office)
    assert retried.returncode == 0, retried.stderr
    assert "resources from personnel: 1 events taken in" in retried.stdout


MESSAGE = """{
    "source": "personnel", "id": "01a20e23-c97c-75f1-9672-4f145ea6e21b", "stream": "group-1",
    "version": 2, "position": 7, "type": "GroupClosed", "schema": 1,
    "recorded_at": "2026-02-16T03:00:00+00:00", "organisation": "", "actor": "service:amnuay",
    "correlation_id": "x", "causation_id": null, "data": "{}", "last": {}
}"""


def test_an_unknown_service_is_refused_by_name(office: dict[str, str]) -> None:
    refused = amnuay("verify", "postal", **office)
    assert refused.returncode == 2
    assert "postal is none of personnel" in refused.stderr


def test_where_nothing_is_kept_it_says_so(tmp_path: Path) -> None:
    nothing = amnuay("verify", DATA=tmp_path)
    assert nothing.returncode == 1
    assert "has kept nothing" in nothing.stderr
