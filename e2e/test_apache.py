"""Apache with mod_auth_openidc, as Debian has them: who signs in may read, and the application behind knows who it is."""

import secrets
import socket
import subprocess
import time

import pytest
from playwright.sync_api import expect

import recipes
from sign_in import accept_consent_if_asked, refusal, sign_in
from test_conditional_access import policy

MODULES = ["mpm_event", "authn_core", "authz_core", "authz_user", "alias", "dir", "mime", "auth_openidc", "headers"]
SERVER = """
ServerName localhost
ServerRoot {folder}
Listen 127.0.0.1:{port}
PidFile {folder}/pid
Mutex file:{folder} default
ErrorLog /dev/stderr
DocumentRoot {folder}/pages
TypesConfig /etc/mime.types
User www-data
"""


@pytest.fixture(scope="module")
def apache(world, tmp_path_factory):
    """The address of a server whose one page says who reads it."""
    folder = tmp_path_factory.mktemp("apache")
    # The server gives up its rights and must still reach its pages.
    for directory in [folder, *list(folder.parents)[:2]]:
        directory.chmod(0o755)
    (folder / "pages").mkdir()
    (folder / "pages" / "index.html").write_text("<!doctype html><title>Intranet</title><h1>Welcome to the intranet</h1>")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    redirect = f"http://localhost:{port}/signed-in"
    client_id = world.new_application(web={"redirectUris": [redirect]}, doorward={"consent": "preauthorized"})
    defined = {
        **world.names,
        "CLIENT_ID": client_id,
        "SECRET": world.new_secret(client_id),
        "REDIRECT": redirect,
        "PASSPHRASE": secrets.token_urlsafe(32),
        "AUTHORITY_FILE": world.ca_file,
    }
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES)
    names = "".join(f'Define {name} "{value}"\n' for name, value in defined.items())
    own = SERVER.format(folder=folder, port=port)
    who = 'Header set X-Reader "expr=%{REMOTE_USER}"\n'
    (folder / "apache.conf").write_text(modules + own + names + recipes.lines("apache", "Apache") + who)
    command = ["apache2", "-X", "-f", str(folder / "apache.conf")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(server, port)
        yield f"http://localhost:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(server, port):
    deadline = time.monotonic() + 20
    while True:
        assert server.poll() is None, server.stdout.read()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "Apache does not listen"
            time.sleep(0.1)


def test_who_signs_in_may_read_and_is_known_by_name(apache, page, person):
    page.goto(apache)
    sign_in(page, person.name, person.password)
    accept_consent_if_asked(page)
    expect(page.get_by_role("heading", name="Welcome to the intranet")).to_be_visible()
    assert page.request.get(apache).headers["x-reader"] == person.name


def test_who_a_policy_keeps_out_sees_nothing(world, apache, page, person):
    with policy(world, person, "block"):
        page.goto(apache)
        sign_in(page, person.name, person.password)
        assert refusal(page)["Error"] == "AADSTS53003"
        page.goto(apache)
        expect(page.get_by_role("heading", name="Welcome to the intranet")).not_to_be_visible()
