"""`amnuay run`: the whole house in one process."""

import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.amnuay.processes import Running, amnuay, free_port, running, status

QUICKLY = 15.0  # seconds


@contextmanager
def open_house(folder: Path, port: int, *options: str) -> Iterator[Running]:
    """A house that can be used, with its data in `folder`."""
    with running(folder / "log", "run", *options, DATA=folder / "data", PORT=port) as house:
        house.until(lambda: status(f"http://127.0.0.1:{port}/healthz") == 200)
        yield house


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def house(folder: Path, port: int) -> Iterator[Running]:
    """An empty house, open while these tests run."""
    with open_house(folder, port, "--empty") as house:
        yield house


def test_it_says_where_it_is_when_it_can_be_used(house: Running, port: int) -> None:
    house.until(lambda: f"http://127.0.0.1:{port} " in house.said)
    assert status(f"http://127.0.0.1:{port}/readyz") == 200
    assert status(f"http://127.0.0.1:{port}/metrics") == 200
    assert status(f"http://127.0.0.1:{port}/api/letters") == 401


def test_nobody_else_can_read_its_keys(house: Running, folder: Path) -> None:
    assert stat.S_IMODE((folder / "data" / "keys.json").stat().st_mode) == 0o600


def test_two_cannot_work_on_one_folder(house: Running, folder: Path) -> None:
    second = amnuay("run", "--empty", DATA=folder / "data", PORT=free_port())
    assert second.returncode == 1
    assert "another `amnuay run`" in second.stderr


def test_a_port_that_is_taken_is_named(house: Running, tmp_path: Path, port: int) -> None:
    second = amnuay("run", "--empty", DATA=tmp_path, PORT=port)
    assert second.returncode == 1
    assert f"port {port}" in second.stderr
    assert "AMNUAY_PORT" in second.stderr


def test_a_signal_stops_it_cleanly_and_a_second_start_finds_its_data(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    with open_house(tmp_path, port, "--empty") as first:
        keys = (data / "keys.json").read_bytes()
        names = ["--first-name", "ดูแล", "--last-name", "ระบบ", "--office", "สพป.", "--code", "1"]
        made = amnuay("user", "administrator", "somchai", *names, DATA=data)
        assert made.returncode == 0, made.stderr
        _stops_cleanly_and_soon(first, signal.SIGINT)
    with open_house(tmp_path, port) as second:
        assert "once" not in second.said
        assert (data / "keys.json").read_bytes() == keys
        assert amnuay("user", "password", "somchai", DATA=data).returncode == 0
        _stops_cleanly_and_soon(second, signal.SIGTERM)


def _stops_cleanly_and_soon(house: Running, number: signal.Signals) -> None:
    told = time.monotonic()
    assert house.stop(number) == 0
    assert time.monotonic() - told < QUICKLY
    assert "Traceback" not in house.said


def test_an_office_half_made_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "data" / "loading"
    half.mkdir(parents=True)
    (half / "personnel.sqlite").write_bytes(b"half a database")
    with open_house(tmp_path, free_port(), "--empty") as house:
        assert not half.exists()
        assert house.stop() == 0


def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    refused = amnuay("run", DATA=tmp_path, PORT="http")
    assert refused.returncode == 1
    assert "PORT" in refused.stderr
    assert "Traceback" not in refused.stderr
