"""What a date or time typed so would be taken for, shown under the field while it is typed."""

from flask import Response, request

from gateway.pages import dates
from gateway.pages.blueprint import pages
from gateway.pages.language import _


@pages.get("/understood/date")
def understood_date() -> Response:
    return _said(dates.read_date, dates.long_day)


@pages.get("/understood/time")
def understood_time() -> Response:
    return _said(dates.read_time, dates.clock_time)


def _said(read: dates.Reader, show: dates.Shower) -> Response:
    # The one parameter is the field's own name, which htmx sends along.
    text = next(iter(request.args.values()), "")[:100]
    if not text.strip():
        return Response("", content_type="text/plain; charset=utf-8")
    try:
        words = f"= {show(read(text))}"
    except ValueError as error:
        words = _(str(error))
    return Response(words, content_type="text/plain; charset=utf-8")
