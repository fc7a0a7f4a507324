"""Configuration, all of it from the environment (`AMNUAY_*`), checked once at start."""

import logging
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from environs import Env, EnvError, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SERVICES = ("personnel", "correspondence", "resources", "standards", "notify")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this process is to run.

    `database_url` is a template: the service's name becomes the database (PostgreSQL) or the file
    (SQLite) unless `AMNUAY_DATABASE_URL_<SERVICE>` names one. `upload_limit` is in bytes;
    `rpc_deadline` in seconds; `mail_back_off` the minutes between tries to send an e-mail. Those
    that begin with `saraban_` are of the office's central mailbox; `closed_days` are holidays
    besides those that the calendar knows.
    """

    port: int
    data: Path
    files: Path
    broker_url: str
    database_url: str
    database_urls: dict[str, str]
    public_key: str
    private_key: str
    service_key: str
    smtp_url: str
    mail_from: str
    mail_back_off: tuple[int, ...]
    saraban_smtp_url: str
    saraban_imap_url: str
    saraban_address: str
    saraban_organisation: str
    saraban_junk: tuple[str, ...]
    saraban_since: date | None
    saraban_poll_seconds: int
    closed_days: tuple[date, ...]
    public_url: str
    health_port: int
    log_level: str
    upload_limit: int
    rpc_deadline: float
    secure_cookies: bool

    def database(self, service: str) -> str:
        """The SQLAlchemy URL of one service's database."""
        if service in self.database_urls:
            return self.database_urls[service]
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            url = url.set(database=str(Path(url.database or ".") / f"{service}.sqlite"))
        else:
            url = url.set(database=f"{url.database or 'amnuay'}_{service}")
        return url.render_as_string(hide_password=False)


def from_environment(**overrides: object) -> Settings:
    """The settings of this process. Raises SettingsError naming the variable at fault."""
    env = Env(prefix="AMNUAY_")
    try:
        data = Path(env.str("DATA", "./data")).resolve()
        values: dict[str, object] = {
            "port": env.int("PORT", 8000, validate=_port),
            "data": data,
            "files": Path(env.str("FILES", str(data / "files"))),
            "broker_url": env.str("BROKER_URL", "memory://", validate=_broker),
            "database_url": env.str("DATABASE_URL", f"sqlite:///{data}", validate=_database),
            "database_urls": {
                name: env.str(f"DATABASE_URL_{name.upper()}", validate=_database)
                for name in SERVICES
                if env.str(f"DATABASE_URL_{name.upper()}", "")
            },
            "public_key": env.str("IDENTITY_PUBLIC_KEY", ""),
            "private_key": env.str("IDENTITY_PRIVATE_KEY", ""),
            "service_key": env.str("SERVICE_KEY", ""),
            "smtp_url": env.str("SMTP_URL", ""),
            "mail_from": env.str("MAIL_FROM", "amnuay@localhost"),
            "mail_back_off": tuple(
                env.list("MAIL_BACK_OFF_MINUTES", [1, 5, 15, 60, 240, 720], subcast=int)
            ),
            "saraban_smtp_url": env.str("SARABAN_SMTP_URL", "", validate=_smtp),
            "saraban_imap_url": env.str("SARABAN_IMAP_URL", "", validate=_imap),
            "saraban_address": env.str("SARABAN_ADDRESS", ""),
            "saraban_organisation": env.str("SARABAN_ORGANISATION", ""),
            "saraban_junk": tuple(env.list("SARABAN_JUNK", [])),
            "saraban_since": env.date("SARABAN_SINCE") if env.str("SARABAN_SINCE", "") else None,
            "saraban_poll_seconds": env.int("SARABAN_POLL_SECONDS", 60, validate=_positive),
            "closed_days": _days("AMNUAY_CLOSED_DAYS", env.list("CLOSED_DAYS", [])),
            "public_url": env.str("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            "health_port": env.int("HEALTH_PORT", 9100, validate=_port),
            "log_level": env.str("LOG_LEVEL", "info", validate=_level),
            "upload_limit": env.int("UPLOAD_LIMIT_MB", 30, validate=_positive) * 1024 * 1024,
            "rpc_deadline": env.float("RPC_DEADLINE", 10.0, validate=_positive),
            "secure_cookies": env.bool("SECURE_COOKIES", False),
        }
    except EnvError as error:
        raise SettingsError(str(error)) from error
    if (values["saraban_smtp_url"] or values["saraban_imap_url"]) and not _is_address(
        values["saraban_address"]
    ):
        raise SettingsError("AMNUAY_SARABAN_ADDRESS must be the address of the central mailbox")
    return Settings(**(values | overrides))  # type: ignore[arg-type]


def _days(name: str, values: list[str]) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(value.strip()) for value in values)
    except ValueError as error:
        raise SettingsError(f"{name} must be days such as 2026-01-02, with commas") from error


def _is_address(value: object) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+", str(value)) is not None


def _smtp(value: str) -> None:
    if value and value.split(":")[0] not in ("smtp", "smtps"):
        raise ValidationError("it must begin with smtp:// or smtps://")


def _imap(value: str) -> None:
    if value and value.split(":")[0] not in ("imap", "imaps"):
        raise ValidationError("it must begin with imap:// or imaps://")


def _positive(value: float) -> None:
    if value <= 0:
        raise ValidationError("it must be more than zero")


def _broker(value: str) -> None:
    if value.split(":")[0] not in ("amqp", "amqps", "memory"):
        raise ValidationError("it must begin with amqp://, amqps:// or memory://")


def _database(value: str) -> None:
    try:
        known = make_url(value).get_backend_name() in ("sqlite", "postgresql")
    except ArgumentError:
        known = False
    if not known:
        raise ValidationError("it must begin with postgresql:// or sqlite:///")


def _level(value: str) -> None:
    if value.upper() not in logging.getLevelNamesMapping():
        raise ValidationError("it is no level, such as info or warning")


def _port(value: int) -> None:
    if not 0 <= value <= 65535:
        raise ValidationError("it is no port")
