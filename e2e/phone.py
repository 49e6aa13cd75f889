"""A phone in somebody's hand: the program `doorward-phone`, against the demo."""

import json
import os
import subprocess

# What the demo's company knows its apps by.
APPROVED = ("com.contoso.mail", "c0a50000-0000-4000-8000-000000000002")
OTHER = ("com.example.fastmail", "c0a50000-0000-4000-8000-000000000004")
MAIL_SCOPE = "openid profile offline_access api://contoso-mail/Mail.Read"


class Phone:
    """A new iPhone of a person each time something is started on it."""

    def __init__(self, world, person):
        with open(os.environ["DOORWARD_DEMO"], encoding="utf-8") as file:
            authority = json.load(file)["caFile"]
        self._start = [os.environ["DOORWARD_PHONE"], "--base-url", world.base, "--ca", authority, "--tenant", world.tenant_domain]
        self._person = ["--platform", "ios", "--user", person.name]
        self._environment = {**os.environ, "DOORWARD_PHONE_PASSWORD": person.password}

    def built_in_mail(self):
        """Whether the mail client of the system, which knows a name and a password only, is served."""
        return self._run("mail", *self._person)[0]

    def app(self, app):
        """Whether an app gets to the mail when the person does what the screen says, and the screen."""
        name, client = app
        what = ["--app", name, "--client-id", client, "--scope", MAIL_SCOPE, "--follow-advice"]
        return self._run("start", *self._person, *what)

    def _run(self, *command):
        ended = subprocess.run([*self._start, *command], env=self._environment, capture_output=True, text=True, timeout=60)
        assert ended.returncode in (0, 2), ended
        return ended.returncode == 0, ended.stdout
