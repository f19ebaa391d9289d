"""Reports of mail services about letters: returned, delivered, or reported as spam.

anymail reads and checks what each service posts. Its own views hand the events to a signal; ours hand them to a verb.
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
# Bounces to anymail that say nothing about the address: a full mailbox, a message too large.
_SOFT = {"Type": "SoftBounce", "bounce_type": "soft", "event": "soft_bounce"}
# Raised while reading a body that isn't what the service sends.
_NOT_READ = (AttributeError, LookupError, TypeError, ValueError)


# No browser posts here: the sender is proved by its signature, or by the secret in its address.
@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_events(request: HttpRequest, service: str) -> HttpResponse:
    """200 for reports, even about letters that aren't ours; 400 if it is not signed; 503 if it comes too early."""
    if service not in settings.MAIL_SERVICES or service != settings.MAIL_EVENTS:
        raise Http404
    if request.method == "HEAD":  # some services send it when they are set up
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
        # The service is faster than our own transaction; it will try again.
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
    # Mailgun's own id, which stays the same on retries. Some services identify only a few of their events: the others
    # are told apart by their content.
    named = (event.esp_event.get("event-data") or {}).get("id") or event.event_id or ""
    told = "\n".join((mail_id, letter, event.event_type, str(event.timestamp or "")))
    event_id = str(named)[:200] or hashlib.sha256(told.encode()).hexdigest()
    return verbs.Heard(service, event_id, kind, letter, mail_id, at)


def _is_soft(told: Any) -> bool:
    return any(told.get(name) == soft for name, soft in _SOFT.items())
