"""Cursors of pages: the sort keys of a page's last row, opaque to the caller."""

import base64
import binascii
from datetime import datetime
from typing import Any

import msgspec

from infra.errors import Invalid


def cursor(*keys: Any) -> str:
    """The cursor behind a row with these keys (whole numbers, text, aware datetimes)."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def keys(cursor: str, *types: Any) -> tuple[Any, ...]:
    """The keys in a cursor, of these types. Raises Invalid where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found: tuple[Any, ...] = msgspec.json.decode(raw, type=tuple[types])  # type: ignore[valid-type]
        if not all(map(_storable, found)):
            raise ValueError(cursor)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise Invalid(fields={"cursor": ["ไม่รู้จักตำแหน่งนี้ กรุณาเริ่มจากหน้าแรก"]}) from error
    return found


def _storable(key: Any) -> bool:
    """Whether a database can compare with it: forged cursors may hold anything."""
    match key:
        case datetime():
            return key.tzinfo is not None
        case str():
            return "\x00" not in key
        case int():
            return abs(key) < 2**53
    return True
