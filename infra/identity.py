"""Who acts: the actor and the posts that give the right, carried as a token others can verify.

`personnel` signs with an Ed25519 key; every service verifies with the public half. Services speak
for themselves with a token signed by a key that they share.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.types import Options

from infra.errors import Forbidden, Unauthenticated


class Role(StrEnum):
    """What a post entitles its holder to (บทบาท)."""

    CENTRAL_CLERK = "central_clerk"  # สารบรรณกลาง
    GROUP_CLERK = "group_clerk"  # สารบรรณกลุ่ม
    OFFICER = "officer"  # เจ้าหน้าที่
    GROUP_HEAD = "group_head"  # ผู้อำนวยการกลุ่ม
    DEPUTY = "deputy"  # รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา
    DIRECTOR = "director"  # ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา
    SECRETARY = "secretary"  # เลขานุการผู้บริหาร
    SCHOOL_DIRECTOR = "school_director"  # ผู้อำนวยการโรงเรียน
    SCHOOL_CLERK = "school_clerk"  # สารบรรณโรงเรียน
    REGISTRAR = "registrar"  # นายทะเบียนข้อมูลข่าวสารลับ
    AUDITOR = "auditor"  # ผู้ตรวจสอบ: อ่านได้ทุกเรื่องเว้นเรื่องลับ เขียนไม่ได้
    ADMINISTRATOR = "administrator"  # ผู้ดูแลระบบ: จัดการบุคคล ไม่เห็นหนังสือ


class Capacity(StrEnum):
    """In whose stead a person acts (annex 3)."""

    ACTING = "acting"  # รักษาราชการแทน: the post is vacant or its holder absent
    DELEGATED = "delegated"  # ปฏิบัติราชการแทน: power delegated by its holder


CAPACITY_THAI = {Capacity.ACTING: "รักษาราชการแทน", Capacity.DELEGATED: "ปฏิบัติราชการแทน"}


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One post from which an actor acts today.

    `title` is the title of the post acted in. Where `capacity` is set, `own_title` is the actor's
    own post, which stands above the capacity in a signature block.
    """

    post: str
    organisation: str
    group: str | None
    role: Role
    title: str
    capacity: Capacity | None = None
    own_title: str | None = None

    def signature(self) -> list[str]:
        """The lines under a signature: the real post, then in whose stead (annex 3)."""
        if self.capacity is None:
            return [self.title]
        return [self.own_title or "", f"{CAPACITY_THAI[self.capacity]} {self.title}"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who sent a command: a person with seats, or a service (`service:<name>`)."""

    person: str
    organisation: str
    seats: tuple[Seat, ...] = ()

    @property
    def is_service(self) -> bool:
        return self.person.startswith("service:")

    def seat(self, *roles: Role, organisation: str | None = None, group: str | None = None) -> Seat:
        """The first seat in one of `roles`, own posts before acting ones.

        Raises Forbidden where the actor holds none (in that organisation, in that group).
        """
        found = self.find_seat(*roles, organisation=organisation, group=group)
        if found is None:
            raise Forbidden()
        return found

    def find_seat(
        self, *roles: Role, organisation: str | None = None, group: str | None = None
    ) -> Seat | None:
        for role in roles:
            for seat in sorted(self.seats, key=lambda seat: seat.capacity is not None):
                if (
                    seat.role is role
                    and (organisation is None or seat.organisation == organisation)
                    and (group is None or seat.group == group)
                ):
                    return seat
        return None

    def has(self, *roles: Role, organisation: str | None = None, group: str | None = None) -> bool:
        return self.find_seat(*roles, organisation=organisation, group=group) is not None


SERVICE_KEY_LENGTH = 32  # characters at least
# Known to msgspec from here on, which crashes where threads learn the same new type at once.
msgspec.json.Decoder(Actor)

TOKEN_LIFETIME = timedelta(minutes=10)


CONFIRMATION_LIFETIME = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """That `person` showed again who they are (`how`: password or passkey), for `subject` alone."""

    person: str
    subject: str
    how: str


class Signer:
    """Signs actors' tokens; only `personnel` holds one. `private_key` is 32 bytes, base64."""

    def __init__(self, private_key: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))

    def sign(self, actor: Actor, now: datetime, lifetime: timedelta = TOKEN_LIFETIME) -> str:
        claims = {"exp": int((now + lifetime).timestamp()), "actor": msgspec.to_builtins(actor)}
        return jwt.encode(claims, self._key, algorithm="EdDSA")

    def confirm(self, confirmation: Confirmation, now: datetime) -> str:
        """A token that says so, for a moment."""
        claims = {
            "exp": int((now + CONFIRMATION_LIFETIME).timestamp()),
            "confirmation": msgspec.to_builtins(confirmation),
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA")


class Verifier:
    """Verifies tokens of people (by `public_key`, 32 bytes base64) and of services (by `service_key`)."""

    def __init__(self, public_key: str, service_key: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        self._service_key = service_key

    def verify(self, token: str | None, now: datetime) -> Actor:
        """The actor of `token`. Raises Unauthenticated where it is missing, forged or expired."""
        if not token or not isinstance(token, str):
            raise Unauthenticated()
        options: Options = {"verify_exp": False, "require": ["exp", "actor"]}
        try:
            if jwt.get_unverified_header(token).get("alg") == "HS256":
                if len(self._service_key) < SERVICE_KEY_LENGTH:
                    raise Unauthenticated()  # there is none, or one that can be guessed
                claims = jwt.decode(token, self._service_key, algorithms=["HS256"], options=options)
                actor = msgspec.convert(claims["actor"], type=Actor)
                if not actor.is_service:
                    raise Unauthenticated()
            else:
                claims = jwt.decode(token, self._key, algorithms=["EdDSA"], options=options)
                actor = msgspec.convert(claims["actor"], type=Actor)
                if actor.is_service:
                    raise Unauthenticated()
            expired = int(claims["exp"]) <= now.timestamp()
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError, TypeError) as error:
            raise Unauthenticated() from error
        if expired:
            raise Unauthenticated("หมดเวลาการเข้าสู่ระบบ กรุณาเข้าสู่ระบบใหม่")
        return actor

    def confirmed(self, token: str, actor: Actor, subject: str, now: datetime) -> Confirmation:
        """The confirmation in `token`. Raises Forbidden unless it is `actor`'s, for `subject`, and fresh."""
        options: Options = {"verify_exp": False, "require": ["exp", "confirmation"]}
        try:
            claims = jwt.decode(token, self._key, algorithms=["EdDSA"], options=options)
            found = msgspec.convert(claims["confirmation"], type=Confirmation)
            fresh = int(claims["exp"]) > now.timestamp()
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError, TypeError) as error:
            raise Forbidden("การยืนยันตัวตนใช้ไม่ได้ กรุณายืนยันใหม่") from error
        if not fresh or (found.person, found.subject) != (actor.person, subject):
            raise Forbidden("การยืนยันตัวตนหมดอายุหรือไม่ใช่ของรายการนี้ กรุณายืนยันใหม่")
        return found


def service_token(name: str, service_key: str, now: datetime) -> str:
    """A token by which service `name` speaks for itself (reading a log, asking for names)."""
    actor = Actor(person=f"service:{name}", organisation="")
    claims = {
        "exp": int((now + TOKEN_LIFETIME).timestamp()),
        "actor": msgspec.to_builtins(actor),
    }
    return jwt.encode(claims, service_key, algorithm="HS256")


def new_keys() -> tuple[str, str]:
    """A fresh Ed25519 pair (private, public), each base64."""
    key = Ed25519PrivateKey.generate()
    raw = serialization.Encoding.Raw
    private = key.private_bytes(raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    public = key.public_key().public_bytes(raw, serialization.PublicFormat.Raw)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()
