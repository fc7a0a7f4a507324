"""docs/operations.md tells of every setting and command, and of none that is not there."""

import re
from pathlib import Path

import click

from amnuay.__main__ import main

GUIDE = Path("docs/operations.md").read_text("utf-8")


def settings() -> set[str]:
    """The variables that the code reads."""
    source = Path("infra/settings.py").read_text("utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source)) | {"DATABASE_URL_<SERVICE>"}
    named = set()
    for place in (*Path("amnuay").rglob("*.py"), *Path("gateway").rglob("*.py")):
        named |= set(re.findall(r'_is_set\(f?"([A-Z_]+)"', place.read_text("utf-8")))
        named |= set(re.findall(r"\bAMNUAY_([A-Z_]+[A-Z])\b", place.read_text("utf-8")))
    return {f"AMNUAY_{name}" for name in read | named - {"DATABASE_URL_PERSONNEL"}}


def test_every_setting_is_in_the_table_and_no_other() -> None:
    table = set(re.findall(r"^\| `(AMNUAY_[A-Z_<>]+)` \|", GUIDE, re.MULTILINE))
    assert len(table) > 15
    assert table == settings()


def test_every_command_that_it_gives_is_there() -> None:
    given = {words.split()[0] for words in re.findall(r"`?\bamnuay ([a-z][a-z -]*)", GUIDE)}
    known = set(main.commands)
    assert {"backup", "restore", "trace", "parked", "verify", "migrate", "rebuild"} <= given
    assert given <= known
    align = next(one for one in main.commands["restore"].params if one.name == "align")
    assert isinstance(align, click.Option)


def test_what_is_logged_under_a_name_is_logged() -> None:
    logged = " ".join(
        place.read_text("utf-8")
        for folder in ("amnuay", "gateway", "infra", "services")
        for place in Path(folder).rglob("*.py")
    )
    names = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", GUIDE))
    assert {"event-failed", "relay-waits", "subscription-waits", "call-broke"} <= names
    assert [name for name in names if f'"{name}"' not in logged] == []


def test_what_it_links_to_is_there() -> None:
    for path in re.findall(r"`(infra/[\w/.-]+)`", GUIDE):
        assert Path(path).exists(), path
    for path in re.findall(r"\]\(([\w.-]+\.md)\)", GUIDE):
        assert (Path("docs") / path).exists(), path
