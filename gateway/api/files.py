"""Files in and out: uploads that commands then refer to, and downloads of what is attached."""

from contextlib import closing
from typing import IO, Any

import msgspec
from flask import Flask, Response, request, send_file
from werkzeug.exceptions import HTTPException

from gateway import sessions
from gateway.api import bodies
from gateway.parts import parts
from infra import fields
from infra.contract import Shape
from infra.errors import Invalid, Malformed, TooLarge


class Uploaded(Shape):
    """A file that was taken in; commands refer to it by `id`."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    media_type = fields.Text(required=True)
    size = fields.Integer(required=True, min=1)
    sha256 = fields.Text(required=True, max=64)


INLINE = ("application/pdf", "image/png", "image/jpeg")
SHOWN = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'self'"
)
_FORM = "multipart/form-data"

UPLOAD_OPERATION: dict[str, Any] = {
    "operationId": "Upload",
    "tags": ["files"],
    "summary": "Take in one file, which commands then refer to.",
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "minLength": 1}},
                }
            }
        },
    },
}


def install(app: Flask) -> None:
    app.add_url_rule("/api/uploads", "api.uploads", upload, methods=["POST"])


def upload() -> Response:
    """Take in one file: a form's only file, or the bare body with its name in `?name=`.

    Raises Invalid, TooLarge, UnsupportedMedia, Malformed (broken off); then nothing is kept.
    """
    visitor = sessions.current()
    key = bodies.idempotency_key()
    store, limit = parts().files, parts().settings.upload_limit
    if (request.content_length or 0) > limit + 64 * 1024:
        raise TooLarge(f"ไฟล์ใหญ่ได้ไม่เกิน {limit // 1024 // 1024:,} MB")
    try:
        name, stream = _file()
        with closing(stream):
            kept = store.receive(stream, name, visitor.actor.person, parts().clock(), key)
    except HTTPException as error:
        if error.code == 413:
            raise TooLarge(f"ไฟล์ใหญ่ได้ไม่เกิน {limit // 1024 // 1024:,} MB") from error
        raise Malformed("ไฟล์ส่งมาไม่ครบ กรุณาส่งใหม่") from error
    except (OSError, ValueError) as error:
        raise Malformed("ไฟล์ส่งมาไม่ครบ กรุณาส่งใหม่") from error
    answer = Uploaded().dump(kept)
    return Response(msgspec.json.encode(answer), 201, content_type="application/json")


def download(file: dict[str, Any], inline: bool = False) -> Response:
    """The file as an attachment; `inline` shows in place what browsers show without running it.

    `file` has `name`, `media_type`, `sha256`; who may have it has been asked before.
    """
    shown = inline and file["media_type"] in INLINE
    response = send_file(
        parts().files.path(file["sha256"]),
        mimetype=file["media_type"],
        as_attachment=not shown,
        download_name=file["name"],
        etag=file["sha256"],
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = SHOWN
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _file() -> tuple[str, IO[bytes]]:
    if request.mimetype != _FORM:
        name = request.args.get("name", "")
        if not name:
            raise Invalid(fields={"name": ["ต้องกรอกช่องนี้"]})
        return name, request.stream
    given = [one for _, files in request.files.lists() for one in files]
    if len(given) != 1 or not given[0].filename:
        raise Invalid(fields={"file": ["ส่งไฟล์ครั้งละหนึ่งไฟล์"]})
    return given[0].filename, given[0].stream
