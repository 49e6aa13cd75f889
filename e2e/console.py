"""The console in a browser, as its tests share it."""

import re

from sign_in import sign_in
from test_pages import accessibility_failures


def open_console(world, page, path="/console"):
    """Signs the administrator in on the way to a page."""
    page.goto(f"{world.base}{path}")
    sign_in(page, world.admin["userPrincipalName"], world.admin["password"])
    page.wait_for_url(re.compile(re.escape(f"{world.base}{path}") + "$"))


def check(page, name):
    """The page fits the screen, and everybody can use it."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
    assert not accessibility_failures(page), name
