"""Style, script and fonts: our own from `static`, others' straight from `node_modules`, by a list.

An address carries a hash of the content, so that browsers may keep it for good. Where the gateway is
installed, `node_modules` (by `npm ci --omit=dev`) lies beside the package `gateway` or in it.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

from gateway.pages.blueprint import pages
from infra.errors import NotFound

_HERE = Path(__file__).parents[1]
_MODULES = (_HERE.parent / "node_modules", _HERE / "node_modules")
_SARABUN = "@fontsource/sarabun/files/sarabun-{}-normal.woff2"
_FROM_NPM = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "chart.js": "chart.js/dist/chart.umd.min.js",
    "calendar.js": "@event-calendar/build/dist/event-calendar.min.js",
    "calendar.css": "@event-calendar/build/dist/event-calendar.min.css",
} | {
    f"sarabun-{script}-{weight}.woff2": _SARABUN.format(f"{script}-{weight}")
    for script in ("thai", "latin")
    for weight in (400, 600)
}
_TEXTS = ("text/css", "text/javascript", "image/svg+xml")
_YEAR = 365 * 24 * 3600
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, kw_only=True)
class Asset:
    content: bytes
    packed: bytes | None  # gzip, where that is worth it
    kind: str
    digest: str


def install(app: Flask) -> None:
    app.jinja_env.globals["asset"] = address


def address(name: str) -> str:
    """Where a browser finds the asset `name`."""
    return url_for("pages.asset", name=name, v=_read(name).digest)


@pages.get("/assets/<path:name>")
def asset(name: str) -> Response:
    found = _read(name)
    packed = found.packed if request.accept_encodings["gzip"] > 0 else None
    response = Response(packed or found.content, content_type=found.kind)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(found.digest)
    lasting = request.args.get("v") == found.digest
    response.headers["Cache-Control"] = (
        f"public, max-age={_YEAR}, immutable" if lasting else "public, max-age=3600"
    )
    response.make_conditional(request)
    return response


def _read(name: str) -> Asset:
    path = _path(name)
    return _load(path, path.stat().st_mtime_ns)


@cache
def _load(path: Path, changed: int) -> Asset:
    """The file as it is since `changed`, so that one who edits a style sees it at once."""
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind in _TEXTS
    return Asset(
        content=content,
        packed=gzip.compress(content, 9, mtime=0) if text else None,
        kind=f"{kind}; charset=utf-8" if text else kind,
        digest=hashlib.sha256(content).hexdigest()[:12],
    )


def _path(name: str) -> Path:
    """The file of an asset that may be served. Raises NotFound."""
    if name in _FROM_NPM:
        places = [folder / _FROM_NPM[name] for folder in _MODULES]
    else:
        places = [_HERE / "static" / name] if name in _own() else []
    for place in places:
        if place.is_file():
            return place
    raise NotFound()


@cache
def _own() -> frozenset[str]:
    static = _HERE / "static"
    return frozenset(str(path.relative_to(static)) for path in static.rglob("*.*"))
