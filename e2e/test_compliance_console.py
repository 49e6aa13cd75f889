"""Compliance in the console: every page on a desktop and on a phone, a policy from the form to its devices, a device with its reasons."""

import base64
import re
import subprocess
import uuid

import pytest
from playwright.sync_api import expect

from console import check, open_console

IOS = "#microsoft.graph.iosCompliancePolicy"
EVERYONE = {"target": {"@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget"}}


def certificate(folder):
    """A certificate that a device made for itself."""
    out = folder / f"{uuid.uuid4()}.der"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=device", "-keyout", "/dev/null"]
    subprocess.run([*command, "-outform", "DER", "-out", str(out)], check=True, capture_output=True)
    return base64.b64encode(out.read_bytes()).decode()


@pytest.fixture(scope="module")
def company(world, tmp_path_factory):
    """A policy for everybody's iPhones, and three managed devices that stand to it in three ways."""
    folder = tmp_path_factory.mktemp("devices")
    policy = {
        "@odata.type": IOS,
        "displayName": "iPhones and iPads with organisation data",
        "description": "What a phone must be like before it may read mail.",
        "passcodeRequired": True,
        "passcodeMinimumLength": 6,
        "osMinimumVersion": "18.0",
        "securityBlockJailbrokenDevices": True,
        "scheduledActionsForRule": [
            {
                "ruleName": "PasswordRequired",
                "scheduledActionConfigurations": [
                    {"actionType": "block", "gracePeriodHours": 72},
                    {"actionType": "retire", "gracePeriodHours": 720},
                ],
            }
        ],
        "assignments": [EVERYONE],
    }
    made = {"policy": world.graph("POST", "deviceManagement/deviceCompliancePolicies", policy).json()["id"]}
    for name, facts in (
        ("good", {"osVersion": "19.1", "passwordSet": True, "passwordLength": 8, "jailbroken": False}),
        ("failing", {"osVersion": "17.2", "passwordSet": True, "passwordLength": 4}),
        ("silent", None),
    ):
        device = {
            "displayName": f"iPhone of the {name} kind",
            "operatingSystem": "iOS",
            "trustType": "AzureAD",
            "certificate": certificate(folder),
        }
        made[name] = world.graph("POST", "devices", device).json()["id"]
        enrolled = world.graph("POST", "deviceManagement/managedDevices", {"azureADDeviceId": made[name]})
        assert enrolled.status_code == 201, enrolled.text
        if facts is not None:
            reported = world.graph("POST", f"deviceManagement/managedDevices/{made[name]}/report", {"facts": facts})
            assert reported.status_code == 200, reported.text
    return made


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_every_screen(world, company, tab, out, width, scheme):  # noqa: F811
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    policy = f"/console/compliance/policies/{company['policy']}"
    pages = {
        "list": "/console/compliance",
        "settings": "/console/compliance/settings",
        "policy": policy,
        "edit": f"{policy}/edit",
        "delete": f"{policy}/delete",
        "new-windows": "/console/compliance/new/windows10CompliancePolicy",
        "devices": "/console/compliance/devices",
        "no-devices": "/console/compliance/devices?name=nothing-like-it",
        "device": f"/console/compliance/devices/{company['failing']}",
        "device-silent": f"/console/compliance/devices/{company['silent']}",
        "retire": f"/console/compliance/devices/{company['good']}/retire",
    }
    for name, path in pages.items():
        tab.goto(f"{world.base}{path}")
        check(tab, name)
        tab.screenshot(path=out / f"compliance-{name}-{width}-{scheme}.png", full_page=True)


def test_a_device_says_what_it_fails_and_what_to_do(world, company, tab):  # noqa: F811
    tab.goto(f"{world.base}/console/compliance")
    tab.get_by_role("link", name="In grace period").click()
    tab.get_by_role("link", name="iPhone of the failing kind").click()
    row = tab.get_by_role("row", name=re.compile("Shortest code"))
    expect(row).to_contain_text("Not met")
    expect(row).to_contain_text("at least 6 characters")
    expect(row).to_contain_text("Change the lock of the device")
    expect(tab.get_by_text("Until", exact=False).first).to_be_visible()


def test_a_policy_is_made_told_its_mistakes_looked_at_changed_and_deleted(world, tab, out):  # noqa: F811
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{world.base}/console/compliance")
    tab.get_by_role("link", name="New policy for macOS").click()
    tab.get_by_label("Name", exact=True).fill("Macs on trial")
    tab.get_by_text("Lock and password").click()
    tab.get_by_label("Shortest code").fill("99")
    tab.get_by_role("button", name="See what it will do").click()
    expect(tab.get_by_text("It must be a whole number from 4 to 14.")).to_be_visible()
    check(tab, "form with a problem")
    tab.screenshot(path=out / "compliance-problem-1280.png", full_page=True)
    tab.get_by_label("Shortest code").fill("8")
    tab.get_by_text("Encryption and protection").click()
    tab.get_by_label("FileVault").check()
    tab.get_by_role("button", name="See what it will do").click()
    expect(tab.get_by_text("It is for nobody yet.")).to_be_visible()
    expect(tab.get_by_role("row", name=re.compile("FileVault"))).to_contain_text("yes")
    check(tab, "preview")
    tab.screenshot(path=out / "compliance-preview-1280.png", full_page=True)
    tab.get_by_role("button", name="Back to the form").click()
    expect(tab.get_by_label("FileVault")).to_be_checked()
    tab.get_by_role("button", name="See what it will do").click()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status")).to_contain_text("Saved")
    tab.get_by_role("link", name="Delete").click()
    tab.get_by_role("button", name="Delete the policy").click()
    expect(tab.get_by_role("status")).to_contain_text("Deleted")
    expect(tab.get_by_text("Macs on trial")).to_have_count(0)
