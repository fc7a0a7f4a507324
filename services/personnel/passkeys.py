"""Passkeys (พาสคีย์): keys in people's own devices, by which they confirm who they are (WebAuthn).

Kept is the public half. A device answers a challenge that is kept here, for one person and one
subject, for a few minutes, and taken by the first answer whether that is good or not.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
import webauthn
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from infra.database import UtcMoment
from infra.errors import Invalid, OutOfOrder
from infra.logs import describe

CHALLENGE_LIFETIME = timedelta(minutes=5)
MOST = 20  # passkeys of one person
REGISTERING = ""  # the subject of a challenge that a new passkey answers

metadata = MetaData()

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", UtcMoment, nullable=False),
    Column("used_at", UtcMoment),
)

challenges = Table(
    "passkey_challenges",
    metadata,
    Column("person", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", UtcMoment, nullable=False, index=True),
)

_log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """Where passkeys are made and used: `id` is its domain, `origin` its pages' scheme, host, port."""

    id: str
    origin: str


def site(public_url: str) -> Site | None:
    """The site that people reach at `public_url`; None where browsers offer no passkeys.

    They do for a domain reached over TLS, and for localhost, by which this machine itself is meant.
    """
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        port = parts.port
    except ValueError:
        return None
    with suppress(ValueError):
        host = "localhost" if ip_address(host).is_loopback else ""
    local = host == "localhost" or host.endswith(".localhost")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    behind = "" if port in (None, usual) else f":{port}"
    return Site(host, f"{parts.scheme}://{host}{behind}")


def begin(connection: Connection, person: str, subject: str, now: datetime) -> bytes:
    """A new challenge, in the place of an earlier one for the same subject."""
    challenge = secrets.token_bytes(32)
    row: dict[str, Any] = {"person": person, "subject": subject, "challenge": challenge}
    row["expires_at"] = now + CHALLENGE_LIFETIME
    take(connection, person, subject, now)
    connection.execute(insert(challenges), row)
    return challenge


def take(connection: Connection, person: str, subject: str, now: datetime) -> bytes | None:
    """The challenge that waits for an answer, if one does; nobody else gets it."""
    here = (challenges.c.person == person, challenges.c.subject == subject)
    row = connection.execute(delete(challenges).where(*here).returning(challenges)).first()
    return row.challenge if row is not None and row.expires_at > now else None


def offer(site: Site, person: str, name: str, challenge: bytes, known: Sequence[Row[Any]]) -> str:
    """What the browser makes a new passkey by (JSON); `known` are those there are already."""
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name="อำนวย",
        user_id=person.encode(),
        user_name=name,
        user_display_name=name,
        challenge=challenge,
        timeout=_milliseconds(CHALLENGE_LIFETIME),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return webauthn.options_to_json(options)


def ask(site: Site, challenge: bytes, known: Sequence[Row[Any]]) -> str:
    """What the browser lets one of the `known` passkeys answer (JSON)."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        timeout=_milliseconds(CHALLENGE_LIFETIME),
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def read_new(site: Site, challenge: bytes, credential: str) -> dict[str, Any]:
    """The new passkey in the browser's answer (JSON). Raises Invalid where it is no good."""
    found = _verified(
        lambda: webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    )
    return {
        "credential": found.credential_id,
        "public_key": found.credential_public_key,
        "sign_count": found.sign_count,
    }


def credential_of(credential: str) -> bytes:
    """Which passkey the browser's answer (JSON) says it is of. Raises Invalid."""
    return _verified(lambda: parse_authentication_credential_json(credential).raw_id)


def answered(site: Site, challenge: bytes, credential: str, passkey: Row[Any]) -> int:
    """How often the passkey was used now, if it answered the challenge. Raises Invalid."""
    return _verified(
        lambda: (
            webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            ).new_sign_count
        )
    )


def add(connection: Connection, **row: Any) -> None:
    connection.execute(insert(passkeys), row)


def used(connection: Connection, id: str, sign_count: int, now: datetime) -> None:
    here = update(passkeys).where(passkeys.c.id == id)
    connection.execute(here.values(sign_count=sign_count, used_at=now))


def remove(connection: Connection, person: str, id: str) -> bool:
    """Whether the person had that passkey; now it is gone."""
    here = (passkeys.c.id == id, passkeys.c.person == person)
    return connection.execute(delete(passkeys).where(*here)).rowcount == 1


def remove_all(connection: Connection, person: str) -> None:
    connection.execute(delete(passkeys).where(passkeys.c.person == person))
    connection.execute(delete(challenges).where(challenges.c.person == person))


def of(connection: Connection, person: str) -> Sequence[Row[Any]]:
    """The person's passkeys, the newest first."""
    query = select(passkeys).where(passkeys.c.person == person)
    return connection.execute(query.order_by(passkeys.c.added_at.desc(), passkeys.c.id)).all()


def find(connection: Connection, credential: bytes) -> Row[Any] | None:
    """The passkey of that credential, whosever it is; nobody else uses it in this transaction."""
    query = select(passkeys).where(passkeys.c.credential == credential).with_for_update()
    return connection.execute(query).first()


def sweep(connection: Connection, now: datetime) -> None:
    """Forget challenges that were not answered."""
    connection.execute(delete(challenges).where(challenges.c.expires_at <= now))


def require_site(public_url: str) -> Site:
    found = site(public_url)
    if found is None:
        raise OutOfOrder("ระบบนี้ยังใช้พาสคีย์ไม่ได้ เพราะที่อยู่ของระบบไม่ใช่ชื่อโดเมนที่เปิดผ่าน https")
    return found


def _verified(verify: Callable[[], T]) -> T:
    try:
        return verify()
    except Exception as error:  # what cannot be read is refused like what is wrong
        _log.info("passkey-refused", error=describe(error))
        raise Invalid(fields={"credential": ["พาสคีย์ยืนยันไม่สำเร็จ กรุณาลองใหม่"]}) from error


def _descriptors(known: Sequence[Row[Any]]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential) for one in known]


def _milliseconds(span: timedelta) -> int:
    return int(span / timedelta(milliseconds=1))
