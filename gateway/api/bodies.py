"""Reading requests strictly: what is doubtful is refused with a word on what to mend, never guessed."""

import json
import math
import re
from typing import Any

import marshmallow
from flask import request
from werkzeug.exceptions import HTTPException

from infra.contract import Command, Query
from infra.errors import Invalid, Malformed, NotFound, Stale, TooLarge, UnsupportedMedia

JSON_LIMIT = 1024 * 1024  # bytes: a draft of a hundred pages, or one to a thousand recipients
DEEPEST = 20  # levels of brackets; no contract has more than a few
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json() -> dict[str, Any]:
    """The request's body as a JSON object; without a body and content type, an empty one.

    Raises UnsupportedMedia, TooLarge, Malformed.
    """
    raw = read_raw(JSON_LIMIT)
    if not raw and not request.mimetype:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMedia("ต้องส่งเป็น application/json")
    try:
        body = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("ข้อมูลที่ส่งมาไม่ใช่ JSON ที่ถูกต้อง") from error
    _check_depth_and_text(body)
    if not isinstance(body, dict):
        raise Invalid(fields={"_": ["ต้องเป็นออบเจกต์ JSON"]})
    return body


def read_raw(limit: int) -> bytes:
    """The whole body, at most `limit` bytes. Raises TooLarge, and Malformed when it breaks off."""
    if (request.content_length or 0) > limit:
        raise TooLarge(f"ส่งได้ไม่เกิน {limit // 1024:,} KB")
    request.max_content_length = limit
    try:
        return request.get_data(cache=False)
    except HTTPException as error:
        if error.code == 413:
            raise TooLarge(f"ส่งได้ไม่เกิน {limit // 1024:,} KB") from error
        raise Malformed("ข้อมูลที่ส่งมาขาดตอน กรุณาส่งใหม่") from error
    except (OSError, ValueError) as error:
        raise Malformed("ข้อมูลที่ส่งมาขาดตอน กรุณาส่งใหม่") from error


def read_query(contract: type[Query]) -> dict[str, Any]:
    """The address's parameters as JSON values, each given once. Raises Invalid.

    A list is written with commas: `?ids=a,b`.
    """
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Invalid(fields={name: ["ระบุได้ครั้งเดียว"] for name in twice})
    fields = contract().fields
    return {name: _value(fields.get(name), text) for name, text in request.args.items()}


def idempotency_key() -> str | None:
    """The request's Idempotency-Key. Raises Invalid where it is not 1 to 200 printable ASCII."""
    key = request.headers.get("Idempotency-Key")
    if key is None or re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        return key
    raise Invalid(fields={"Idempotency-Key": ["ต้องเป็นอักขระ ASCII ที่พิมพ์ได้ 1 ถึง 200 ตัว ไม่มีช่องว่าง"]})


def if_match() -> int | None:
    """The version that the caller acts on. Raises Stale for a tag that no version ever had."""
    tag = request.headers.get("If-Match")
    if tag is None or tag.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"([0-9]{1,15})"\s*', tag)
    if found is None:
        raise Stale()
    return int(found[1])


def check(contract: type[Command] | type[Query], body: dict[str, Any], path: set[str]) -> None:
    """Hold the body against its schema. What the address itself names wrongly does not exist."""
    try:
        contract.check(body)
    except Invalid as problem:
        if path & problem.fields.keys():
            raise NotFound() from problem
        raise


def _value(field: marshmallow.fields.Field[Any] | None, text: str) -> Any:
    match field:
        case marshmallow.fields.List():
            return [_value(field.inner, part) for part in text.split(",")]
        case marshmallow.fields.Integer() if re.fullmatch(r"-?[0-9]{1,16}", text):
            return int(text)
        case marshmallow.fields.Boolean() if text in ("true", "false"):
            return text == "true"
    return text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check_depth_and_text(body: Any) -> None:
    level = [body]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and _SURROGATE.search(value):
                raise Malformed("มีอักขระที่ไม่ใช่ Unicode ที่ถูกต้อง")
        if not below:
            return
        level = below
    raise Malformed(f"ข้อมูลซ้อนกันลึกเกิน {DEEPEST} ชั้น")
