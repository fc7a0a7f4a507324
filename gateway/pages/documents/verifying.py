"""The public page that a document's QR code leads to: what is on record of it, and whether a file is
that very document. Nobody need log in, and nothing is said that the paper does not say."""

import hashlib
from typing import IO

from flask import Response, make_response, render_template, request

from gateway import sessions
from gateway.pages.blueprint import pages
from gateway.pages.documents import words
from gateway.parts import parts
from infra.errors import Invalid, NotFound
from services.correspondence.contract import DocumentKind, VerifyDocument

_CHUNK = 1024 * 1024  # bytes


@pages.route("/verify/<code>", methods=["GET", "POST"])
def verify_document(code: str) -> Response:
    """A file that is sent is compared and not kept."""
    parts().strangers.take(parts().clock())
    try:
        VerifyDocument.check({"code": code})
        found = sessions.ask(VerifyDocument, code=code)
    except (Invalid, NotFound):
        return _shown(404, found=None)
    given = request.files.get("file") if request.method == "POST" else None
    name = given.filename if given else None
    same = _sha256(given.stream) == found["sha256"] if given and name else None
    return _shown(
        200, found=found, kind=words.KIND[DocumentKind(found["kind"])], same=same, name=name
    )


@pages.get("/verify")
def verify_any() -> Response:
    """Where somebody comes who types the address without its code."""
    code = request.args.get("code", "").strip()
    if code:
        return verify_document(code)
    return _shown(200, found=None, asked=True)


def _shown(status: int, **context: object) -> Response:
    response = make_response(render_template("documents/verify.html", **context), status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
