"""Visits on site: planned with a team that is free of ties, recorded by it, concluded once."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from applications.selectors.applications import people_of
from applications.selectors.papers import submitted_edition
from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused, Stale
from portal.models import User
from portal.references import new_ref
from portal.roles import Role
from portal.rules import may
from portal.services import stored
from portal.uploads import MB, Allowed, examined
from portal.workflow import move
from review.conflicts import applicant_of, find
from review.guards import in_unit_time
from review.models import Candidate, Conclusion, Expert, ScoreSheet, SiteVisit, VisitMember, VisitPhoto, Waiver
from review.selectors.ties import profile_of, said
from review.selectors.visits import judged_submission
from review.services import panel_notices
from review.states import SheetState, VisitState
from review.visit_rules import MOST_OPINION, checklist, lacking, recorded

FOLDER = "visits"
PICTURES = Allowed(("jpg", "png"), 10 * MB)
MOST_PHOTOS = 30


@dataclass(frozen=True)
class Planning:
    """When, where, who, what is looked at beside the scenarios."""

    planned_at: datetime
    place: str
    team: tuple[User | Expert, ...]
    indicators: Collection[str] = ()


def plan(candidate: Candidate, said_: Planning, *, actor: Actor) -> SiteVisit:
    """Arrange a visit; team and applicant are told. Raises Denied, Refused where a member is tied to the applicant."""
    if not may(actor, "visit.plan", candidate):
        raise Denied("visit.plan")
    with transaction.atomic():
        submission = judged_submission(candidate)
        if reasons := _reasons(candidate, said_, submission.document):
            raise Refused(*reasons)
        edition = submitted_edition(submission).value
        row = SiteVisit.objects.create(
            unit_id=candidate.unit_id, ref=new_ref("HC"), candidate=candidate, name=candidate.name,
            project=candidate.project, planned_at=said_.planned_at, place=said_.place.strip(),
            team=[_named(one) for one in said_.team],
            checklist=checklist(submission.document, edition, said_.indicators), made_at=clock.now(),
            made_by=actor.person,
        )  # fmt: skip
        members = [_member(row, one) for one in said_.team]
        VisitMember.objects.bulk_create(members)
        audit.record("visit.plan", row, actor, candidate=candidate.number, planned_at=said_.planned_at)
        people = [member.user for member in members]
        panel_notices.visit_planned(row, people, _applicants(row))
    return row


def _reasons(candidate: Candidate, said_: Planning, document: Mapping[str, Any]) -> list[str]:
    reasons = []
    if reason := in_unit_time(candidate, at=clock.now()):
        reasons.append(reason)
    if not said_.team:
        reasons.append("请选择核查组成员。")
    if said_.planned_at < clock.now():
        reasons.append("核查时间须晚于现在。")
    applicant, on = applicant_of(document), clock.beijing(said_.planned_at).date()
    waived = set(Waiver.objects.filter(candidate=candidate).values_list("expert", flat=True))
    recused = ScoreSheet.objects.filter(candidate=candidate, state=SheetState.RECUSED)
    gone = set(recused.values_list("expert", flat=True))
    for one in said_.team:
        if not isinstance(one, Expert):
            continue
        if one.pk in gone:
            reasons.append(f"{one.user.name}已声明回避，不能参加现场核查。")
        elif one.pk not in waived and (found := find(profile_of(one), applicant, on=on)):
            reasons.append(f"{one.user.name}须回避：{said(found)}")
    return reasons


def _named(one: User | Expert) -> dict[str, str]:
    if isinstance(one, Expert):
        return {"name": one.user.name, "organisation": one.employer}
    return {"name": one.name, "organisation": "本单位"}


def _member(row: SiteVisit, one: User | Expert) -> VisitMember:
    user = one.user if isinstance(one, Expert) else one
    expert = one if isinstance(one, Expert) else None
    return VisitMember(unit_id=row.unit_id, visit=row, user=user, expert=expert, **_named(one))


def _applicants(row: SiteVisit) -> list[User]:
    application = row.candidate.application
    return [m.user for m in people_of(application, Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK)]


# -- the record ------------------------------------------------------------------------------------------------------
def record(visit: SiteVisit, found: Mapping[str, Any], *, edition: int, finish: bool, actor: Actor) -> SiteVisit:
    """Keep what was found (`lines` by key, `conclusion`, `opinion`), as seen at an edition; `finish` closes it.

    Raises Denied, Refused, Stale.
    """
    if not may(actor, "visit.record", visit):
        raise Denied("visit.record")
    with walls.system("现场核查组记录核查情况"):
        row = _held(visit, edition)
        conclusion = str(found.get("conclusion", ""))
        row.checklist = recorded(row.checklist, found.get("lines", {}))
        row.conclusion = conclusion if conclusion in Conclusion.values else ""
        row.opinion = str(found.get("opinion", ""))[:MOST_OPINION]
        row.edition += 1
        row.save(update_fields=["checklist", "conclusion", "opinion", "edition"])
        audit.record("visit.record", row, actor, version=row.edition)
        if finish:
            lacks = lacking(row.checklist, row.conclusion, row.opinion)
            changes = {"done_at": clock.now(), "done_by": actor.person}
            row = move(row, "finish", actor=actor, changes=changes, lacking=lacks, conclusion=row.conclusion)
    return row


def _held(visit: SiteVisit, edition: int | None = None) -> SiteVisit:
    row = SiteVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if row.state != VisitState.PLANNED:
        raise Refused(f"该现场核查{row.get_state_display()}，不能再修改。")
    if edition is not None and row.edition != edition:
        raise Stale("核查记录已由核查组其他成员更新，本次未保存，请核对后再继续。", version=row.edition, conflicts=[])
    return row


def cancel(visit: SiteVisit, *, reason: str, actor: Actor) -> SiteVisit:
    """Nobody goes. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(visit, "cancel", actor=actor, changes={"reason": reason.strip()[:500]}, reason=reason)
        people = [member.user for member in row.members.select_related("user")]
        panel_notices.visit_cancelled(row, people, _applicants(row))
    return row


# -- photographs -----------------------------------------------------------------------------------------------------
def add_photo(visit: SiteVisit, stream: Any, name: str, *, caption: str, actor: Actor) -> VisitPhoto:
    """Keep a photograph, made anew from its pixels. Raises Denied, Refused."""
    if not may(actor, "visit.record", visit):
        raise Denied("visit.record")
    upload = examined(stream, name, allowed=PICTURES)
    with walls.system("现场核查组上传照片"):
        row = _held(visit)
        there = row.photos.filter(removed_at=None)
        if there.count() >= MOST_PHOTOS:
            raise Refused(f"最多上传{MOST_PHOTOS}张照片。")
        if there.filter(digest=upload.digest).exists():
            raise Refused(f"“{upload.name}”与已上传的照片相同。")
        path = default_storage.save(f"{FOLDER}/{row.pk}/{uuid.uuid4().hex}.{upload.extension}", upload.opened())
        made = VisitPhoto.objects.create(
            unit_id=row.unit_id, visit=row, section="visit", field=caption.strip()[:120], name=upload.name,
            media_type=upload.media_type, size=upload.size, digest=upload.digest, stored=path,
            uploaded_at=clock.now(), uploaded_by=actor.person,
        )  # fmt: skip
        audit.record("visit.photo", row, actor, name=upload.name, digest=upload.digest)
    return made


def strike_photo(visit: SiteVisit, photo: VisitPhoto, *, actor: Actor) -> None:
    """Take a photograph away while the visit is not concluded. Raises Denied, Refused."""
    if not may(actor, "visit.record", visit):
        raise Denied("visit.record")
    with walls.system("现场核查组移除照片"):
        row = _held(visit)
        VisitPhoto.objects.filter(pk=photo.pk, visit=row).update(removed_at=clock.now())
        audit.record("visit.strike_photo", row, actor, name=photo.name)


def opened(photo: VisitPhoto) -> File:
    """The content of a photograph."""
    return default_storage.open(photo.stored)


def sweep() -> int:
    """Remove stored photographs that no row points at."""

    def known(names: set[str]) -> set[str]:
        return set(VisitPhoto.objects.filter(stored__in=names).values_list("stored", flat=True))

    return stored.sweep(FOLDER, known)
