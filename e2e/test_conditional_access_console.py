"""Conditional access and gaps in the console: every page on a desktop and on a phone, and the way from a search to a saved policy."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from console import check

ROOT = "/console/conditional-access"


def policy(name, **changes):
    """A policy that hinders nobody."""
    return {
        "displayName": name,
        "state": "disabled",
        "conditions": {
            "users": {"includeUsers": ["All"]},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    } | changes


@pytest.fixture(scope="module")
def trial(world):
    """A policy on trial, by its id."""
    answer = world.graph("POST", "identity/conditionalAccess/policies", policy(f"Trial {secrets.token_hex(3)}"))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_every_screen(world, tab, out, trial, width, scheme):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    pages = {
        "policies": ROOT,
        "policies-none": f"{ROOT}?name=nothing-is-called-this",
        "policy-new": f"{ROOT}/new",
        "policy": f"{ROOT}/{trial}",
        "policy-on": f"{ROOT}/{trial}/state/enabled",
        "policy-delete": f"{ROOT}/{trial}/delete",
        "policy-import": f"{ROOT}/import",
        "references": "/console/named-locations",
        "location-new": "/console/named-locations/new",
        "countries-new": "/console/named-locations/new?kind=countries",
        "strength-new": "/console/authentication-strengths/new",
        "gaps": "/console/gaps",
        "gaps-nothing": "/console/gaps?ask=1",
    }
    for name, path in pages.items():
        tab.goto(f"{world.base}{path}")
        check(tab, name)
        tab.screenshot(path=out / f"console-{name}-{width}-{scheme}.png", full_page=True)
    tab.goto(f"{world.base}{ROOT}/{trial}")
    tab.get_by_role("button", name="Edit as JSON").click()
    expect(tab.get_by_label("The policy as Graph writes it")).to_be_visible()
    check(tab, "policy as JSON")
    tab.screenshot(path=out / f"console-policy-json-{width}-{scheme}.png", full_page=True)


def test_a_policy_is_made_by_searching_looked_at_and_saved(world, tab, out):
    name = f"Made {secrets.token_hex(3)}"
    tab.goto(f"{world.base}{ROOT}")
    tab.get_by_role("link", name="New policy").click()
    tab.get_by_role("button", name="See what it will do").click()
    expect(tab.get_by_text("Give the policy a name.")).to_be_visible()
    check(tab, "policy with a problem")
    tab.get_by_label("Name", exact=True).fill(name)
    people = tab.get_by_role("group", name="People it is for")
    people.get_by_role("searchbox").fill("anna")
    people.get_by_role("searchbox").press("Enter")
    people = tab.get_by_role("group", name="People it is for")
    people.get_by_role("button", name=re.compile("^Add ")).first.click()
    expect(tab.get_by_role("group", name="People it is for").get_by_role("button", name=re.compile("^Remove "))).to_have_count(1)
    check(tab, "policy with results of a search")
    tab.screenshot(path=out / "console-policy-search.png", full_page=True)
    tab.get_by_role("group", name="Services it is about").get_by_label("All services").check()
    tab.get_by_label("Second factor", exact=True).check()
    tab.get_by_role("button", name="See what it will do").click()
    expect(tab.get_by_role("heading", name="What it will do")).to_be_visible()
    expect(tab.get_by_text(re.compile("^1 person of"))).to_be_visible()
    check(tab, "review")
    tab.screenshot(path=out / "console-policy-review.png", full_page=True)
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status")).to_contain_text("Saved")
    expect(tab.get_by_role("link", name=name)).to_be_visible()


def test_a_policy_that_would_lock_the_console_is_not_saved(world, tab):
    block = {"operator": "OR", "builtInControls": ["block"]}
    made = world.graph("POST", "identity/conditionalAccess/policies", policy("Drastic", grantControls=block))
    assert made.status_code == 201, made.text
    tab.goto(f"{world.base}{ROOT}/{made.json()['id']}")
    tab.get_by_role("link", name="Switch on").click()
    expect(tab.get_by_text("This will be refused.")).to_be_visible()
    check(tab, "review of a lock-out")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("It was not saved.")).to_be_visible()
    check(tab, "refused lock-out")
    tab.get_by_role("link", name="Delete").click()
    tab.get_by_role("button", name="Delete").click()
    expect(tab.get_by_role("status")).to_contain_text("Deleted")


def test_what_is_exported_is_imported_again(world, tab, trial, out, tmp_path):
    tab.goto(f"{world.base}{ROOT}/{trial}")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    tab.goto(f"{world.base}{ROOT}/import")
    tab.get_by_label("Choose files").set_input_files(file)
    tab.get_by_role("button", name="Look what is in them").click()
    expect(tab.get_by_text("One policy, and it can be taken.")).to_be_visible()
    check(tab, "import, looked at")
    tab.screenshot(path=out / "console-policy-import-looked.png", full_page=True)
    tab.get_by_role("button", name="Import it").click()
    expect(tab.get_by_role("status")).to_contain_text("Imported")


def test_gaps_lead_to_what_if(world, tab, out):
    tab.goto(f"{world.base}/console/gaps")
    tab.get_by_label("Second factor").check()
    tab.get_by_label("Contoso Mail service").check()
    tab.get_by_role("button", name="Search").click()
    expect(tab.get_by_role("heading", name=re.compile("^Ways to Contoso Mail service"))).to_be_visible(timeout=60_000)
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.emulate_media(color_scheme=scheme)
            check(tab, "gaps, answered")
            tab.screenshot(path=out / f"console-gaps-answer-{width}-{scheme}.png", full_page=True)
    tab.get_by_role("link", name="Suppose it in What if").first.click()
    expect(tab.get_by_role("heading", level=2).first).to_contain_text("Granted")
