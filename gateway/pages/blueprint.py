"""The one blueprint of all pages: their endpoints are `pages.<function>`."""

from flask import Blueprint

pages = Blueprint("pages", "gateway")
