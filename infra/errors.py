"""Everything that can be wrong with a request, each with its HTTP status and Thai words.

Problem
├── Invalid                422  the body or a parameter does not fit its schema
│   ├── Malformed          400  the body is not JSON at all
│   ├── TooLarge           413
│   └── UnsupportedMedia   415  a file's content is not what it claims to be
├── Unauthenticated        401  no token, or one that is forged or expired
│   └── WrongPassword      401
├── Forbidden              403  the actor may see this, but not do it
├── NotFound               404  it does not exist, or the actor may not know that it does
├── OutOfOrder             409  the thing is not in a state that allows this step
│   └── Taken              409  somebody else has it already
├── Stale                  412  the caller acted on an old version
├── KeyReused              422  an Idempotency-Key came back with another body
├── Throttled              429
├── Broken                 500  ours to mend
└── Unavailable            503  a service or the broker is down; trying again helps
"""

from typing import Any, ClassVar


class Problem(Exception):
    """An answer that is not what the caller hoped for (RFC 9457 problem details).

    `detail` is a Thai sentence that says what to mend; `fields` maps a field's
    path to its messages.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "broken"
    title: ClassVar[str] = "ระบบขัดข้อง"

    def __init__(
        self,
        detail: str = "",
        fields: dict[str, list[str]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.fields = fields or {}
        self.retry_after = retry_after

    def to_dict(self) -> dict[str, Any]:
        """The problem as it crosses RPC and HTTP."""
        body: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fields:
            body["fields"] = self.fields
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        return body

    @staticmethod
    def from_dict(body: dict[str, Any]) -> "Problem":
        """The inverse of `to_dict`; an unknown type becomes `Broken`."""
        for kind in _kinds(Problem):
            if kind.type == body.get("type"):
                return kind(body.get("detail", ""), body.get("fields"), body.get("retry_after"))
        return Broken()


def _kinds(root: type[Problem]) -> list[type[Problem]]:
    return [kind for sub in root.__subclasses__() for kind in [sub, *_kinds(sub)]]


class Invalid(Problem):
    status, type, title = 422, "invalid", "ข้อมูลไม่ถูกต้อง"


class Malformed(Invalid):
    status, type, title = 400, "malformed", "อ่านข้อมูลที่ส่งมาไม่ได้"


class TooLarge(Invalid):
    status, type, title = 413, "too-large", "ข้อมูลใหญ่เกินกำหนด"


class UnsupportedMedia(Invalid):
    status, type, title = 415, "unsupported-media", "ไม่รับข้อมูลชนิดนี้"


class Unauthenticated(Problem):
    status, type, title = 401, "unauthenticated", "กรุณาเข้าสู่ระบบ"


class WrongPassword(Unauthenticated):
    status, type, title = 401, "wrong-password", "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง"


class Forbidden(Problem):
    status, type, title = 403, "forbidden", "ไม่มีสิทธิ์ทำรายการนี้"


class NotFound(Problem):
    status, type, title = 404, "not-found", "ไม่พบสิ่งที่ต้องการ"


class MethodNotAllowed(Problem):
    status, type, title = 405, "method-not-allowed", "ไม่รองรับวิธีเรียกนี้"


class OutOfOrder(Problem):
    status, type, title = 409, "out-of-order", "ยังทำขั้นตอนนี้ไม่ได้"


class Taken(OutOfOrder):
    status, type, title = 409, "taken", "มีผู้อื่นใช้อยู่แล้ว"


class Stale(Problem):
    status, type, title = 412, "stale", "ข้อมูลเปลี่ยนไปแล้วตั้งแต่เปิดหน้านี้"


class KeyReused(Problem):
    status, type, title = 422, "key-reused", "Idempotency-Key นี้ใช้กับข้อมูลอื่นไปแล้ว"


class Throttled(Problem):
    status, type, title = 429, "throttled", "ลองหลายครั้งเกินไป กรุณารอสักครู่"


class Broken(Problem):
    status, type, title = 500, "broken", "ระบบขัดข้อง"


class Unavailable(Problem):
    status, type, title = 503, "unavailable", "ระบบยังไม่พร้อม กรุณาลองใหม่"

    def __init__(
        self,
        detail: str = "",
        fields: dict[str, list[str]] | None = None,
        retry_after: int | None = 10,
    ) -> None:
        super().__init__(detail, fields, retry_after)


DISK_FULL = "ที่เก็บข้อมูลเต็ม ยังบันทึกไม่ได้ ข้อมูลที่กรอกไว้ยังอยู่ กรุณาแจ้งผู้ดูแลระบบ แล้วลองใหม่"
