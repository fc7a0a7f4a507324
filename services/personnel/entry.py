"""Coming in: log-in by password, the token of a session, and changing one's password.

A try is counted in a transaction of its own before the password is looked at, so that neither a
failure that rolls back nor many tries at once escape the count. The slow part, argon2, is done
outside of any transaction.
"""

from typing import Any

from sqlalchemy import Connection, Row

from infra.clock import bangkok_date, next_day
from infra.errors import Forbidden, Invalid, OutOfOrder, Unauthenticated, WrongPassword
from infra.eventstore.store import Read, Work
from infra.identity import TOKEN_LIFETIME, Actor, Signer
from infra.messaging.runtime import Runtime
from services.personnel import accounts, passwords, sessions, throttle, views
from services.personnel.contract import directory
from services.personnel.person import Person

_WRONG = Invalid(fields={"current": ["รหัสผ่านปัจจุบันไม่ถูกต้อง"]})


def keep_password(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before a password is given: `kept` is what to keep of it."""
    return body | {"kept": passwords.keep(body["password"])}


def try_log_in(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before LogIn: the account that was `tried`. Raises Throttled, WrongPassword."""
    key = accounts.key(body["username"])
    with runtime.database.begin() as connection:
        throttle.take(connection, key, runtime.clock())
    with runtime.database.read() as connection:
        tried = accounts.by_key(connection, key)
    if not passwords.is_right(tried.password if tried else None, body["password"]) or tried is None:
        raise WrongPassword()
    dated = passwords.is_dated(tried.password)
    return {"tried": tried, "kept": passwords.keep(body["password"]) if dated else tried.password}


def log_in(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    """A session, as `Session`, for whom `try_log_in` found right."""
    tried = body["tried"]
    account = accounts.hold(work.connection, tried.person)
    if account is None or account.password != tried.password:
        raise WrongPassword()
    if account.locked:
        raise Forbidden("บัญชีนี้ถูกระงับ กรุณาติดต่อผู้ดูแลระบบ")
    accounts.came_in(work.connection, account.person, body["kept"], work.now)
    throttle.give_back(work.connection, account.key)
    secret, expires = sessions.begin(work.connection, account.person, work.now)
    return {
        "token": secret,
        "expires_at": expires,
        "person": account.person,
        "must_change_password": account.must_change,
    }


def token(read: Read, private_key: str, session: str, post: str | None) -> str:
    """The signed token of a session, valid no longer than that or than today. Raises Unauthenticated.

    `post` narrows it to that seat, and moves them to its organisation where they act in another's;
    one that the person has no longer is as if none were given.
    """
    found = sessions.get(read.connection, session, read.now)
    person = views.person(read.connection, found.person)
    if person is None or person.erased:
        raise Unauthenticated()
    seats = directory.seats(read.connection, found.person, bangkok_date(read.now))
    chosen = tuple(seat for seat in seats if seat.post == post)
    here = chosen[0].organisation if chosen else person.organisation
    actor = Actor(person=person.id, organisation=here, seats=chosen or seats)
    lifetime = min(TOKEN_LIFETIME, found.expires_at - read.now, next_day(read.now) - read.now)
    return Signer(private_key).sign(actor, read.now, lifetime)


def try_password(runtime: Runtime, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Before ChangePassword: the account that was `tried`, if `current` is right. Raises Throttled."""
    tried = own(runtime, actor, body["current"])
    return body | {"tried": tried, "kept": passwords.keep(body["new"])}


def own(runtime: Runtime, actor: Actor, password: str) -> Row[Any] | None:
    """The actor's account if `password` is its; the try is counted. Raises Throttled, OutOfOrder."""
    with runtime.database.read() as connection:
        account = accounts.of(connection, actor.person)
    if account is None:
        raise OutOfOrder("ไม่มีบัญชีผู้ใช้")
    with runtime.database.begin() as connection:
        throttle.take(connection, account.key, runtime.clock())
    return account if passwords.is_right(account.password, password) else None


def change_password(work: Work, owner: Person, body: dict[str, Any]) -> None:
    """Raises Invalid where the current password is wrong or the new one no good."""
    account, tried = accounts.hold(work.connection, owner.id), body["tried"]
    if account is None or tried is None or account.password != tried.password:
        raise _WRONG
    require_good(body["new"], account.username, field="new")
    if body["new"] == body["current"]:
        raise Invalid(fields={"new": ["ต้องไม่ใช่รหัสผ่านเดิม"]})
    owner.change_password()
    accounts.change(work.connection, owner.id, password=body["kept"], must_change=False)
    throttle.give_back(work.connection, account.key)
    sessions.end_all(work.connection, owner.id, but=body["session"])


def require_good(password: str, username: str, field: str = "password") -> None:
    """Raises Invalid for a password that is no good."""
    if faults := passwords.faults(password, username):
        raise Invalid(fields={field: faults})


def account(connection: Connection, person: str) -> Row[Any]:
    """The account of a person who has one."""
    found = accounts.hold(connection, person)
    assert found is not None
    return found
