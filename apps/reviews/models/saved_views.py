"""Saved views of the queue."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from apps.core.ids import PublicIdField

LONGEST_NAME = 40


class SavedView(models.Model):
    """A view of the queue that a person saved under a name. `asked` is its query string."""

    public_id = PublicIdField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views", db_index=False
    )
    name = models.CharField(max_length=LONGEST_NAME)
    asked = models.CharField(max_length=1000)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "name"), name="one_saved_view_a_name"),)

    def __str__(self) -> str:
        return self.name
