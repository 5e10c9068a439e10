"""Applications under /api/v1/: saving a section, its files, who else is writing. The pages' own gates and services."""

from typing import Any

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from applications.models import Application, ApplicationSection
from applications.selectors.applications import attachment_for, own_application_for, written_application_for
from applications.selectors.sections import section_state
from applications.services import files as file_services
from applications.services import presence as presence_services
from applications.services import writing
from portal import audit
from portal.api import actor_of
from portal.audit import Outcome
from portal.declared import Unreadable
from portal.errors import Hidden, Stale
from portal.services.drafts import Saved
from tiers.api import FileUpload, KeptFile, Reasons, SectionChanges, SectionKept, SectionStale

# One for every save: making a serializer costs more than using it, and these two keep nothing of what they are given.
_CHANGES, _KEPT = SectionChanges(), SectionKept()


class TooLate(serializers.Serializer[Any]):
    """It came too late and changed nothing; what was sent is kept as the enterprise's own."""

    reasons = serializers.ListField(child=serializers.CharField())
    late = serializers.CharField(help_text="Where what was sent can be downloaded.")


class Present(serializers.Serializer[Any]):
    """The names of the others who have this section open."""

    others = serializers.ListField(child=serializers.CharField())


@extend_schema(
    operation_id="application_section_save",
    request=SectionChanges,
    responses={200: SectionKept, 400: Reasons, 401: Reasons, 404: Reasons, 409: SectionStale},
)
@api_view(["PATCH"])
def section(request: Request, ref: str, key: str) -> Response:
    """Save changed answers of a section of an application."""
    actor = actor_of(request)
    application = written_application_for(actor, ref)
    said = _CHANGES.run_validation(request.data)
    changes, version = said["answers"], said["version"]
    try:
        saved, row = writing.save(application, key, changes, version=version, actor=actor)
    except Stale as stale:
        _refused(request, stale.reasons)
        body = {"reasons": stale.reasons, "version": stale.version, "conflicts": stale.conflicts}
        return Response(SectionStale(body).data, status=409)
    except writing.TooLate as late:
        return _kept(request, application, key, changes, late)
    except Unreadable as error:
        raise serializers.ValidationError(str(error)) from error
    return Response(_saved(row, saved))


def _saved(row: ApplicationSection, saved: Saved) -> dict[str, Any]:
    state: dict[str, Any] = _KEPT.to_representation(section_state(row) | {"others": saved.others})
    return state


def _refused(request: Request, reasons: Any) -> None:
    audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(reasons), path=request.path)


def _kept(
    request: Request, application: Application, key: str, changes: dict[str, Any], late: writing.TooLate
) -> Response:
    _refused(request, late.reasons)
    try:
        kept = writing.keep_late(application, key, changes, reason=late.reasons[0], actor=actor_of(request))
    except Unreadable as error:
        raise serializers.ValidationError(str(error)) from error
    address = reverse("late_draft", args=[application.ref, kept.pk])
    return Response(TooLate({"reasons": late.reasons, "late": address}).data, status=409)


@extend_schema(
    operation_id="application_file_add",
    request={"multipart/form-data": FileUpload},
    responses={201: KeptFile, 400: Reasons, 401: Reasons, 404: Reasons, 409: Reasons},
)
@api_view(["POST"])
@parser_classes([MultiPartParser])
def files(request: Request, ref: str) -> Response:
    """Keep a file for a field of an application."""
    actor = actor_of(request)
    application = own_application_for(actor, ref)
    said = FileUpload(data=request.data)
    said.is_valid(raise_exception=True)
    file = said.validated_data["file"]
    kept = file_services.add(application, said.validated_data["field"], file, file.name, actor=actor)
    return Response(KeptFile(kept).data, status=201)


@extend_schema(operation_id="application_file_remove", responses={204: None, 401: Reasons, 404: Reasons, 409: Reasons})
@api_view(["DELETE"])
def file(request: Request, ref: str, pk: int) -> Response:
    """Take a file away from its field."""
    actor = actor_of(request)
    file_services.remove(attachment_for(own_application_for(actor, ref), pk), actor=actor)
    return Response(status=204)


@extend_schema(operation_id="application_presence", request=None, responses={200: Present, 401: Reasons, 404: Reasons})
@api_view(["PUT"])
def presence(request: Request, ref: str, key: str) -> Response:
    """Say that one has a section open, and hear who else has."""
    actor = actor_of(request)
    application = own_application_for(actor, ref)
    if not application.sections.filter(key=key).exists():
        raise Hidden("section", f"{ref}/{key[:40]}")
    others = presence_services.seen(application, key, actor=actor)
    return Response(Present({"others": others}).data)


urlpatterns = [
    path("applications/<str:ref>/sections/<slug:key>/", section, name="api_application_section"),
    path("applications/<str:ref>/sections/<slug:key>/presence/", presence, name="api_presence"),
    path("applications/<str:ref>/files/", files, name="api_application_files"),
    path("applications/<str:ref>/files/<int:pk>/", file, name="api_application_file"),
]
