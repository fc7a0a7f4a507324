"""Configuration by environment: what is wrong is named."""

from pathlib import Path

import pytest

from infra.settings import SERVICES, SettingsError, from_environment

WRONG = {
    "PORT": "eighty",
    "HEALTH_PORT": "70000",
    "UPLOAD_LIMIT_MB": "much",
    "RPC_DEADLINE": "soon",
    "SECURE_COOKIES": "perhaps",
    "MAIL_BACK_OFF_MINUTES": "1,a",
    "DATABASE_URL": "no address",
    "DATABASE_URL_NOTIFY": "no address",
    "BROKER_URL": "http://somewhere",
    "LOG_LEVEL": "loud",
    "SARABAN_SMTP_URL": "http://somewhere",
    "SARABAN_IMAP_URL": "somewhere",
    "SARABAN_POLL_SECONDS": "0",
    "SARABAN_SINCE": "last year",
    "CLOSED_DAYS": "2026-01-02,monday",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith("AMNUAY_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"AMNUAY_{name}", WRONG[name])
    with pytest.raises(SettingsError, match=f"AMNUAY_{name}\\b"):
        from_environment()


@pytest.mark.parametrize(
    ("name", "value"), [("RPC_DEADLINE", "0"), ("UPLOAD_LIMIT_MB", "0"), ("PORT", "-1")]
)
def test_a_number_out_of_bounds_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"AMNUAY_{name}", value)
    with pytest.raises(SettingsError, match=f"AMNUAY_{name}\\b"):
        from_environment()


def test_a_mailbox_needs_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMNUAY_SARABAN_IMAP_URL", "imaps://saraban:hidden@mail.example")
    with pytest.raises(SettingsError, match="AMNUAY_SARABAN_ADDRESS") as caught:
        from_environment()
    assert "hidden" not in str(caught.value)


def test_what_is_said_to_be_nothing_is_unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Compose hands over what nobody has set."""
    unsaid = from_environment()
    for name in ("ADDRESS", "SMTP_URL", "IMAP_URL", "ORGANISATION", "JUNK", "SINCE"):
        monkeypatch.setenv(f"AMNUAY_SARABAN_{name}", "")
    monkeypatch.setenv("AMNUAY_CLOSED_DAYS", "")
    assert from_environment() == unsaid


def test_no_error_tells_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMNUAY_DATABASE_URL", "postgresql//root:hidden@somewhere")
    with pytest.raises(SettingsError) as caught:
        from_environment()
    assert "hidden" not in str(caught.value)


def test_without_any_everything_is_in_one_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMNUAY_DATA", str(tmp_path))
    given = from_environment()
    assert (given.port, given.broker_url) == (8000, "memory://")
    assert given.files == tmp_path / "files"
    assert given.database("notify") == f"sqlite:///{tmp_path}/notify.sqlite"


def test_each_service_has_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMNUAY_DATABASE_URL", "postgresql://a:secret@db:5432/office")
    monkeypatch.setenv("AMNUAY_DATABASE_URL_NOTIFY", "postgresql://n:other@elsewhere/told")
    given = from_environment()
    assert given.database("personnel") == "postgresql://a:secret@db:5432/office_personnel"
    assert given.database("notify") == "postgresql://n:other@elsewhere/told"
    assert len({given.database(service) for service in SERVICES}) == len(SERVICES)


def test_overrides_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMNUAY_PORT", "81")
    assert from_environment(port=82).port == 82
