"""The ladder under /api/v1/: saving a section, and its evidence. The same gates and services as the pages."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal import audit
from portal.api import actor_of
from portal.audit import Outcome
from portal.declared import Unreadable, problems
from portal.errors import Stale
from tiers.answers import notes
from tiers.selectors.assessments import Paper, assessment_for, file_for, paper
from tiers.services import assessments, evidence


class SectionChanges(serializers.Serializer[Any]):
    """Changed answers of a section. A row of a table is `table[row]`; null takes it away."""

    version = serializers.IntegerField(min_value=0, help_text="The version the writer had seen.")
    answers = serializers.DictField(help_text="Key → text, list of rows picked, or a row's cells.")


class SectionProblem(serializers.Serializer[Any]):
    """Something in the section that is not right yet; it was saved all the same."""

    key = serializers.CharField()
    sentence = serializers.CharField()


class SectionKept(serializers.Serializer[Any]):
    """The section after saving. `others`: answers that others changed since the version the writer had seen."""

    version = serializers.IntegerField()
    saved_at = serializers.DateTimeField(allow_null=True)
    others = serializers.DictField()
    problems = SectionProblem(many=True)
    answered = serializers.IntegerField()
    asked = serializers.IntegerField()
    notes = serializers.DictField(child=serializers.CharField(), help_text="What follows from the answers, by block.")


class SectionSaved(SectionKept):
    """The same of a self-assessment, with the tier that it reaches by now."""

    reached = serializers.CharField(allow_blank=True)


class Conflict(serializers.Serializer[Any]):
    """An answer that both changed: both versions, in words and as values."""

    key = serializers.CharField()
    label = serializers.CharField()
    mine = serializers.CharField()
    theirs = serializers.CharField()
    mine_value = serializers.JSONField()
    theirs_value = serializers.JSONField()


class SectionStale(serializers.Serializer[Any]):
    """Nothing was saved: choose, then save with this version."""

    reasons = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField()
    conflicts = Conflict(many=True)


class Reasons(serializers.Serializer[Any]):
    """Why it was not done, as sentences."""

    reasons = serializers.ListField(child=serializers.CharField())


class KeptFile(serializers.Serializer[Any]):
    """A file kept for a field."""

    id = serializers.IntegerField(source="pk")
    field = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    digest = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class FileUpload(serializers.Serializer[Any]):
    """A file for a field."""

    field = serializers.CharField(max_length=120)
    file = serializers.FileField()


@extend_schema(
    operation_id="section_save",
    request=SectionChanges,
    responses={200: SectionSaved, 400: Reasons, 401: Reasons, 404: Reasons, 409: SectionStale},
)
@api_view(["PATCH"])
def section(request: Request, ref: str, key: str) -> Response:
    """Save changed answers of a section of a self-assessment."""
    actor = actor_of(request)
    assessment = assessment_for(actor, ref)
    said = SectionChanges(data=request.data)
    said.is_valid(raise_exception=True)
    changes, version = said.validated_data["answers"], said.validated_data["version"]
    try:
        saved, row = assessments.save(assessment, key, changes, version=version, actor=actor)
    except Stale as stale:
        audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(stale.reasons), path=request.path)
        body = {"reasons": stale.reasons, "version": stale.version, "conflicts": stale.conflicts}
        return Response(SectionStale(body).data, status=409)
    except Unreadable as error:
        raise serializers.ValidationError(str(error)) from error
    return Response(SectionSaved(_state(paper(row), key) | {"others": saved.others}).data)


def _state(what: Paper, key: str) -> dict[str, Any]:
    section, row, answered = what.form.section(key), what.rows[key], what.answered
    progress = answered.progress(key)
    found = problems(section, row.answers, answered.files.get(key, frozenset()))
    return {
        "version": row.version,
        "saved_at": row.saved_at,
        "problems": [{"key": p.key, "sentence": p.sentence} for p in found if not p.is_missing],
        "answered": progress.answered,
        "asked": progress.asked,
        "reached": what.assessment.reached,
        "notes": notes(what.edition, what.sections, key),
    }


@extend_schema(
    operation_id="evidence_add",
    request={"multipart/form-data": FileUpload},
    responses={201: KeptFile, 401: Reasons, 404: Reasons, 409: Reasons},
)
@api_view(["POST"])
@parser_classes([MultiPartParser])
def files(request: Request, ref: str) -> Response:
    """Keep a file as evidence for a field."""
    actor = actor_of(request)
    assessment = assessment_for(actor, ref)
    said = FileUpload(data=request.data)
    said.is_valid(raise_exception=True)
    file = said.validated_data["file"]
    kept = evidence.add(assessment, said.validated_data["field"], file, file.name, actor=actor)
    return Response(KeptFile(kept).data, status=201)


@extend_schema(operation_id="evidence_remove", responses={204: None, 401: Reasons, 404: Reasons})
@api_view(["DELETE"])
def file(request: Request, ref: str, pk: int) -> Response:
    """Take a file away from its field."""
    actor = actor_of(request)
    evidence.remove(file_for(assessment_for(actor, ref), pk), actor=actor)
    return Response(status=204)


urlpatterns = [
    path("assessments/<str:ref>/sections/<slug:key>/", section, name="api_section"),
    path("assessments/<str:ref>/files/", files, name="api_files"),
    path("assessments/<str:ref>/files/<int:pk>/", file, name="api_file"),
]
