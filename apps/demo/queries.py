"""Reads about what the demo has to show."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings

from apps.accounts.models import User
from apps.backpacks import tokens
from apps.backpacks.models import ShareLink
from apps.core.listening import is_loopback
from apps.credentials.models import Credential
from apps.demo import people
from apps.demo.frameworks import SKILLS
from apps.frameworks.models import FrameworkVersion, Item
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Collection

_ADDRESSES = [person.email for person in people.EVERYBODY]
_EVERYWHERE = {"0.0.0.0", "::", "[::]"}  # noqa: S104 - told apart, not listened on


def is_built() -> bool:
    return User.objects.filter(email=people.OPERATOR.email).exists()


def sample_skills(codes: Collection[str]) -> dict[str, dict[str, str]]:
    """By code, what an alignment copies of these skills of the sample framework."""
    current = FrameworkVersion.objects.current().filter(framework__slug=SKILLS.slug)
    items = Item.objects.filter(version__in=current, code__in=codes).select_related("version__framework")
    copies = {item.code: asdict(item.copy()) for item in items}
    return {
        code: {("item_id" if name == "item" else name): told[name] for name in told} for code, told in copies.items()
    }


def address() -> str:
    """Where this installation listens, as a browser on this machine would type it."""
    host = "localhost" if settings.BIND in _EVERYWHERE or is_loopback(settings.BIND) else settings.BIND
    return f"http://{host}:{settings.PORT}"


def shared_collections() -> list[ShareLink]:
    links = ShareLink.objects.live().filter(collection__person__email__in=_ADDRESSES)
    return list(links.select_related("collection__person").order_by("made_at"))


def shown_credentials() -> list[Credential]:
    """The demo's credentials that a stranger can open."""
    shown = Credential.objects.visible_to(None).filter(earner__email__in=_ADDRESSES)
    return list(shown.select_related("version", "earner").order_by("awarded_at"))


def summary() -> dict[str, Any]:
    """Everything that a script needs to look around."""
    submissions = Submission.objects.filter(learner__email__in=_ADDRESSES).order_by("started_at")
    return {
        "public_url": settings.PUBLIC_URL,
        "address": address(),
        "sign_ins": [
            {"role": role, "email": person.email, "password": people.PASSWORD}
            for role, person in people.SIGN_INS.items()
        ],
        "credentials": [{"id": credential.public_id} for credential in shown_credentials()],
        "collections": [{"url": tokens.address_of(link)} for link in shared_collections()],
        "submissions": [{"id": submission.public_id, "state": submission.state} for submission in submissions],
    }
