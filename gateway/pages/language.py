"""Thai first, English by a switch: texts are written in Thai, and looked up in the English catalogue."""

import gettext as gnu
import io
from functools import cache
from pathlib import Path
from typing import Any, cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

COOKIE = "amnuay_lang"
CATALOGUE = Path(__file__).parents[1] / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def language() -> str:
    """`th` or `en`, as the visitor chose."""
    if not has_request_context():
        return "th"
    if "language" not in g:
        g.language = "en" if request.cookies.get(COOKIE) == "en" else "th"
    return cast(str, g.language)


def _(text: str, **values: Any) -> str:
    """`text` in the visitor's language, with `%(name)s` filled in."""
    found = _english().gettext(text) if language() == "en" else text
    return found % values if values else found


def N_(text: str) -> str:
    """Marks a text that is looked up later, when there is a visitor."""
    return text


def install(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_, ngettext=_plural, pgettext=_in_context, newstyle=True
    )
    app.jinja_env.globals["language"] = language


def _in_context(context: str, text: str) -> str:
    """A text that English says otherwise in another place: a state, or a step of a history."""
    return _english().pgettext(context, text) if language() == "en" else text


def _plural(one: str, many: str, number: int) -> str:
    if language() == "en":
        return _english().ngettext(one, many, number)
    return one if number == 1 else many


@cache
def _english() -> gnu.NullTranslations:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)
