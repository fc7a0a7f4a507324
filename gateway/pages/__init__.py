"""The pages: server-rendered HTML over the same commands and queries as the API.

How a page is added:

- A module here with views on `gateway.pages.blueprint.pages`; a view's endpoint is `pages.<function>`.
  Name the module in `_MODULES` below.
- A template that extends `base.html` and fills `title` and `main`; look at `templates/macros/` first:
  `page` (head, tabs, pager, empty tray), `forms` (fields, errors), `tags`, `timeline`, `icons`.
  Texts are Thai in `_()`; their English goes into `translations/en/LC_MESSAGES/messages.po`.
- What a form sends is read, checked, sent and, when refused, shown again by `forms.Form`. A view ends in
  `form.render(…)`, or in `forms.see(address, said)` when all went well.
- People and groups come by id; `names.know(ids)` before rendering, then `{{ id | person }}`.
- A place in the left rail: `frame.PLACES`. Script: one module a concept in `static/js/`, asked for with
  `{{ script("x.js") }}` in block `scripts`; no inline handlers, no style attributes (the CSP forbids them).
- A page that others may change while it is open: `data-live="letter:<id>"` on an element, which then gets
  the event `letter-moved`, for htmx as `hx-trigger`; who may listen: `live.may_listen`. What is looked at
  as one of many has a topic of the organisation: `tray:<id>`, `deliveries:<id>` (`gateway.broadcast`).
"""

from importlib import import_module

from flask import Flask

from gateway.pages.blueprint import pages

_MODULES = (
    "assets",
    "language",
    "frame",
    "entry",
    "live",
    "understood",
    "letters",
    "documents",
    "registers",
    "sending",
    "my_work",
    "notices",
    "settings",
    "confirming",
    "rooms",
    "bookings",
    "standards",
    "indicators",
    "roles",
    "people",
    "posts",
    "offices",
    "importing",
    "moving_in",
)


def install(app: Flask) -> None:
    """Add all pages to the application."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for name in _MODULES:
        module = import_module(f"gateway.pages.{name}")
        if hasattr(module, "install"):
            module.install(app)
    app.register_blueprint(pages)


__all__ = ["install"]
