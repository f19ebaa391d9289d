"""What a mail service tells of letters: that one came back, arrived, or was reported as spam.

anymail reads and checks what each service posts; its own views hand the events to a signal, ours to a verb.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.refused import Refused
from apps.notices import verbs
from apps.notices.models import MailEvent

if TYPE_CHECKING:
    from anymail.webhooks.base import AnymailBaseWebhookView
    from django.http import HttpRequest

_KINDS = {
    EventType.DELIVERED: MailEvent.Kind.DELIVERED,
    EventType.DEFERRED: MailEvent.Kind.PUT_OFF,
    EventType.BOUNCED: MailEvent.Kind.BOUNCED,
    EventType.REJECTED: MailEvent.Kind.BOUNCED,
    EventType.COMPLAINED: MailEvent.Kind.COMPLAINED,
}
_FOR_GOOD = {RejectReason.BOUNCED, RejectReason.INVALID}
# What is a bounce to anymail and yet says nothing of the address: a full mailbox, a message too large.
_SOFT = {"Type": "SoftBounce", "bounce_type": "soft", "event": "soft_bounce"}
# What reading somebody's body raises where it is not what the service sends.
_NOT_READ = (AttributeError, LookupError, TypeError, ValueError)


# No browser posts here: what proves the sender is its signature, or the secret in its address.
@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_events(request: HttpRequest, service: str) -> HttpResponse:
    """200 for what was heard, also of letters that are none of ours; 400 where it is not signed; 503 for too early."""
    if service not in settings.MAIL_SERVICES or service != settings.MAIL_EVENTS:
        raise Http404
    if request.method == "HEAD":  # asked by some when it is set up
        return HttpResponse()
    reader: AnymailBaseWebhookView = import_string(settings.MAIL_SERVICES[service])()
    try:
        reader.run_validators(request)
        events = reader.parse_events(request)
    except _NOT_READ as error:
        message = "Not what this mail service sends"
        raise AnymailWebhookValidationFailure(message) from error
    try:
        for event in events:
            if isinstance(event, AnymailTrackingEvent) and event.event_type in _KINDS:
                verbs.hear_back(_heard(service, event))
    except Refused:
        # The service is faster than our own transaction; it asks again.
        response = HttpResponse(status=503)
        response["Retry-After"] = "60"
        return response
    return HttpResponse()


def _heard(service: str, event: AnymailTrackingEvent) -> verbs.Heard:
    kind = _KINDS[event.event_type]
    if kind == MailEvent.Kind.BOUNCED and event.reject_reason in _FOR_GOOD and not _is_soft(event.esp_event):
        kind = MailEvent.Kind.BOUNCED_FOR_GOOD
    at = event.timestamp or clock.now()
    mail_id = str(event.message_id or "")
    letter = str((event.metadata or {}).get("letter", ""))
    # Mailgun's own name of it, which stays when it is told again. Some name only a few of their events: the others are
    # told apart by what they say.
    named = (event.esp_event.get("event-data") or {}).get("id") or event.event_id or ""
    told = "\n".join((mail_id, letter, event.event_type, str(event.timestamp or "")))
    event_id = str(named)[:200] or hashlib.sha256(told.encode()).hexdigest()
    return verbs.Heard(service, event_id, kind, letter, mail_id, at)


def _is_soft(told: Any) -> bool:
    return any(told.get(name) == soft for name, soft in _SOFT.items())
