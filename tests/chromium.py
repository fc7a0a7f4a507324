"""Chromium, as tests drive it, and what it finds at fault in a page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 20_000.0  # milliseconds that a step may take where the machine has other work


@contextmanager
def launched() -> Iterator[Browser]:
    """One browser, in which each person gets a context of their own."""
    expect.set_options(timeout=PATIENCE)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def listen(page: Page, complaints: list[str]) -> None:
    """Note what the page complains of, but not that it was itself answered with an error."""

    def said(message: ConsoleMessage) -> None:
        failed = message.text.startswith("Failed to load resource")
        excused = failed and message.location["url"] == page.url
        moved = "ERR_NETWORK_CHANGED" in message.text  # this machine's, as when a container starts
        if message.type == "error" and not (excused or moved):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


def grave_faults(page: Page, *rules: str) -> list[tuple[str, str]]:
    """What axe-core finds grave (by these rules alone, if any), each with its first place."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    only = {"runOnly": list(rules)} if rules else {}
    found = page.evaluate("how => axe.run(document, how)", only)["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["nodes"][0]["html"]) for one in grave]
