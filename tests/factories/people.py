import re
from datetime import timedelta

from allauth.mfa.totp.internal import auth as totp

from apps.accounts import verbs
from apps.accounts.models import User
from apps.core import clock
from apps.core.ids import new_public_id
from apps.notices.models import Letter
from tests.shelf import shelved

PASSWORD = "a-long-enough-password"


@shelved
def person(name: str = "", *, email: str = "", is_operator: bool = False) -> User:
    """Somebody with one verified address, who can sign in with PASSWORD and has agreed to the terms."""
    mark = new_public_id()[:10]
    address = email or f"{mark}@people.example"
    one = verbs.register(email=address, name=name or f"Person {mark}", password=PASSWORD, is_operator=is_operator)
    verbs.consent(one, by=one)
    return one


@shelved
def operator() -> User:
    return person("Operator", is_operator=True)


def forgotten(someone: User) -> User:
    """Who has left, and whose account was erased."""
    verbs.leave(someone, by=someone, address=someone.email)
    with clock.at(clock.now() + verbs.COOLING_OFF + timedelta(minutes=1)):
        assert verbs.erase(someone.pk)
    someone.refresh_from_db()
    return someone


def newest_letter(address: str) -> Letter:
    """The last one written to an address, delivered or not."""
    return Letter.objects.filter(to=address).latest("pk")


def code_sent_to(address: str) -> str:
    return re.search(r"^    (\w{4}-\w{4})$", newest_letter(address).text, re.MULTILINE)[1]


def shown_by_app(secret: str) -> str:
    """What an authenticator app shows now for this secret."""
    *_earlier, now, _next = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, now))
