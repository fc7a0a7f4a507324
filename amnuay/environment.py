"""The settings with which each command works, and the keys of the office that `run` keeps."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
import msgspec

from infra import logs
from infra.errors import Problem
from infra.identity import Signer, Verifier, new_keys
from infra.settings import SERVICES, Settings, SettingsError, from_environment

GATEWAY = "gateway"
EVERYTHING = (*SERVICES, GATEWAY)
OFFICE = "office"  # below AMNUAY_DATA: the databases and files of `run`
SERVICE_KEY_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Base64: Ed25519 to sign people's tokens with and to verify them, and what the services share."""

    private_key: str
    public_key: str
    service_key: str


def make_keys() -> Keys:
    private, public = new_keys()
    shared, _ = new_keys()  # 32 random bytes as any others
    return Keys(private_key=private, public_key=public, service_key=shared)


def embedded(office: str = OFFICE) -> Settings:
    """All in one process and below AMNUAY_DATA, whatever database and broker the environment names."""
    given = _read()
    given.data.mkdir(parents=True, exist_ok=True)
    folder = given.data / office
    return replace(
        given,
        broker_url="memory://localhost/",
        database_url=f"sqlite:///{folder}",
        database_urls={},
        files=folder / "files",
        public_url=given.public_url if _is_set("PUBLIC_URL") else _address(given.port),
        log_level=given.log_level if _is_set("LOG_LEVEL") else "warning",
        **asdict(_kept_keys(given.data / "keys.json")),
    )


def served(names: Sequence[str]) -> Settings:
    """For processes that together make an office: whatever they need must be in the environment."""
    given = _read()
    services = [name for name in names if name != GATEWAY]
    needed = ["BROKER_URL", "IDENTITY_PUBLIC_KEY"]
    needed += ["SERVICE_KEY"] if services else []
    needed += ["IDENTITY_PRIVATE_KEY"] if "personnel" in names else []
    missing = [f"AMNUAY_{name}" for name in needed if not _is_set(name)]
    missing += [
        f"AMNUAY_DATABASE_URL_{name.upper()}" for name in services if not _has_database(name)
    ]
    if missing:
        raise click.ClickException(f"not set: {', '.join(missing)}")
    if given.broker_url.startswith("memory:"):
        raise click.ClickException("AMNUAY_BROKER_URL: processes cannot share a broker in memory")
    check_keys(given)
    return given


def for_upkeep() -> tuple[Settings, list[str]]:
    """The databases that the environment names, else those of `run`; and of which services.

    From here on only warnings are logged: a person is looking.
    """
    logs.configure("warning")
    names = [name for name in SERVICES if _has_database(name)]
    if names:
        return _read(), names
    given = _read()
    if not (given.data / OFFICE).is_dir():
        raise click.ClickException(
            f"AMNUAY_DATABASE_URL is not set, and `amnuay run` has kept nothing in {given.data}"
        )
    return embedded(), list(SERVICES)


def _read() -> Settings:
    try:
        return from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _is_set(name: str) -> bool:
    return bool(os.environ.get(f"AMNUAY_{name}"))


def _has_database(service: str) -> bool:
    return _is_set("DATABASE_URL") or _is_set(f"DATABASE_URL_{service.upper()}")


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _kept_keys(path: Path) -> Keys:
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(make_keys())) + b"\n")
        fresh.rename(path)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Keys)
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{path}: {error}") from error


def check_keys(settings: Settings) -> None:
    """That the keys are keys, and of one pair, is better found now than at the first log-in."""
    if settings.service_key and len(settings.service_key) < SERVICE_KEY_LENGTH:
        raise click.ClickException(
            f"AMNUAY_SERVICE_KEY is shorter than {SERVICE_KEY_LENGTH} characters"
        )
    try:
        verifier = Verifier(settings.public_key, settings.service_key)
    except ValueError as error:
        raise click.ClickException(f"AMNUAY_IDENTITY_PUBLIC_KEY is no key: {error}") from error
    if not settings.private_key:
        return
    from infra.clock import system_clock
    from infra.identity import Actor

    now = system_clock()
    try:
        signer = Signer(settings.private_key)
        verifier.verify(signer.sign(Actor(person="nobody", organisation=""), now), now)
    except ValueError as error:
        raise click.ClickException(f"AMNUAY_IDENTITY_PRIVATE_KEY is no key: {error}") from error
    except Problem as error:
        raise click.ClickException(
            "AMNUAY_IDENTITY_PRIVATE_KEY and AMNUAY_IDENTITY_PUBLIC_KEY are not of one pair"
        ) from error
