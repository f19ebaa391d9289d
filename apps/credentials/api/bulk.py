"""Tables of people for programs: given, looked at row by row, awarded, taken back. Workers do it; who asks looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, serializers, status
from rest_framework.response import Response

from apps.accounts.http import person_of
from apps.accounts.models import Scope
from apps.core.text import validate_text
from apps.credentials import bulk as reads
from apps.credentials import queries, verbs
from apps.credentials.api import LONGEST_NOTE, NothingSerializer, RevocationSerializer
from apps.credentials.mapping import FIELDS
from apps.credentials.models import BulkAward, BulkRow
from apps.credentials.rows import sentences
from apps.issuers.models import AchievementVersion, Issuer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Its heading")
    first = serializers.ListField(child=serializers.CharField(), help_text="The first values below it")


class MappingSerializer(serializers.Serializer[Any]):
    """Which column holds what, by numbers from 0."""

    address = serializers.IntegerField(required=False)
    name = serializers.IntegerField(required=False)
    first_name = serializers.IntegerField(required=False)
    last_name = serializers.IntegerField(required=False)
    narrative = serializers.IntegerField(required=False)
    evidence = serializers.ListField(child=serializers.IntegerField(), required=False)
    valid_until = serializers.IntegerField(required=False)
    language = serializers.IntegerField(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Raises ValidationError for a name that no column has, which would be passed over else."""
        if isinstance(data, dict) and (unknown := data.keys() - FIELDS.keys()):
            told = {"unknown": ", ".join(sorted(unknown)), "names": ", ".join(FIELDS)}
            raise serializers.ValidationError(_("A column cannot hold %(unknown)s. It can hold: %(names)s.") % told)
        found: dict[str, Any] = super().to_internal_value(data)
        return found


class BulkAwardSerializer(serializers.ModelSerializer[BulkAward]):
    id = serializers.CharField(source="public_id")
    issuer = serializers.CharField(source="issuer.slug")
    achievement = serializers.CharField(source="version.achievement.slug")
    version = serializers.IntegerField(source="version.number")
    columns = ColumnSerializer(many=True)
    mapping = MappingSerializer()
    rows = serializers.SerializerMethodField()
    read = serializers.SerializerMethodField()
    undone_until = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = BulkAward
        fields = (
            *("id", "issuer", "achievement", "version", "why", "file_name", "state", "trouble", "columns", "mapping"),
            *("rows", "read", "made_at", "started_at", "finished_at", "undone_until", "undone_at", "undo_reason"),
            "undo_note",
        )

    def get_rows(self, table: BulkAward) -> dict[str, int]:
        """How many stand how: ready, problem, awarded, failed, undone."""
        known: dict[int, dict[str, int]] = self.context.get("counts") or reads.counts_of([table])
        return known[table.pk]

    def get_read(self, table: BulkAward) -> int | None:
        """While it is checked: how many rows a worker has looked at so far."""
        return verbs.rows_read(table).rows if table.state == BulkAward.State.CHECKING else None


class TableSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="CSV or XLSX, its first row the names of the columns")


class NewBulkAwardSerializer(TableSerializer):
    achievement = serializers.SlugField()
    why = serializers.CharField(max_length=LONGEST_NOTE, validators=[validate_text])


class ColumnsSerializer(serializers.Serializer[Any]):
    mapping = MappingSerializer(required=False, help_text="Left out: as it was guessed")


class BulkRowSerializer(serializers.ModelSerializer[BulkRow]):
    line = serializers.IntegerField(source="number")
    problems = serializers.SerializerMethodField()
    credential = serializers.SerializerMethodField()

    class Meta:
        model = BulkRow
        fields = (
            *("line", "state", "problems", "address", "name", "narrative", "evidence", "valid_until", "language"),
            *("is_new", "credential"),
        )

    def get_problems(self, row: BulkRow) -> list[str]:
        """What is wrong and what to do, a sentence each."""
        return sentences(row)

    def get_credential(self, row: BulkRow) -> str | None:
        """Its address, once awarded."""
        return queries.credential_url(row.credential.public_id) if row.credential else None


class BulkAwards(generics.ListAPIView[BulkAward]):
    """The tables that were given at an issuer, for who runs it."""

    serializer_class = BulkAwardSerializer
    scopes = {"GET": Scope.AWARDS_READ, "POST": Scope.AWARDS_WRITE}
    limits = {"POST": "upload"}
    ordering = ("-made_at", "pk")

    def get_queryset(self) -> QuerySet[BulkAward]:
        return _tables(self.request).filter(issuer=self._issuer())

    def get_serializer(self, *args: Any, **kwargs: Any) -> serializers.BaseSerializer[Any]:
        """A page of them is counted together."""
        if args and kwargs.get("many"):
            kwargs["context"] = {**self.get_serializer_context(), "counts": reads.counts_of(args[0])}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(request={"multipart/form-data": NewBulkAwardSerializer}, responses={201: BulkAwardSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Give a table. What its columns hold is guessed; nothing is looked at before `columns/` is asked for, and
        nothing awarded before `award/`.
        """
        asked = NewBulkAwardSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = asked.validated_data
        offered = AchievementVersion.objects.public().filter(achievement__issuer=self._issuer())
        version = get_object_or_404(offered, achievement__slug=facts["achievement"])
        made = verbs.begin_bulk(version, by=person_of(request), upload=facts["file"], why=facts["why"])
        return Response(_said(request, made), status=status.HTTP_201_CREATED)

    def _issuer(self) -> Issuer:
        return get_object_or_404(Issuer.objects.run_by(person_of(self.request)), slug=self.kwargs["slug"])


class BulkAwardDetail(generics.GenericAPIView[BulkAward]):
    """One table."""

    serializer_class = BulkAwardSerializer
    scopes = {"GET": Scope.AWARDS_READ, "DELETE": Scope.AWARDS_WRITE}

    def get(self, request: Request, public_id: str) -> Response:
        """How it stands, and how far a worker is."""
        return Response(BulkAwardSerializer(_found(request, public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Delete a table that nothing was awarded from, and what was found in it."""
        verbs.drop_bulk(_found(request, public_id), by=person_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class _Act(generics.GenericAPIView[BulkAward]):
    """One verb on one table."""

    serializer_class: type[serializers.BaseSerializer[Any]] = NothingSerializer
    scopes = {"POST": Scope.AWARDS_WRITE}
    verb: Callable[..., BulkAward]

    def post(self, request: Request, public_id: str) -> Response:
        found = _found(request, public_id)
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(_said(request, type(self).verb(found, by=person_of(request), **asked.validated_data)))


@extend_schema(responses={200: BulkAwardSerializer})
class MapBulkColumns(_Act):
    """Say what the columns hold: then a worker looks at every row, and nothing is awarded yet."""

    serializer_class = ColumnsSerializer
    verb = verbs.map_columns


@extend_schema(request={"multipart/form-data": TableSerializer}, responses={200: BulkAwardSerializer})
class GiveBulkTable(_Act):
    """Put a corrected table in the place of the one before."""

    serializer_class = TableSerializer
    limits = {"POST": "upload"}

    @staticmethod
    def verb(table: BulkAward, *, by: Any, file: Any) -> BulkAward:
        return verbs.give_table(table, by=by, upload=file)


@extend_schema(responses={200: BulkAwardSerializer})
class AwardBulk(_Act):
    """Award to everybody whose row is ready. Asked for twice, it happens once."""

    verb = verbs.award_bulk


@extend_schema(responses={200: BulkAwardSerializer})
class UndoBulk(_Act):
    """Take back all that was awarded, within an hour of the last of it."""

    serializer_class = RevocationSerializer
    verb = verbs.undo_bulk


@extend_schema(parameters=[OpenApiParameter("state", str, enum=BulkRow.State.values, description="Only those")])
class BulkRows(generics.ListAPIView[BulkRow]):
    """What was found in each row, and what became of it."""

    serializer_class = BulkRowSerializer
    scopes = {"GET": Scope.AWARDS_READ}
    ordering = ("number",)

    def get_queryset(self) -> QuerySet[BulkRow]:
        rows = _found(self.request, self.kwargs["public_id"]).rows.select_related("credential")
        state = self.request.query_params.get("state", "")
        if state and state not in BulkRow.State.values:
            raise exceptions.ValidationError(_("state can be %(names)s.") % {"names": ", ".join(BulkRow.State.values)})
        return rows.filter(state=state) if state else rows


def _tables(request: Request) -> QuerySet[BulkAward]:
    return BulkAward.objects.visible_to(person_of(request)).select_related("issuer", "version__achievement")


def _found(request: Request, public_id: str) -> BulkAward:
    return get_object_or_404(_tables(request), public_id=public_id)


def _said(request: Request, table: BulkAward) -> dict[str, Any]:
    return dict(BulkAwardSerializer(get_object_or_404(_tables(request), pk=table.pk)).data)
