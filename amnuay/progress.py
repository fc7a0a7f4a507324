"""How far something long has got, shown on standard error."""

import sys

import click


class Progress:
    """On a terminal one line that changes, else a line each tenth."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._tenth = -1

    def __call__(self, done: int, total: int, what: str = "") -> None:
        tenth = done * 10 // total if total else 10
        text = f"{done * 100 // total if total else 100:3} %  {what}"
        if self._terminal:
            click.echo(f"\r\x1b[K{text}", err=True, nl=done >= total)
        elif tenth > self._tenth:
            click.echo(text, err=True)
        self._tenth = tenth
