"""The admin API against its own OpenAPI document: schemathesis sends what the document allows and what it forbids, to a demo of its own.

Nothing may fail inside, and no status, content type or answer may come that the document does not tell of."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

import world as demo

PERMISSIONS = [
    "Directory.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "Policy.ReadWrite.ConditionalAccess",
    "DeviceManagementApps.ReadWrite.All",
    "DeviceManagementConfiguration.ReadWrite.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
    "AuditLog.Read.All",
    "RoleManagement.ReadWrite.Directory",
]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
]
# One caller alone would be told to wait for most of the run, and test little.
CALLERS = 8
# What is generated is the same in every run.
LIMITS = ["--phases", "coverage,fuzzing", "--max-examples", "5", "--generation-deterministic"]
# The server closes a connection on which nothing comes for ten seconds, which generating can take.
LIMITS += ["--request-retries", "3"]


@pytest.fixture
def scratch(tmp_path):
    """A demo that nobody else uses, because the requests change and delete whatever they find."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = tmp_path / "demo.json"
    server = subprocess.Popen(
        [os.environ["DOORWARD"], "demo", "--listen", f"127.0.0.1:{port}", "--data", tmp_path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 180
        while not file.exists():
            assert server.poll() is None and time.monotonic() < deadline, "the demo does not serve"
            time.sleep(0.2)
        yield demo.World(file)
    finally:
        server.terminate()
        server.wait()


def test_it_answers_as_its_document_says(scratch, tmp_path, monkeypatch):
    ca = scratch.ca_file
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca)
    callers = dict(caller(scratch, number) for number in range(CALLERS))
    here = Path(__file__).parent
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", here / "schemathesis.toml"]
    command += ["run", f"{scratch.base}/v1.0/openapi.json", "--tls-verify", ca]
    command += ["--checks", ",".join(CHECKS), "--no-color", *LIMITS]
    hooks = {"PYTHONPATH": str(here), "SCHEMATHESIS_HOOKS": "openapi_hooks", "DOORWARD_CALLERS": json.dumps(callers)}
    run = subprocess.run(command, cwd=tmp_path, env={**os.environ, **hooks}, capture_output=True, text=True, check=False, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "429 Too Many Requests" not in run.stdout, run.stdout


def caller(scratch, number):
    """Client id and token of an application that may do everything for itself."""
    app = scratch.new_application(displayName=f"Fuzzer {number}")
    scratch.give(app, PERMISSIONS)
    secret = scratch.new_secret(app)
    scope = "https://graph.microsoft.com/.default"
    fields = {"client_id": app, "client_secret": secret, "grant_type": "client_credentials", "scope": scope}
    answer = requests.post(f"{scratch.authority}/oauth2/v2.0/token", data=fields, timeout=30)
    return app, answer.json()["access_token"]
