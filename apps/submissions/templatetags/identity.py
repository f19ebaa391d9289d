"""What a page may call a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from apps.submissions import queries

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.submissions.models import Submission

register = template.Library()


@register.simple_tag(takes_context=True)
def called(context: template.RequestContext, person: User, submission: Submission) -> str:
    """What the viewer may call the person. The request is also available in `include … only`."""
    viewer = context.request.user
    return queries.public_identity(viewer if viewer.is_authenticated else None, person, of=submission)
