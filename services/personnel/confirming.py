"""Confirming: somebody who is logged in shows again who they are, before they sign something.

The answer is a signed token for one person and one subject, which the service that is to sign
verifies itself. Nothing of it is kept, here or in the log.
"""

from typing import Any

from infra.errors import Forbidden, Invalid, OutOfOrder
from infra.eventstore.store import Work
from infra.identity import Actor, Confirmation, Signer
from infra.messaging.runtime import Runtime
from services.personnel import accounts, entry, throttle


def try_password(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before ConfirmByPassword: the account that was `tried`, if the password is right."""
    return body | {"tried": entry.own(runtime, actor, body["password"])}


def by_password(work: Work, private_key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Confirmed. Raises Invalid where the password is wrong, OutOfOrder while another chose it."""
    tried, account = body["tried"], accounts.hold(work.connection, work.actor.person)
    if account is None or tried is None or account.password != tried.password:
        raise Invalid(fields={"password": ["รหัสผ่านไม่ถูกต้อง"]})
    throttle.give_back(work.connection, account.key)
    if account.locked:
        raise Forbidden("บัญชีนี้ถูกระงับ กรุณาติดต่อผู้ดูแลระบบ")
    if account.must_change:
        raise OutOfOrder("รหัสผ่านนี้ผู้ดูแลระบบตั้งให้ ต้องตั้งรหัสผ่านของคุณเองก่อนจึงจะใช้ยืนยันได้")
    return confirmed(work, private_key, body["subject"], how="password")


def confirmed(work: Work, private_key: str, subject: str, how: str) -> dict[str, Any]:
    confirmation = Confirmation(person=work.actor.person, subject=subject, how=how)
    return {"confirmation": Signer(private_key).confirm(confirmation, work.now)}
