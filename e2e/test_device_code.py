"""MSAL Python: the device code flow, answered in a real browser."""

import threading

from playwright.sync_api import expect

from sign_in import sign_in


def start(client):
    flow = client.initiate_device_flow(["User.Read"])
    assert "user_code" in flow, flow
    return flow


def enter_code(page, flow):
    page.goto(flow["verification_uri"])
    page.get_by_label("Code").fill(flow["user_code"])
    page.get_by_role("button", name="Next").click()


def test_the_person_sees_which_app_asks_and_approves_it(world, client, page, out, person):
    flow = start(client)
    results = []
    waiting = threading.Thread(target=lambda: results.append(client.acquire_token_by_device_flow(flow)))
    waiting.start()
    enter_code(page, flow)
    sign_in(page, person.name, person.password)
    expect(page.get_by_role("heading", level=1)).to_contain_text(world.native_client.name)
    expect(page.get_by_text("Continue only if you started this sign-in yourself")).to_be_visible()
    page.screenshot(path=out / "device-code-confirm-1280.png")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    waiting.join(60)
    assert results and "error" not in results[0], results
    assert results[0]["id_token_claims"]["oid"] == person.id


def test_cancelling_ends_the_wait(world, client, page, person):
    flow = start(client)
    enter_code(page, flow)
    sign_in(page, person.name, person.password)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Sign-in cancelled")).to_be_visible()
    result = client.acquire_token_by_device_flow(flow)
    assert result["error"] == "access_denied", result


def test_a_wrong_code_is_told_apart_from_a_right_one(client, page):
    flow = start(client)
    enter_code(page, flow | {"user_code": "ZZZZZZZZ"})
    expect(page.get_by_role("alert")).to_be_visible()
