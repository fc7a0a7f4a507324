"""Every text of the pages has its English."""

from collections.abc import Callable

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from gateway.pages.language import CATALOGUE
from services.notify.rules import TITLES
from tests.pages.browsing import Browser

GATEWAY = CATALOGUE.parents[3]
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def written() -> set[tuple[str | None, str]]:
    """All texts of templates and pages, with the context that some have."""
    methods = [("templates/**.html", "jinja2"), ("pages/**.py", "python")]
    found = extract_from_dir(str(GATEWAY), method_map=methods, keywords=KEYWORDS)
    texts = set()
    for _, _, message, _, context in found:
        texts |= {(context, one) for one in ([message] if isinstance(message, str) else message)}
    return texts


def test_every_text_has_its_english() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    known = {(message.context, message.id) for message in catalogue if message.string}
    assert written() - known == set()


def test_what_one_may_be_told_of_has_its_english() -> None:
    with CATALOGUE.open("rb") as file:
        known = {message.id for message in read_po(file, locale="en") if message.string}
    assert set(TITLES.values()) - known == set()


def test_the_english_fills_in_what_the_thai_does() -> None:
    with CATALOGUE.open("rb") as file:
        faults = list(read_po(file, locale="en").check())
    assert faults == []


@pytest.mark.parametrize(
    "address",
    [
        "/settings",
        "/settings/passkeys",
        "/rooms",
        "/bookings",
        "/bookings/new",
        "/standards",
        "/notifications",
        "/documents/register",
        "/documents/summary",
        "/documents/numbers",
        "/documents/numbers/audit",
        "/settings/documents",
        "/letters/survey",
    ],
)
def test_an_english_page_speaks_english(browse: Callable[[str], Browser], address: str) -> None:
    browser = browse("officer")
    browser.client.set_cookie("amnuay_lang", "en")
    page = browser.open(address)
    assert page.status == 200
    texts = {text for _, text in written() if len(text) > 12 and "%" not in text}
    assert [text for text in texts if text in page.text] == []
