"""The review under /api/v1/: the order of a list, an expert's sheet. The pages' own gates and services."""

from collections.abc import Callable
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from portal import audit
from portal.api import actor_of
from portal.audit import Outcome
from portal.errors import Stale
from review.selectors.city_lists import city_list_for
from review.selectors.sheets import scoring, sheet_for
from review.services import choosing, ranking
from review.services import sheets as sheet_services
from review.sheet_rules import MOST_COMMENT, MOST_OPINION, MOST_SCORE
from tiers.api import Reasons
from tiers.selectors.rounds import round_for

_MOST = 1000


class Order(serializers.Serializer[Any]):
    """The whole order, as seen at a version of the list: applications by their refs, first place first."""

    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    order = serializers.ListField(child=serializers.CharField(max_length=20), max_length=_MOST)


class OrderKept(serializers.Serializer[Any]):
    """It stands; the next change names this version."""

    version = serializers.IntegerField()


class Change(serializers.Serializer[Any]):
    """A change that the sender had not seen: of which version, whose, when, what."""

    version = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    said = serializers.ListField(child=serializers.CharField())


class OrderStale(serializers.Serializer[Any]):
    """Somebody else changed the order since; nothing was written."""

    reasons = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField()
    changes = Change(many=True)


def _answered(request: Request, put: Callable[[list[str], int], Any]) -> Response:
    """Put what was sent in order, or say what its sender missed."""
    said = Order(data=request.data)
    said.is_valid(raise_exception=True)
    try:
        kept = put(said.validated_data["order"], said.validated_data["version"])
    except Stale as stale:
        audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(stale.reasons), path=request.path)
        body = {"reasons": stale.reasons, "version": stale.version, "changes": stale.conflicts}
        return Response(OrderStale(body).data, status=409)
    return Response(OrderKept({"version": kept.version}).data)


@extend_schema(
    operation_id="city_list_order",
    request=Order,
    responses={200: OrderKept, 400: Reasons, 401: Reasons, 404: Reasons, 409: OrderStale},
)
@api_view(["PUT"])
def order(request: Request, ref: str) -> Response:
    """Put a city's list in order."""
    actor = actor_of(request)
    row = city_list_for(actor, ref)
    return _answered(request, lambda refs, version: ranking.order(row, refs, version=version, actor=actor))


@extend_schema(
    operation_id="unit_list_order",
    request=Order,
    responses={200: OrderKept, 400: Reasons, 401: Reasons, 403: Reasons, 404: Reasons, 409: OrderStale},
)
@api_view(["PUT"])
def unit_order(request: Request, ref: str) -> Response:
    """Put a unit's list in order; `ref` is the round's."""
    actor = actor_of(request)
    round_ = round_for(actor, ref)
    return _answered(request, lambda refs, version: choosing.order(round_, refs, version=version, actor=actor))


# -- an expert's sheet -----------------------------------------------------------------------------------------------
class Scored(serializers.Serializer[Any]):
    """What was typed for one criterion, right or not."""

    score = serializers.CharField(max_length=MOST_SCORE, allow_blank=True)
    comment = serializers.CharField(max_length=MOST_COMMENT, allow_blank=True, default="")


class SheetTyped(serializers.Serializer[Any]):
    """What stands on a whole sheet."""

    scores = serializers.DictField(child=Scored())
    opinion = serializers.CharField(max_length=MOST_OPINION, allow_blank=True, trim_whitespace=False)


class SheetSaid(SheetTyped):
    """A whole sheet, as seen at an edition; `unanswered`: what was sent before without an answer, newest last."""

    edition = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    unanswered = serializers.ListField(child=SheetTyped(), max_length=2, default=list)


class SheetKept(serializers.Serializer[Any]):
    """It is kept; `lacking`: what still keeps it from being signed."""

    edition = serializers.IntegerField()
    total = serializers.CharField()
    saved_at = serializers.DateTimeField()
    lacking = serializers.ListField(child=serializers.CharField())


class SheetStale(serializers.Serializer[Any]):
    """It was saved elsewhere since; nothing was written."""

    reasons = serializers.ListField(child=serializers.CharField())
    edition = serializers.IntegerField()


@extend_schema(
    operation_id="sheet_save",
    request=SheetSaid,
    responses={200: SheetKept, 400: Reasons, 401: Reasons, 404: Reasons, 409: SheetStale},
)
@api_view(["PUT"])
def sheet(request: Request, ref: str) -> Response:
    """Keep an expert's own sheet."""
    actor = actor_of(request)
    row = sheet_for(actor, ref)
    said = SheetSaid(data=request.data)
    said.is_valid(raise_exception=True)
    try:
        known = {name: said.validated_data[name] for name in ("edition", "unanswered")}
        kept = sheet_services.save(row, said.validated_data, **known, actor=actor)
    except Stale as stale:
        audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(stale.reasons), path=request.path)
        return Response(SheetStale({"reasons": stale.reasons, "edition": stale.version}).data, status=409)
    found = scoring(kept)
    body = {"edition": kept.edition, "saved_at": kept.saved_at, "lacking": found["lacking"], "total": found["total"]}
    return Response(SheetKept(body).data)


urlpatterns = [
    path("city-lists/<str:ref>/order/", order, name="api_city_list_order"),
    path("unit-lists/<str:ref>/order/", unit_order, name="api_unit_list_order"),
    path("sheets/<str:ref>/", sheet, name="api_sheet"),
]
