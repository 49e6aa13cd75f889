"""App protection in the console: every page on a desktop and on a phone, a policy from form to list, and who has which."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from console import open_console
from test_pages import accessibility_failures

LIST = "/console/app-protection"


@pytest.fixture
def policy(world):
    """A policy of our own, so that what the demo protects stays as it is."""
    name = f"Tablets {secrets.token_hex(4)}"
    body = {"displayName": name, "pinRequired": True, "settingOfTheFuture": 1}
    made = world.graph("POST", "deviceAppManagement/iosManagedAppProtections", body)
    assert made.status_code == 201, made.text
    yield name
    world.graph("DELETE", f"deviceAppManagement/iosManagedAppProtections/{made.json()['id']}")


def see(page, name, out, width, scheme):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
    assert not accessibility_failures(page), name
    page.screenshot(path=out / f"console-{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_every_screen(world, tab, out, policy, width, scheme):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    pages = {
        "protection": LIST,
        "protection-new": f"{LIST}/new?platform=android",
        "protection-effective": f"{LIST}/effective",
        "protection-effective-nobody": f"{LIST}/effective?person=nobody",
        "protection-apps": f"{LIST}/registrations",
    }
    for name, path in pages.items():
        tab.goto(f"{world.base}{path}")
        see(tab, name, out, width, scheme)
    tab.locator(".row-link").first.click()
    see(tab, "protection-app", out, width, scheme)
    tab.get_by_role("link", name="Wipe work data").click()
    expect(tab.get_by_role("heading", name="Wipe work data")).to_be_visible()
    see(tab, "protection-wipe", out, width, scheme)
    tab.goto(f"{world.base}{LIST}")
    tab.get_by_role("link", name=policy, exact=True).click()
    see(tab, "protection-form", out, width, scheme)
    tab.get_by_label("Least length of the PIN").fill("two")
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_text("Type a whole number from 4 to 16")).to_be_visible()
    see(tab, "protection-form-problem", out, width, scheme)
    tab.get_by_label("Least length of the PIN").fill("8")
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_role("heading", name="What changes", exact=True)).to_be_visible()
    see(tab, "protection-preview", out, width, scheme)
    tab.goto(f"{world.base}{LIST}")
    tab.get_by_role("link", name=f"Delete {policy}").click()
    see(tab, "protection-delete", out, width, scheme)


def test_a_policy_is_made_duplicated_and_deleted(world, tab):
    name = f"Phones {secrets.token_hex(4)}"
    tab.goto(f"{world.base}{LIST}")
    tab.get_by_role("link", name="New for Android").click()
    tab.get_by_label("Name", exact=True).fill(name)
    tab.get_by_label("Package name of another app").fill("com.example.tablets")
    tab.get_by_role("button", name="Add to Apps").click()
    expect(tab.get_by_label("Name", exact=True)).to_have_value(name)
    tab.get_by_label("Block when offline for", exact=True).fill("2")
    tab.get_by_label("Unit of: Block when offline for").select_option("days")
    tab.get_by_label("Packages that are exempt").fill("com.example.maps\ncom.example.tel")
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_role("table")).to_contain_text("2 days")
    tab.get_by_role("button", name="Back to the form").click()
    expect(tab.get_by_label("Packages that are exempt")).to_have_value("com.example.maps\ncom.example.tel")
    tab.get_by_role("button", name="See what changes").click()
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status")).to_contain_text("Saved")
    tab.get_by_role("link", name=f"Duplicate {name}").click()
    expect(tab.get_by_label("Name", exact=True)).to_have_value(f"Copy of {name}")
    tab.get_by_role("button", name="See what changes").click()
    tab.get_by_role("button", name="Save").click()
    for each in (f"Copy of {name}", name):
        tab.get_by_role("link", name=f"Delete {each}", exact=True).click()
        tab.get_by_role("button", name="Delete the policy").click()
        expect(tab.get_by_role("status")).to_contain_text("Deleted")
        expect(tab.get_by_role("link", name=f"Delete {each}", exact=True)).to_have_count(0)


def test_what_somebody_enforces_is_explained(world, tab, out):
    tab.goto(f"{world.base}{LIST}/effective")
    tab.get_by_label("Person", exact=True).fill(f"anna@{world.tenant_domain}")
    tab.get_by_label("App", exact=True).select_option(label="Contoso Mail")
    tab.get_by_role("button", name="Show").click()
    expect(tab.get_by_role("heading", name=re.compile("for them"))).to_be_visible()
    row = tab.get_by_role("row").filter(has_text="Send organisation data to")
    expect(row).to_contain_text("Managed apps")
    expect(row).to_contain_text("Work data on ios phones")
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.emulate_media(color_scheme=scheme)
            see(tab, "protection-effective-answer", out, width, scheme)


def test_a_form_that_is_left_half_done_works_by_keyboard_and_without_script(world, chromium):
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    open_console(world, page, f"{LIST}/new?platform=ios")
    page.get_by_label("Name", exact=True).fill("Not saved")
    # Enter in a text field keeps editing; it must not remove the first chip or save.
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Not saved")
    page.get_by_role("button", name="See what changes").press("Enter")
    expect(page.get_by_role("heading", name="What changes", exact=True)).to_be_visible()
    context.close()
