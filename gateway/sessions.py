"""The session of the present request, and calls to the services in its name."""

import hmac
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Response, g, request

from gateway.parts import parts
from gateway.visitors import Visitor
from infra.contract import Command, Query
from infra.errors import Forbidden, Problem, Unauthenticated
from services.personnel.contract import LogIn, LogOut

POST_COOKIE = "amnuay_post"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"


def current() -> Visitor:
    """Who sent this request, by bearer token or cookie. Raises Unauthenticated when nobody known."""
    if "visitor" not in g:
        g.visitor = _visitor()
    visitor: Visitor = g.visitor
    return visitor


def find() -> Visitor | None:
    """As `current`, but None for a stranger; for pages that greet one."""
    try:
        return current()
    except Unauthenticated:
        return None


def ask(contract: type[Query], **params: Any) -> dict[str, Any]:
    """The answer to a query, asked as the visitor. `params` are JSON values."""
    return parts().client.call(
        contract, params, token=_token(contract), correlation_id=g.correlation_id
    )


def ask_together(
    asked: Mapping[str, tuple[type[Query], dict[str, Any]]],
) -> dict[str, dict[str, Any] | Problem]:
    """The answers to several queries by name, asked at the same time; a Problem where one failed."""
    client, token, correlation_id = parts().client, current().token, g.correlation_id

    def ask_one(contract: type[Query], params: dict[str, Any]) -> dict[str, Any] | Problem:
        try:
            return client.call(contract, params, token=token, correlation_id=correlation_id)
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(max(1, len(asked))) as pool:
        begun = {name: pool.submit(ask_one, *one) for name, one in asked.items()}
        return {name: answer.result() for name, answer in begun.items()}


def send(
    contract: type[Command],
    body: dict[str, Any],
    *,
    key: str | None = None,
    if_match: int | None = None,
) -> dict[str, Any]:
    """Carry a command out as the visitor. `body` holds JSON values.

    With the same `key` (Idempotency-Key) it is carried out once, however often it is sent;
    `if_match` is the version that the visitor saw. Raises the service's Problem.
    """
    return parts().client.call(
        contract,
        body,
        token=_token(contract),
        correlation_id=g.correlation_id,
        idempotency_key=key,
        if_match=if_match,
    )


def log_in(username: str, password: str) -> dict[str, Any]:
    """Begin a session: `{"token", "expires_at", …}`; hand it to `keep`. Raises WrongPassword."""
    return send(LogIn, {"username": username, "password": password})


def keep(response: Response, session: str) -> None:
    """Let the browser keep the session's secret."""
    _set(response, _session_cookie(), session)
    response.delete_cookie(POST_COOKIE)


def act_from(response: Response, post: str | None) -> None:
    """Let the visitor act from one post alone; None: from all of theirs."""
    if post is None:
        response.delete_cookie(POST_COOKIE)
    else:
        _set(response, POST_COOKIE, post)


def log_out(response: Response) -> None:
    """End the session, here and in `personnel`."""
    visitor = find()
    if visitor is not None:
        send(LogOut, {"session": visitor.session})
        parts().sessions.forget(visitor.session)
    response.delete_cookie(_session_cookie())
    response.delete_cookie(POST_COOKIE)


def check_csrf() -> None:
    """Refuse a change that another site made this browser send.

    A browser adds the cookie by itself, so such a request must also carry the session's CSRF token
    (form field `csrf` or header). A bearer token is never added by itself. Raises Forbidden.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("คำขอนี้มาจากเว็บไซต์อื่น")
    visitor = find()
    if visitor is None or not visitor.by_cookie:
        return
    given = request.headers.get(CSRF_HEADER)
    if given is None and not request.path.startswith("/api/"):
        given = request.form.get(CSRF_FIELD)
    if not hmac.compare_digest((given or "").encode(), visitor.csrf.encode()):
        raise Forbidden("หน้านี้เปิดไว้นานเกินไป กรุณาเปิดใหม่แล้วลองอีกครั้ง")


def _visitor() -> Visitor:
    session, by_cookie = _session()
    post = request.cookies.get(POST_COOKIE) if by_cookie else None
    return parts().sessions.visitor(session, post or None, by_cookie, g.correlation_id)


def _session() -> tuple[str, bool]:
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated()
        return secret.strip(), False
    secret = request.cookies.get(_session_cookie(), "")
    if not secret:
        raise Unauthenticated()
    return secret, True


def _token(contract: type[Command] | type[Query]) -> str | None:
    return None if contract.public else current().token


def _session_cookie() -> str:
    """Browsers take a `__Host-` cookie only over TLS, for this very host, and from no other."""
    return "__Host-amnuay" if parts().settings.secure_cookies else "amnuay_session"


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, httponly=True, samesite="Lax", secure=parts().settings.secure_cookies
    )
