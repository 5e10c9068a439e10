"""A city's list: issued to be signed, sent up, received or returned, locked when its time is over (82号 二(三)1、3)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from applications.models import Application
from applications.services.course import note
from applications.states import Track
from portal import audit, clock
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Refused
from portal.rules import may
from portal.services import papers
from portal.workflow import move
from review.models import CityList, ListEntry, ListIssue, SignOff
from review.selectors.city_lists import KINDS, key_of, lacking_to_circulate, lacking_to_send, papers_of
from review.services import candidates, notices
from review.services.ranking import PORTAL, opened, reopen
from review.services.sign_offs import ask_for_list
from review.states import GONE_UP, ListState
from tiers.models import CityExtension, Round
from tiers.rounds import Window, said
from tiers.selectors.rounds import city_until


@dataclass(frozen=True)
class Issuing:
    """What the lead office says when it has a list signed: the letter's number and date, who can be asked, by when."""

    number: str
    on: date
    contact: str
    phone: str
    due_at: datetime


def begin(round_: Round, *, actor: Actor) -> CityList:
    """The city's list in a round, made if need be. Raises Denied, Refused where the round has no such step."""
    city_id = actor.stands("city")
    if not may(actor, "first_review.list") or city_id is None:
        raise Denied("city_list.order")
    if round_.city_until is None:
        raise Refused("本批次不设市州推荐环节。")
    with transaction.atomic():
        return opened(round_, city_id, actor.stands("unit"))


# -- signing ---------------------------------------------------------------------------------------------------------
def circulate(city_list: CityList, issuing: Issuing, *, version: int, actor: Actor) -> ListIssue:
    """Freeze the order as an issue, and ask every joint department to sign it. Raises Denied, Refused."""
    if not may(actor, "city_list.circulate", city_list):
        raise Denied("city_list.circulate")
    with transaction.atomic():
        row, now = _locked(city_list), clock.now()
        if row.version != version:
            raise Refused("名单顺序刚被他人调整，请刷新页面核对后再送会签。")
        if issuing.due_at <= now:
            raise Refused("答复时限须晚于现在。")
        offices = notices.offices(row)
        document = frozen(row, issuing, [{"id": o.pk, "name": o.name, "key": _key(o)} for o in offices])
        changes = {"issued": row.issued + 1}
        moved = move(
            row, "circulate", actor=actor, at=now, changes=changes, lacking=lacking_to_circulate(row),
            departments=[office.name for office in offices],
        )  # fmt: skip
        moved.round = row.round
        digest = hashlib.sha256(canonical(document).encode()).hexdigest()
        made = ListIssue.objects.create(
            unit_id=row.unit_id, city_id=row.city_id, city_list=moved, version=moved.issued, document=document,
            digest=digest, at=now, by=actor.person,
        )  # fmt: skip
        ask_for_list(made, [o for o in offices if not o.is_lead], due_at=issuing.due_at, actor=actor)
        for kind in KINDS:
            papers.issue(kind, key_of(made), actor=actor)
    return made


def _key(office: Any) -> str:
    """The name of the place of its seal (see review.papers)."""
    return "city" if office.is_lead else f"city-{office.department}"


def _locked(city_list: CityList) -> CityList:
    """The list, after the applications on it (whoever takes one back locks in this order), and before its signatures.

    A department that answers at this moment is waited for, or waits and finds the list gone up.
    """
    keys = ListEntry.objects.filter(city_list=city_list).values("application")
    list(
        Application.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk").values("pk")
    )
    rows = CityList.objects.select_for_update(of=("self",)).select_related("round__unit", "city__region")
    row = rows.get(pk=city_list.pk)
    asked = SignOff.objects.filter(issue__city_list=row, issue__version=row.issued).order_by("pk")
    list(asked.select_for_update(of=("self",)).values("pk"))
    return row


def frozen(city_list: CityList, issuing: Issuing, signatories: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that table and letter say, as one document."""
    from_order = city_list.entries.select_related("application").order_by("position")
    entries = []
    for entry in from_order:
        found = entry.application.submissions.values("number", "version", "digest", "project").get(
            version=entry.version
        )
        entries.append({"position": entry.position, "ref": entry.application.ref, **found})
    return {
        "ref": city_list.ref,
        "round": city_list.round.ref,
        "city": city_list.city.region.name,
        "number": issuing.number.strip(),
        "on": issuing.on.isoformat(),
        "contact": issuing.contact.strip(),
        "phone": issuing.phone.strip(),
        "signatories": signatories,
        "entries": entries,
    }


def take_back(city_list: CityList, *, reason: str, actor: Actor) -> CityList:
    """Take a list back from being signed, to change it. Raises Denied, Refused."""
    if not may(actor, "city_list.reopen", city_list):
        raise Denied("city_list.reopen")
    if not reason.strip():
        raise Refused("请写明重新编制的理由。")
    with transaction.atomic():
        return reopen(_locked(city_list), actor=actor, reason=reason.strip())


# -- sending ---------------------------------------------------------------------------------------------------------
def send(city_list: CityList, *, issue: int, ink: Iterable[str] = (), actor: Actor) -> CityList:
    """Send an issue up, once: asked twice for the same issue, it answers with the same list.

    `ink`: the keys of the seal places that are stamped on paper. Raises Denied, Refused with everything that is
    lacking; there is no way round the deadline for anybody (82号 二(三)3).
    """
    if not may(actor, "city_list.send", city_list):
        raise Denied("city_list.send")
    with transaction.atomic():
        row, now = _locked(city_list), clock.now()
        if row.state in GONE_UP and row.issued == issue:
            return row
        if row.issued != issue:
            raise Refused("名单已有新的会签稿，请刷新页面核对后再报送。")
        chosen = sorted(set(ink))
        went = [*row.sent_with.get("issues", ()), issue]
        with_ = {"issues": went, "ink": chosen, "papers": [_named(paper) for paper in papers_of(row)]}
        changes = {"sent_at": now, "sent_by": actor.person, "sent_with": with_, "returned_for": ""}
        lacking = lacking_to_send(actor, row, frozenset(chosen))
        moved = move(
            row, "send", actor=actor, at=now, changes=changes, lacking=lacking, papers=with_["papers"], ink=chosen
        )
        for application in Application.objects.filter(entry__city_list=row).select_related("enterprise"):
            note(application, "初审通过，已由市州报送", actor=actor, at=now)
        notices.of_list(
            moved,
            f"{row.city.region.name}已报送推荐名单（{row.ref}第{issue}版，共{row.entries.count()}项）。",
            to="unit",
        )
    return moved


def _named(paper: Any) -> dict[str, str]:
    return {"kind": paper.kind, "code": paper.code, "digest": paper.digest}


# -- the unit --------------------------------------------------------------------------------------------------------
def accept(city_list: CityList, *, actor: Actor) -> CityList:
    """The unit has received it: what stands on it waits to be accepted. Raises Denied, Refused."""
    now = clock.now()
    with transaction.atomic():
        row = move(city_list, "accept", actor=actor, at=now, changes={"received_at": now, "received_by": actor.user})
        candidates.arrive(row, at=now)
        notices.of_list(row, f"推荐名单（{row.ref}第{row.issued}版）省级已接收。", to="city")
    return row


def give_back(city_list: CityList, *, reason: str, until: datetime | None, actor: Actor) -> CityList:
    """The unit returns a list with reasons, and more time if there is none left. Raises Denied, Refused."""
    now = clock.now()
    with transaction.atomic():
        candidates.recall(candidates.of_list(city_list), reason=f"名单退回：{reason.strip()}", at=now)
        row = move(
            city_list,
            "return",
            actor=actor,
            at=now,
            changes={"returned_for": reason.strip()},
            reason=reason,
            until=until,
        )
        if until is not None:
            _extended(row.round, row.city_id, until, f"退回名单：{reason.strip()}"[:500], actor, now)
        last = city_until(row.round, row.city_id)
        text = f"推荐名单（{row.ref}）被退回：{reason.strip()} 请于{said(last) if last else ''}前重新报送。"
        notices.of_list(row, text[:300], to="city")
    return row


def extend(round_: Round, city_id: int, *, until: datetime, reason: str, actor: Actor) -> CityList:
    """Give a city more time for its list, with a reason; a locked one opens again. Raises Denied, Refused."""
    now = clock.now()
    with transaction.atomic():
        row = opened(round_, city_id, round_.unit_id)
        if not may(actor, "city_list.extend", row):
            raise Denied("city_list.extend")
        before = city_until(round_, city_id)
        reasons = []
        if not reason.strip():
            reasons.append("请写明延期的理由。")
        if before is None or until <= max(before, now):
            reasons.append(f"新的时限须晚于现有时限（{said(before) if before else '无'}）和当前时间。")
        if until > round_.unit_until:
            reasons.append(f"新的时限不能晚于审核推荐截止时间（{said(round_.unit_until)}）。")
        if row.state in GONE_UP:
            reasons.append("该市州名单已报送，无需延期。")
        if reasons:
            raise Refused(*reasons)
        _extended(round_, city_id, until, reason.strip()[:500], actor, now)
        audit.record("city_list.extend", row, actor, before=before, after=until, reason=reason.strip())
        if row.state == ListState.LOCKED:
            row = move(row, "unlock", actor=actor, at=now)
        notices.of_list(row, f"推荐名单（{row.ref}）报送时限延至{said(until)}。理由：{reason.strip()}"[:300], to="city")
    return row


def _extended(round_: Round, city_id: int, until: datetime, reason: str, actor: Actor, at: datetime) -> None:
    CityExtension.objects.create(
        unit_id=round_.unit_id, round=round_, city_id=city_id, until=until, reason=reason, granted_by=actor.person,
        granted_at=at,
    )  # fmt: skip


# -- time ------------------------------------------------------------------------------------------------------------
def lock_due() -> int:
    """Lock lists whose time is over and that were not sent; tell both sides. How many. Twice does no harm."""
    now, done = clock.now(), 0
    for round_ in Round.objects.filter(city_until__lt=now, unit_until__gte=now).select_related("unit"):
        late = []
        cities = Application.objects.filter(
            round=round_, version__gte=1, city__isnull=False, track=Track.REGULAR
        ).values_list("city", flat=True)
        for city_id in cities.order_by("city").distinct():
            with transaction.atomic():
                row = opened(round_, city_id, round_.unit_id)
                if row.state in {*GONE_UP, ListState.LOCKED} or not (city_until(round_, city_id) or now) < now:
                    continue
                row = move(row, "lock", actor=PORTAL, at=now)
                last = said(city_until(round_, city_id) or now)
                notices.of_list(
                    row,
                    f"推荐名单（{row.ref}）未在{last}前报送，已锁定；确需补报的，请联系省级主管部门延期。",
                    to="city",
                )
                late.append(row)
        if late:
            names = "、".join(row.city.region.name for row in late)
            text = f"{Window.CITY.label}已截止，以下市州未报送推荐名单：{names}。"
            notices.of_list(late[0], text[:300], to="unit")
        done += len(late)
    return done
