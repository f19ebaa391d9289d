"""What happens at an issuer: it is founded, people are seated, achievements are drafted and published."""

from apps.issuers.verbs.designs import draft, draft_next
from apps.issuers.verbs.organisations import found
from apps.issuers.verbs.publishing import publish
from apps.issuers.verbs.seats import seat

__all__ = ["draft", "draft_next", "found", "publish", "seat"]
