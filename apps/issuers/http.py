"""What the pages of several rooms ask of a request about an issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from apps.accounts.http import SignedInRequest


def run_by_reader(request: SignedInRequest, slug: str) -> Issuer:
    """The issuer, for pages of those who run it; otherwise 404."""
    return get_object_or_404(Issuer.objects.run_by(request.user).select_related("parent"), slug=slug)
