"""The fields of which every contract is made: strict, bounded, with Thai messages.

They accept what JSON and query strings carry; what people type into a page (Buddhist-era dates,
Thai digits) is understood before, by `infra.thai`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import marshmallow
from marshmallow import fields, validate

_MESSAGES = {
    "required": "ต้องกรอกช่องนี้",
    "null": "ต้องกรอกช่องนี้",
    "validator_failed": "ข้อมูลไม่ถูกต้อง",
}
fields.Field.default_error_messages |= _MESSAGES

# Control characters but tab, newline and carriage return; and the two ends of nothing.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


class Text(fields.String):
    """One line of text, trimmed, 1 to `max` characters; `lines=True` allows line breaks."""

    default_error_messages = {"invalid": "ต้องเป็นข้อความ", "invalid_utf8": "ต้องเป็นข้อความ"}

    def __init__(self, *, max: int = 500, lines: bool = False, blank: bool = False, **kwargs: Any):
        self.max, self.lines, self.blank = max, lines, blank
        bounds = {"maxLength": max} if blank else {"maxLength": max, "minLength": 1}
        super().__init__(metadata=bounds | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if len(text) > self.max:
            raise marshmallow.ValidationError(f"ยาวได้ไม่เกิน {self.max:,} ตัวอักษร")
        if _CONTROL.search(text) or (not self.lines and re.search(r"[\r\n\t]", text)):
            raise marshmallow.ValidationError("มีอักขระควบคุมที่ไม่รับ")
        if not text and not self.blank:
            raise marshmallow.ValidationError("ต้องกรอกช่องนี้")
        return text


class Id(fields.UUID):
    """The identifier of an aggregate, as text."""

    default_error_messages = {"invalid_uuid": "รหัสไม่ถูกต้อง"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid_uuid")
        return str(super()._deserialize(value, attr, data, **kwargs))


class Integer(fields.Integer):
    """A whole number; a string of digits is taken only where `strict=False` (query strings)."""

    default_error_messages = {
        "invalid": "ต้องเป็นจำนวนเต็ม",
        "too_large": "จำนวนใหญ่เกินไป",
    }

    def __init__(
        self, *, min: int | None = None, max: int | None = 2**53, strict: bool = True, **kwargs: Any
    ):
        kwargs["validate"] = validate.Range(min, max, error=_range_message(min, max))
        super().__init__(strict=strict, **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool) or (self.strict and not isinstance(value, int)):
            raise self.make_error("invalid")
        if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,16}", value):
            raise self.make_error("invalid")
        return super()._validated(value)


def _range_message(least: int | None, most: int | None) -> str:
    if least is not None and most is not None and most < 2**53:
        return f"ต้องอยู่ระหว่าง {least:,} ถึง {most:,}"
    return f"ต้องไม่น้อยกว่า {least:,}" if least is not None else "จำนวนใหญ่เกินไป"


class Boolean(fields.Boolean):
    """true or false, and nothing that only looks like it."""

    default_error_messages = {"invalid": "ต้องเป็นจริงหรือเท็จ"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Date(fields.Date):
    """A day, ISO 8601, Gregorian: `2026-02-15`."""

    default_error_messages = {"invalid": "ไม่ใช่วันที่ที่มีอยู่จริง (ใช้รูปแบบ ปี-เดือน-วัน)"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid")
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year <= 2200:
            raise marshmallow.ValidationError("ปีต้องอยู่ระหว่าง ค.ศ. 1900 ถึง 2200")
        return day


class Moment(fields.AwareDateTime):
    """A moment, ISO 8601 with its offset: `2026-02-15T09:30:00+07:00`."""

    default_error_messages = {
        "invalid": "ไม่ใช่วันเวลาที่มีอยู่จริง",
        "invalid_awareness": "วันเวลาต้องระบุเขตเวลา เช่น +07:00",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= moment.year <= 2200:
            raise marshmallow.ValidationError("ปีต้องอยู่ระหว่าง ค.ศ. 1900 ถึง 2200")
        return moment


class Choice(fields.Enum[Any]):
    """One of a StrEnum's values."""

    default_error_messages = {"unknown": "ต้องเป็นค่าใดค่าหนึ่งใน: {choices}"}

    def __init__(self, enum: type[StrEnum], **kwargs: Any):
        super().__init__(enum, by_value=True, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("unknown", choices=self.choices_text)
        return super()._deserialize(value, attr, data, **kwargs)


class Many(fields.List[Any]):
    """A list of at most `max` of the given field."""

    default_error_messages = {"invalid": "ต้องเป็นรายการ"}

    def __init__(self, inner: Any, *, max: int = 500, min: int = 0, **kwargs: Any):
        error = f"ต้องมี {min:,} ถึง {max:,} รายการ"
        super().__init__(inner, validate=validate.Length(min=min, max=max, error=error), **kwargs)


class Nested(fields.Nested):
    """Another shape inside this one."""

    default_error_messages = {"type": "ต้องเป็นออบเจกต์ JSON"}


class Words(fields.Dict):
    """A small map of text to text."""

    default_error_messages = {"invalid": "ต้องเป็นออบเจกต์ JSON"}

    def __init__(self, **kwargs: Any):
        super().__init__(keys=Text(max=200), values=Text(max=2000, blank=True), **kwargs)


def choices(values: Sequence[str]) -> validate.OneOf:
    return validate.OneOf(values, error="ต้องเป็นค่าใดค่าหนึ่งใน: {choices}")
