"""Logs: one JSON line a thing, with service, actor and correlation id; no personal data, no letter text."""

import logging
import sys
import traceback
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from sqlalchemy.exc import DBAPIError

MOST = 300  # characters of an error's own words


def describe(error: BaseException) -> str:
    """What went wrong, in a line; of a database's words only the code, for they repeat the data."""
    kind = type(error).__name__
    if isinstance(error, DBAPIError):
        cause = error.orig
        code = getattr(cause, "pgcode", None) or getattr(cause, "sqlite_errorname", None)
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        return " ".join(filter(None, (kind, code, constraint)))
    if type(error).__module__.startswith(("psycopg2", "sqlite3")):
        return kind
    return f"{kind}: {str(error)[:MOST]}"


def _describe_exception(_logger: Any, _name: str, line: Any) -> Any:
    """Where an exception came from, and what it is, each cause before what it led to."""
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if given is True:
        error = sys.exc_info()[1]
    told = []
    while isinstance(error, BaseException):
        frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
        told.append("".join(frames) + describe(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if told:
        line["exception"] = "\n".join(reversed(told))
    return line


class _Lossy:
    """A stream on which a line that cannot be written is lost: a full disk ends no service."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure(level: str = "info") -> None:
    """Send structlog's lines, and the standard library's, to standard error as JSON."""
    number = logging.getLevelNamesMapping()[level.upper()]
    stream = cast(TextIO, _Lossy(sys.stderr))
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            _describe_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False),
            foreign_pre_chain=[*shared, _describe_exception],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))
