"""What the tests share: the demo's world, a browser, and a native application that waits on the loopback address."""

import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Empty, Queue
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from playwright.sync_api import Page, sync_playwright

import recipes
import world as demo
from console import open_console
from watched_page import watched_page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def world():
    return demo.load()


@pytest.fixture
def person(world):
    """Somebody new, so that tests share neither policies nor the budget for password attempts."""
    return world.new_person()


@pytest.fixture(scope="session")
def playwright():
    """The driver of browsers, of which a process can run one."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def context(chromium):
    """A browser without a past. It is not told of the demo's certificate authority; the client libraries are."""
    context = chromium.new_context(ignore_https_errors=True)
    yield context
    context.close()


@pytest.fixture
def page(context):
    """A page of its own; that the server refuses something is no fault."""
    with watched_page(context, tolerated="status of 4") as page:
        yield page


@pytest.fixture(scope="session")
def console(chromium, world):
    """A browser in which the administrator has signed in to the console; signed in once, as attempts are limited."""
    context = chromium.new_context(ignore_https_errors=True)
    page = context.new_page()
    open_console(world, page)
    page.close()
    yield context
    context.close()


@pytest.fixture
def tab(console):
    """A page of the console; that the server refuses what a form says is no fault."""
    with watched_page(console, tolerated="status of 4") as page:
        yield page


class Callback:
    """The loopback listener of a native application (RFC 8252 section 7.3)."""

    def __init__(self) -> None:
        self._answers: Queue[dict[str, str]] = Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(urlsplit(self.path).query)

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def answer(self, fields):
                if fields:
                    outer._answers.put(dict(parse_qsl(fields)))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>Done</title>")

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, page: Page) -> dict[str, str]:
        """The next answer, each given out once, when the page has arrived here.

        The request comes before the browser shows what it is answered: a test that went on with the page in between would be interrupted."""
        try:
            answer = self._answers.get(timeout=30)
        except Empty:
            raise AssertionError(f"no answer came back to the application; the page says: {page.inner_text('body')}") from None
        page.wait_for_url(lambda url: url.startswith(self.uri))
        return answer

    def is_silent(self) -> bool:
        """Nothing came that `wait` has not given out."""
        return self._answers.empty()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def callback():
    callback = Callback()
    yield callback
    callback.close()


class PortKeepingSession(requests.Session):
    """MSAL Python asks for the user realm at the authority's host without its port; this puts the port back."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = urlsplit(base)

    def request(self, method, url, **kwargs):
        parts = urlsplit(url)
        if parts.hostname == self._base.hostname and parts.port is None:
            url = parts._replace(netloc=self._base.netloc).geturl()
        return super().request(method, url, **kwargs)


@pytest.fixture
def new_client(world):
    """Makes applications that use MSAL and keep their tokens in memory."""

    def make():
        with patch("requests.Session", lambda: PortKeepingSession(world.base)):
            return recipes.run("MSAL for Python", CLIENT_ID=world.native_client.id, **world.names)["app"]

    return make


@pytest.fixture
def client(new_client):
    """One such application."""
    return new_client()


@pytest.fixture(scope="session")
def out():
    folder = Path(os.environ["DOORWARD_E2E_OUT"])
    folder.mkdir(exist_ok=True)
    return folder
