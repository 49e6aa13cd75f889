"""The sign-in pages as a person uses them: by label and button, never by markup."""

from playwright.sync_api import Page, expect


def enter_name(page: Page, name: str) -> None:
    page.get_by_label("Work account").fill(name)
    page.get_by_role("button", name="Next").click()


def enter_password(page: Page, password: str) -> None:
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, name: str, password: str) -> None:
    """From the first page to the end of the password page."""
    enter_name(page, name)
    expect(page.get_by_label("Signing in as")).to_have_value(name)
    enter_password(page, password)


def accept_consent_if_asked(page: Page) -> None:
    # A key that was pressed does not wait for the page that it leads to.
    expect(page.get_by_label("Password", exact=True)).to_be_hidden(timeout=30_000)
    page.wait_for_load_state()
    button = page.get_by_role("button", name="Accept")
    if button.is_visible():
        button.click()


def refusal(page: Page) -> dict[str, str]:
    """The facts that a refusal gives the help desk, by name."""
    page.get_by_role("heading", name="Details for the help desk").wait_for()
    names = page.locator("dl dt").all_inner_texts()
    return dict(zip(names, page.locator("dl dd").all_inner_texts(), strict=True))
