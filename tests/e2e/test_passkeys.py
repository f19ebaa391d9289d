"""Coming in without a password: by a passkey of this device, and by a code in a letter."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_loop import Walk, code_in, letter_to
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.stack, pytest.mark.browser]

SOMEBODY = "import json; from tests.factories import person; print(json.dumps(person('Hēmi Rāpana').email))"
CONSENTS = """
SELECT count(*) FROM accounts_consent JOIN accounts_user ON accounts_user.id = person_id WHERE email = %s
"""
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def whole(shared):
    """One for all of them: each is somebody else."""
    shared.start_worker()
    shared.start_beat()
    return shared


class Device:
    """A phone or computer that keeps passkeys, beside a person's window."""

    def __init__(self, walk):
        self.devtools = walk.context.new_cdp_session(walk.page)
        self.devtools.send("WebAuthn.enable")
        made = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = {"authenticatorId": made["authenticatorId"]}

    @property
    def passkeys(self):
        return self.devtools.send("WebAuthn.getCredentials", self.id)["credentials"]

    def forget_everything(self):
        self.devtools.send("WebAuthn.clearCredentials", self.id)

    def refuse(self):
        """A finger it does not know."""
        self.devtools.send("WebAuthn.setUserVerified", {**self.id, "isUserVerified": False})


def sign_out(walk):
    walk.page.goto("/accounts/logout/")
    walk.page.locator("main").get_by_role("button", name="Sign out").click()
    expect(walk.page.get_by_role("link", name="Sign in")).to_be_visible()


def test_an_account_is_made_with_a_passkey_and_entered_by_it(browser, whole):
    address = "hoa.nguyen@people.example"
    with Walk(browser, whole, scripts=True) as walk:
        page, device = walk.page, Device(walk)
        home = page.get_by_role("heading", name="Kia ora")

        # She makes an account without a password. What she typed comes along to the page that asks for less.
        page.goto("/accounts/signup/?next=/backpack/")
        page.get_by_label("Your name").fill("Nguyễn Thị Hoa")
        walk.press("Go on with a passkey")
        expect(page.get_by_role("heading", name="Make an account with a passkey")).to_be_visible()
        expect(page.get_by_label("Your name")).to_have_value("Nguyễn Thị Hoa")
        page.get_by_label("E-mail address").fill(address)
        page.get_by_label("I agree to the terms").check()
        walk.press("Go on")
        page.get_by_label("Code").fill(code_in(letter_to(whole, address, "Your code to confirm your address")))
        walk.press("Go on")
        page.get_by_label("Name of the passkey").fill("The blue phone")
        page.wait_for_load_state()  # which the button waits for, too
        walk.press("Make it")
        expect(page.get_by_text("Passkey added.")).to_be_visible()
        (kept,) = device.passkeys
        assert (kept["isResidentCredential"], kept["rpId"]) == (True, "localhost")

        # She goes, and comes back in by it, to where she was going.
        sign_out(walk)
        page.goto("/accounts/login/?next=/accounts/security/")
        walk.press("Use a passkey")
        expect(page.get_by_role("heading", name="Passkeys and second step")).to_be_visible()
        expect(page.get_by_text("The blue phone", exact=True)).to_be_visible()
        assert whole.one(CONSENTS, address) == 2

        # What touches the account asks once more, and the passkey answers; there is only one on a device.
        walk.follow("Add a passkey")
        expect(page.get_by_role("button", name="Use your passkey")).to_be_visible()
        page.wait_for_load_state()
        walk.press("Use your passkey")
        expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
        page.wait_for_load_state()
        walk.press("Make it")
        expect(page.get_by_role("alert")).to_contain_text("This device holds a passkey for your account already.")

        # The phone is lost. A code lets her in all the same, and the passkey goes.
        sign_out(walk)
        device.forget_everything()
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address").fill(address)
        walk.press("E-mail me a code")
        page.get_by_label("Code").fill(code_in(letter_to(whole, address, "Your code for signing in")).lower())
        walk.press("Go on")
        expect(home).to_be_visible()

        # Nothing on the device fits: the page says so and offers the other ways.
        sign_out(walk)
        page.goto("/accounts/login/")
        walk.press("Use a passkey")
        expect(page.get_by_role("alert")).to_contain_text("it was called off, or it took too long")
        expect(page.get_by_role("button", name="E-mail me a code")).to_be_visible()


def test_a_passkey_is_added_to_an_account_with_a_password_and_a_strange_finger_is_refused(browser, whole):
    address = whole.python(SOMEBODY)
    with Walk(browser, whole, scripts=True) as walk:
        page, device = walk.page, Device(walk)
        walk.sign_in(address)

        page.goto("/accounts/passkeys/add/")
        page.get_by_label("Password").fill(PASSWORD)
        walk.press("Go on")
        expect(page.get_by_label("Name of the passkey")).to_have_value("Chrome on Linux")
        page.wait_for_load_state()
        walk.press("Make it")

        expect(page.get_by_text("Passkey added.")).to_be_visible()
        assert "A passkey was added to your account." in (
            letter_to(whole, address, "A passkey was added").get_body(("plain",)).get_content()
        )
        sign_out(walk)
        device.refuse()
        page.goto("/accounts/login/")
        walk.press("Use a passkey")
        expect(page.get_by_role("alert")).to_be_visible()
        page.goto("/accounts/profile/")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_without_scripts_a_code_lets_in_and_the_page_says_what_passkeys_need(browser, whole):
    address = whole.python(SOMEBODY)
    with Walk(browser, whole, scripts=False) as walk:
        page = walk.page
        page.goto("/accounts/login/?next=/backpack/")
        assert "A passkey needs JavaScript" in page.locator("body").inner_text()
        expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
        page.get_by_label("E-mail address").fill(address)

        walk.press("E-mail me a code")
        page.get_by_label("Code").fill(code_in(letter_to(whole, address, "Your code for signing in")))
        walk.press("Go on")

        expect(page).to_have_url(f"{whole.url}/backpack/")
