"""A person (บุคลากร) and their account, as far as the record goes: names and secrets are not in it."""

from dataclasses import dataclass

from infra.eventstore.aggregate import Aggregate
from infra.eventstore.events import Event
from services.personnel.contract import PersonAdded, PersonErased


@dataclass(frozen=True, kw_only=True)
class PersonCorrected(Event):
    """The data of these names were corrected; what they were and are is not on record."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AccountOpened(Event):
    """The person was given a user name and a first password."""


@dataclass(frozen=True, kw_only=True)
class PasswordReset(Event):
    """The person was given a new password by another; their sessions ended."""


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """The person chose a new password; their other sessions ended."""


@dataclass(frozen=True, kw_only=True)
class AccountLocked(Event):
    """The person can no longer log in; their sessions ended."""


@dataclass(frozen=True, kw_only=True)
class AccountUnlocked(Event):
    """The person can log in again."""


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Event):
    """The person can confirm by a new passkey; `passkey` is its id."""

    passkey: str


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(Event):
    """The person can confirm by that passkey no longer."""

    passkey: str


class Person(Aggregate):
    """One person, from when they are added until they are erased."""

    kind = "person"

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._organisation = ""
        self.erased = False
        self.has_account = False
        self.locked = False

    @property
    def organisation(self) -> str:
        return self._organisation

    def add(self, organisation: str) -> None:
        self.record(PersonAdded(organisation=organisation))

    def correct(self, fields: tuple[str, ...]) -> None:
        self.require_known()
        if fields:
            self.record(PersonCorrected(fields=fields))

    def erase(self, engaged: int) -> None:
        """`engaged` is how many posts they exercise today, or will."""
        self.require_known()
        self.require(engaged == 0, f"ยังดำรงหรือรักษาการในตำแหน่งอยู่ {engaged:,} ตำแหน่ง ต้องให้พ้นก่อน")
        self.record(PersonErased())

    def open_account(self) -> None:
        self.require_known()
        self.require(not self.has_account, "บุคคลนี้มีบัญชีผู้ใช้แล้ว")
        self.record(AccountOpened())

    def reset_password(self) -> None:
        self._require_account()
        self.record(PasswordReset())

    def change_password(self) -> None:
        self._require_account()
        self.record(PasswordChanged())

    def lock(self) -> None:
        self._require_account()
        self.require(not self.locked, "บัญชีนี้ถูกระงับอยู่แล้ว")
        self.record(AccountLocked())

    def unlock(self) -> None:
        self._require_account()
        self.require(self.locked, "บัญชีนี้ไม่ได้ถูกระงับ")
        self.record(AccountUnlocked())

    def add_passkey(self, passkey: str) -> None:
        self._require_account()
        self.record(PasskeyAdded(passkey=passkey))

    def remove_passkey(self, passkey: str) -> None:
        self.require_known()
        self.record(PasskeyRemoved(passkey=passkey))

    def require_known(self) -> None:
        self.require(not self.erased, "ข้อมูลของบุคคลนี้ถูกลบแล้ว")

    def _require_account(self) -> None:
        self.require_known()
        self.require(self.has_account, "บุคคลนี้ยังไม่มีบัญชีผู้ใช้")

    def apply(self, event: Event) -> None:
        match event:
            case PersonAdded():
                self._organisation = event.organisation
            case PersonErased():
                self.erased, self.has_account = True, False
            case AccountOpened():
                self.has_account = True
            case AccountLocked():
                self.locked = True
            case AccountUnlocked():
                self.locked = False
