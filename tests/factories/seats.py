import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection
from django.test import Client

from apps.accounts.models import User
from apps.core.models import Event
from apps.issuers import tokens, verbs
from apps.issuers.models import Invitation, Issuer, Seat
from apps.notices.models import Letter
from tests.factories.people import newest_letter, person
from tests.factories.rubrics import owner_of


def browser(someone: User | None = None) -> Client:
    client = Client()
    if someone is not None:
        client.force_login(someone)
    return client


def invited(issuer: Issuer, email: str = "", role: str = Seat.Role.DESIGNER, **facts) -> Invitation:
    return verbs.invite(issuer, by=owner_of(issuer), email=email or person().email, role=role, **facts)


def link_to(invitation: Invitation) -> str:
    """The address in its letter."""
    return f"/invitations/{tokens.invitation_token(invitation)}/"


def link_in_letter(address: str) -> str:
    return re.search(r"/invitations/[^/\s]+/", newest_letter(address).text)[0]


def letters_to(address: str) -> int:
    return Letter.objects.filter(to=address).count()


def seat_of(someone: User, role: str | None = None) -> Seat:
    """The only one that has not ended."""
    seats = Seat.objects.kept().filter(person=someone)
    return seats.get(role=role) if role else seats.get()


def events_of(subject) -> list[tuple[str, str]]:
    """(kind, actor) of what happened to it, in order."""
    events = Event.objects.filter(subject_id=subject.public_id).order_by("pk")
    return [(event.kind, event.actor_id) for event in events]


def at_once(*acts) -> list[object]:
    """Do these at the same moment, on connections of their own: what each gave back, or the error that it raised."""
    together = Barrier(len(acts))

    def do(act):
        try:
            together.wait(timeout=30)
            return act()
        except Exception as error:  # noqa: BLE001 - handed back to be looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))
