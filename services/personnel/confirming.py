"""Confirming: somebody who is logged in shows again who they are, before they sign something.

The answer is a signed token for one person and one subject, which the service that is to sign
verifies itself. Nothing of it is kept, here or in the log. One who adds a passkey confirms that,
too (their own id is the subject): a session left open must not become a key to sign with.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from infra.errors import Forbidden, Invalid, NotFound, OutOfOrder, Taken
from infra.eventstore.store import Read, Work
from infra.identity import Actor, Confirmation, Signer, Verifier
from infra.ids import new_id
from infra.messaging.runtime import Runtime
from infra.settings import Settings
from services.personnel import accounts, entry, passkeys, throttle
from services.personnel.person import Person

_EXPIRED = Invalid(fields={"credential": ["การยืนยันหมดเวลาหรือใช้ไปแล้ว กรุณาเริ่มใหม่"]})


def try_password(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before ConfirmByPassword: the account that was `tried`, if the password is right."""
    return body | {"tried": entry.own(runtime, actor, body["password"])}


def by_password(work: Work, private_key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Confirmed. Raises Invalid where the password is wrong, OutOfOrder while another chose it."""
    tried, account = body["tried"], accounts.hold(work.connection, work.actor.person)
    if account is None or tried is None or account.password != tried.password:
        raise Invalid(fields={"password": ["รหัสผ่านไม่ถูกต้อง"]})
    throttle.give_back(work.connection, account.key)
    _require_open(account)
    if account.must_change:
        raise OutOfOrder("รหัสผ่านนี้ผู้ดูแลระบบตั้งให้ ต้องตั้งรหัสผ่านของคุณเองก่อนจึงจะใช้ยืนยันได้")
    return confirmed(work, private_key, body["subject"], how="password")


def by_passkey(work: Work, settings: Settings, body: dict[str, Any]) -> dict[str, Any]:
    """Confirmed. Raises Invalid where no passkey of the actor's answered the challenge."""
    site = passkeys.require_site(settings.public_url)
    _open_account(work.connection, work.actor.person)
    if body["challenge"] is None:
        raise _EXPIRED
    passkey = passkeys.find(work.connection, passkeys.credential_of(body["credential"]))
    if passkey is None or passkey.person != work.actor.person:
        raise Invalid(fields={"credential": ["พาสคีย์นี้ไม่ได้ลงทะเบียนไว้กับบัญชีของคุณ"]})
    count = passkeys.answered(site, body["challenge"], body["credential"], passkey)
    passkeys.used(work.connection, passkey.id, count, work.now)
    return confirmed(work, settings.private_key, body["subject"], how="passkey")


def confirmed(work: Work, private_key: str, subject: str, how: str) -> dict[str, Any]:
    confirmation = Confirmation(person=work.actor.person, subject=subject, how=how)
    return {"confirmation": Signer(private_key).confirm(confirmation, work.now)}


def begin(work: Work, settings: Settings, subject: str) -> dict[str, Any]:
    """PasskeyOptions for a passkey's answer. Raises OutOfOrder where the actor has none."""
    site, person = passkeys.require_site(settings.public_url), work.actor.person
    known = passkeys.of(work.connection, person)
    if not known:
        raise OutOfOrder("ยังไม่ได้ลงทะเบียนพาสคีย์ ลงทะเบียนได้ที่หน้าตั้งค่า")
    challenge = passkeys.begin(work.connection, person, subject, work.now)
    return {"options": passkeys.ask(site, challenge, known)}


def begin_passkey(work: Work, settings: Settings, confirmation: str) -> dict[str, Any]:
    """PasskeyOptions for a new passkey. Raises Forbidden where `confirmation` is no good."""
    site, person = passkeys.require_site(settings.public_url), work.actor.person
    verifier = Verifier(settings.public_key, settings.service_key)
    verifier.confirmed(confirmation, work.actor, person, work.now)
    account = _open_account(work.connection, person)
    known = _room_for_one(work.connection, person)
    challenge = passkeys.begin(work.connection, person, passkeys.REGISTERING, work.now)
    return {"options": passkeys.offer(site, person, account.username, challenge, known)}


def take_challenge(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before an answer is looked at: the `challenge` that it should answer, which is then gone."""
    subject = body.get("subject", passkeys.REGISTERING)
    with runtime.database.begin() as connection:
        challenge = passkeys.take(connection, actor.person, subject, runtime.clock())
    return body | {"challenge": challenge}


def add_passkey(work: Work, settings: Settings, body: dict[str, Any]) -> dict[str, Any]:
    """PasskeyAnswer. Raises Invalid where the browser's answer is no good."""
    site, person = passkeys.require_site(settings.public_url), work.actor.person
    owner = work.load(Person, person)
    _open_account(work.connection, person)
    if body["challenge"] is None:
        raise _EXPIRED
    _room_for_one(work.connection, person)
    new = passkeys.read_new(site, body["challenge"], body["credential"])
    if passkeys.find(work.connection, new["credential"]) is not None:
        raise Taken("พาสคีย์นี้ลงทะเบียนไว้แล้ว")
    shown = {"id": new_id(), "name": body["name"], "added_at": work.now, "used_at": None}
    passkeys.add(work.connection, person=person, **shown, **new)
    owner.add_passkey(shown["id"])
    work.save(owner)
    return shown


def remove_passkey(work: Work, id: str) -> dict[str, Any]:
    if not passkeys.remove(work.connection, work.actor.person, id):
        raise NotFound()
    owner = work.load(Person, work.actor.person)
    owner.remove_passkey(id)
    work.save(owner)
    return {}


def list_passkeys(read: Read, settings: Settings) -> dict[str, Any]:
    """PasskeyList."""
    site = passkeys.site(settings.public_url)
    items = [row._asdict() for row in passkeys.of(read.connection, read.actor.person)]
    return {"items": items, "site": site.origin if site else ""}


def _room_for_one(connection: Connection, person: str) -> Sequence[Row[Any]]:
    known = passkeys.of(connection, person)
    if len(known) >= passkeys.MOST:
        raise OutOfOrder(f"มีพาสคีย์ครบ {passkeys.MOST} อันแล้ว นำอันที่ไม่ใช้ออกก่อน")
    return known


def _open_account(connection: Connection, person: str) -> Row[Any]:
    """The person's account, which nobody else changes until the transaction ends."""
    account = accounts.hold(connection, person)
    if account is None:
        raise OutOfOrder("ไม่มีบัญชีผู้ใช้")
    _require_open(account)
    return account


def _require_open(account: Row[Any]) -> None:
    if account.locked:
        raise Forbidden("บัญชีนี้ถูกระงับ กรุณาติดต่อผู้ดูแลระบบ")
