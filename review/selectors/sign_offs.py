"""What joint departments are asked, as they and their lead office see it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from applications.models import Application
from applications.states import ApplicationState
from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.rules import may
from review.guards import is_answerable
from review.models import Finding, SignOff
from review.states import SignOffState


def sign_offs(actor: Actor) -> QuerySet[SignOff]:
    """What the actor's own department was asked, the most pressing first; void ones are history."""
    rows = SignOff.objects.select_related(
        "office", "issue__city_list__round", "unit_issue__unit_list__round", "application__enterprise",
        "application__factory__industry", "application__round", "answered_by",
    )  # fmt: skip
    if not may(actor, "sign_off.list") or actor.membership is None:
        return rows.none()
    return rows.filter(office=actor.membership.office_id).exclude(state=SignOffState.VOID).order_by("due_at", "pk")


def shut(row: SignOff) -> str:
    """Why nothing can be answered any more; empty while it can."""
    return is_answerable(row, at=clock.now()) or ""


def waiting(rows: Iterable[SignOff]) -> list[SignOff]:
    """Those of one department that it can still answer; whether a list or a round is open is looked up once."""
    known: dict[tuple[object, ...], bool] = {}

    def is_open(row: SignOff) -> bool:
        asked = row.application
        key = row.issue_id, row.unit_issue_id, asked and (asked.round_id, asked.city_id, asked.track)
        if key not in known:
            known[key] = not shut(row)
        return known[key]

    return [row for row in rows if row.state == SignOffState.ASKED and is_open(row)]


def sign_off_for(actor: Actor, pk: int) -> SignOff:
    """The gate for the department that was asked, and for the lead office that asked. Raises Hidden."""
    row = sign_offs(actor).filter(pk=pk).first()
    if row is None and may(actor, "first_review.list"):
        rows = SignOff.objects.select_related(
            "office", "issue__city_list__round", "unit_issue__unit_list__round", "application__enterprise"
        )
        own = Q(city=actor.stands("city")) if actor.stands("city") else Q(city=None, unit=actor.stands("unit"))
        row = rows.filter(own, pk=pk).first()
    if row is None:
        raise Hidden("sign-off", str(pk))
    return row


def application_known_to(actor: Actor, ref: str) -> Application:
    """An application that an office may record facts about: handed in at its own place. Raises Hidden."""
    rows = Application.objects.select_related("enterprise", "factory", "round", "city")
    row = rows.filter(ref=ref).exclude(state=ApplicationState.DRAFT).first()
    if row is None or not may(actor, "finding.record", row):
        raise Hidden("application", ref)
    if may(actor, "sign_off.list") and not sign_offs(actor).filter(_about(row)).exists():
        raise Hidden("application", ref)
    return row


def _about(row: Application) -> Q:
    """Asked about it alone, or about a list that it stands on."""
    return Q(application=row) | Q(issue__city_list__entries__application=row)


def finding_for(actor: Actor, pk: int) -> Finding:
    """The gate to a fact that the actor's own office recorded. Raises Hidden."""
    office = actor.membership.office_id if actor.membership else None
    row = Finding.objects.select_related("application__enterprise").filter(pk=pk, office=office, struck_at=None).first()
    if row is None or office is None:
        raise Hidden("finding", str(pk))
    return row
