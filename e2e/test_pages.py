"""The pages in a browser: sizes, schemes, keyboard, no script."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from sign_in import accept_consent_if_asked, enter_name, sign_in

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_fits_every_screen(world, client, callback, page, out, width, scheme, person):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
    for name in ("identifier", "password"):
        if name == "password":
            enter_name(page, person.name)
            expect(page.get_by_label("Password", exact=True)).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        small = page.evaluate(
            """[...document.querySelectorAll('a, button, input:not([type=hidden])')]
                .filter(element => element.getBoundingClientRect().height < 44).map(element => element.outerHTML)"""
        )
        assert not small, "touch targets"
        assert not accessibility_failures(page), name
        page.screenshot(path=out / f"{name}-{width}-{scheme}.png")


def test_sign_in_works_by_keyboard_alone(world, client, callback, page, person):
    page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
    page.keyboard.type(person.name)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(person.password)
    page.keyboard.press("Enter")
    accept_consent_if_asked(page)
    assert "code" in callback.wait(page)


def test_sign_in_works_without_script(world, client, callback, chromium, person):
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
    sign_in(page, person.name, person.password)
    accept_consent_if_asked(page)
    assert "code" in callback.wait(page)
    context.close()


def test_the_password_can_be_shown(world, client, callback, page, person):
    page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
    enter_name(page, person.name)
    field = page.get_by_label("Password", exact=True)
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")


def test_a_page_forbids_what_it_does_not_need(client, callback, page):
    response = page.goto(client.initiate_auth_code_flow(["User.Read"], redirect_uri=callback.uri)["auth_uri"])
    policy = response.header_value("content-security-policy")
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert response.header_value("cache-control") == "no-store"
    assert response.header_value("referrer-policy") == "no-referrer"


def test_an_unknown_application_is_not_redirected_to(world, page):
    page.goto(f"{world.authority}/oauth2/v2.0/authorize?client_id=00000000-1111-2222-3333-444444444444&response_type=code&redirect_uri=https://attacker.example/")
    assert page.url.startswith(world.base)
    expect(page.get_by_text("AADSTS700016")).to_be_visible()


def accessibility_failures(page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and its own best practice."""
    # Colours on their way from one to the next are nobody's choice; what moves without end has no end to wait for.
    page.evaluate(
        "Promise.all(document.getAnimations()"
        ".filter(one => one.effect.getComputedTiming().endTime !== Infinity).map(one => one.finished.catch(() => null)))"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    result = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [f"{found['id']}: {node['html']}" for found in result["violations"] for node in found["nodes"]]
