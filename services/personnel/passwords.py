"""Passwords: what is accepted, and how one is kept and told to be right (argon2id)."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from infra.threads import unhindered

SHORTEST = 8

# 19 MiB and two passes: some 20 ms, and ten log-ins at once take 190 MiB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _hasher.hash("a password that nobody has")


def faults(password: str, username: str) -> list[str]:
    """What is to be mended in a new password; empty where nothing is."""
    found = []
    if len(password) < SHORTEST:
        found.append(f"รหัสผ่านต้องยาวอย่างน้อย {SHORTEST} ตัวอักษร")
    if password.casefold() == username.casefold():
        found.append("รหัสผ่านต้องไม่เหมือนชื่อผู้ใช้")
    return found


def keep(password: str) -> str:
    """What to keep of a password."""
    return unhindered(lambda: _hasher.hash(_normal(password)))


def is_right(kept: str | None, password: str) -> bool:
    """Whether `password` is the one kept; as slow where none is kept, so that time tells nothing."""
    return unhindered(lambda: _verify(kept or _NOBODYS, password)) and kept is not None


def is_dated(kept: str) -> bool:
    """Whether it was kept by older parameters and should be kept anew."""
    return _hasher.check_needs_rehash(kept)


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """Keyboards write สระอำ and accents in two ways."""
    return unicodedata.normalize("NFKC", password)
