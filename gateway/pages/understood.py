"""What a date or time typed so would be taken for, shown under the field while it is typed;
and a month of the Buddhist era to pick a day from."""

from calendar import Calendar
from datetime import timedelta

from flask import Response, render_template, request

from gateway.pages import dates
from gateway.pages.blueprint import pages
from gateway.pages.language import _


@pages.get("/understood/date")
def understood_date() -> Response:
    return _said(dates.read_date, dates.long_day)


@pages.get("/understood/time")
def understood_time() -> Response:
    return _said(dates.read_time, dates.clock_time)


@pages.get("/understood/month")
def month() -> str:
    """The month of the day that is typed (or asked for), else this one."""
    try:
        day = dates.read_date(next(iter(request.args.values()), "")[:100])
    except ValueError:
        day = dates.today()
    first = day.replace(day=1)
    weeks = Calendar().monthdatescalendar(day.year, day.month)
    after = (first + timedelta(31)).replace(day=1)
    before = (first - timedelta(1)).replace(day=1)
    return render_template("month.html", first=first, weeks=weeks, before=before, after=after)


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
