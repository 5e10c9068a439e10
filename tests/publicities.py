"""Candidates, recommendations and publicities for tests."""

import io
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from applications.models import Application
from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import somebody
from portal.models import Enterprise, User
from review import outcome_lines
from review.models import Candidate, Dispatch, Objection, ObjectionNotice, Publicity, UnitIssue, UnitList
from review.selectors.dispatches import batches, entries
from review.services import dispatches, objections, outcomes, publicity
from review.services.objections import Said
from review.services.outcomes import Decision
from review.states import Result
from tests import applications as made
from tests import factories, rounds
from tests.factories import People
from tests.rounds import DAY
from tests.sheets import xlsx
from tests.uploads import PDF
from tiers.models import Factory, Recommendation, Round
from tiers.services import calendar
from tiers.services.recommendations import recommend

FACTS = "该单位申报材料所列数控设备数量与现场不符，附现场照片。"


def judged(people: People, *, days: int = 5, count: int = 2, **kwargs: Any) -> Round:
    """A round of Hubei whose experts are done, with so many recommended; `days` of publicity are asked for."""
    calendar.load(actor=rounds.LOADER)
    made_ = rounds.current(people, **kwargs)
    rounds.put_in_state(made_, "expert_review")
    with walls.system("test"):
        Round.objects.filter(pk=made_.pk).update(publicity_days=days)
    for _ in range(count):
        recommended(people, rounds.fresh(made_))
    return rounds.fresh(made_)


def candidate(people: People, round_: Round, *, enterprise: Enterprise | None = None, **changes: Any) -> Candidate:
    """An application that was taken in to be judged."""
    owner = enterprise or people.enterprise_a
    factory = factories.factory(owner)
    row = made.bare_of(people, round_, factory)
    with walls.system("test"):
        said = {
            "name": owner.name, "code": owner.code, "project": f"{factory.name}数字化项目", "industry": "C34",
            "number": row.number, "version": 1, "digest": "d" * 64, "arrived_at": clock.now(), "state": "arrived",
        } | changes  # fmt: skip
        keys = {"unit_id": factory.unit_id, "city_id": factory.city_id, "enterprise_id": factory.enterprise_id}
        found = Candidate.objects.create(application=row, round=round_, **said, **keys)
        Candidate.objects.filter(pk=found.pk).update(
            state="accepted", decided_at=clock.now(), decided_by=people.unit_officer.person
        )
        return Candidate.objects.select_related("application__factory", "round", "enterprise").get(pk=found.pk)


def recommended(people: People, round_: Round, *, outside: bool = False, **kwargs: Any) -> Recommendation:
    """A candidate that is recommended."""
    row = candidate(people, round_, **kwargs)
    with walls.enter(people.unit_officer):
        factory: Factory = row.application.factory
        return recommend(round_, factory, outside_quota=outside, actor=people.unit_officer)


def drawn(people: People, round_: Round, **values: Any) -> Publicity:
    """A draft with everything that is asked for."""
    officer = people.unit_officer
    with_outside = values.pop("with_outside", False)
    with walls.enter(officer):
        row = publicity.draw(round_, with_outside=with_outside, actor=officer)
        said = {name: getattr(row, name) for name in publicity.FIELDS} | {"phone": "027-87000000"} | values
        return publicity.edit(row, said, version=row.version, actor=officer)


def published(people: People, round_: Round, **values: Any) -> Publicity:
    """One that is public, from now unless it says otherwise."""
    row = drawn(people, round_, **values)
    with walls.enter(people.unit_head):
        return publicity.publish(row, actor=people.unit_head)


def fresh(row: Publicity) -> Publicity:
    """The row as it stands."""
    with walls.system("test"):
        return Publicity.objects.select_related("round__unit", "unit").get(pk=row.pk)


def over(row: Publicity) -> datetime:
    """An instant after its last."""
    assert row.until
    return row.until + DAY


def said(row: Publicity, **changes: Any) -> Said:
    """What an objector says."""
    asked = {"about": row.rows[0]["factory"], "name": "孙知秋", "phone": "13900001111", "facts": FACTS} | changes
    return Said(**asked)


def lodged(row: Publicity, *, evidence: bool = False, **changes: Any) -> tuple[Objection, str]:
    """An objection by a visitor, and its code."""
    files = [(io.BytesIO(PDF), "证明.pdf")] if evidence else []
    with walls.enter(Actor()):
        return objections.lodge(fresh(row), said(row, **changes), files)


def handled(row: Objection, by: Actor) -> Objection:
    """One that was taken up."""
    with walls.enter(by):
        found = Objection.objects.select_related("publicity__round", "factory").get(pk=row.pk)
        objections.accept(found, due_at=clock.now() + DAY, actor=by)
        return Objection.objects.select_related("publicity__round", "factory").get(pk=row.pk)


def asked(row: Objection, by: Actor, text: str = "请说明数控设备的购置、安装和使用情况。") -> ObjectionNotice:
    """The enterprise is asked about it."""
    with walls.enter(by):
        return objections.ask(row, text=text, due_at=clock.now() + DAY, actor=by)


# -- the matrix --------------------------------------------------------------------------------------------------------
KINDS = frozenset({"publicity", "objection", "dispatch"})


def of_kind(kind: str, state: str, row: Application, by: User) -> Any:
    """One of these in a state, whatever led there; the caller stands behind all walls."""
    now = clock.now()
    if kind == "dispatch":
        listed = {"ref": "X-1", "issued": 1, "sent_at": now, "sent_by": by, "round": row.round, "unit_id": row.unit_id}
        issue = UnitIssue.objects.create(
            unit_list=UnitList.objects.create(**listed), version=1, document={}, digest="d", at=now, by=by,
            unit_id=row.unit_id,
        )  # fmt: skip
        return Dispatch.objects.create(
            ref="X-1-1", unit_id=row.unit_id, round=row.round, issue=issue, version=1, state=state, document={},
            digest="d", sent_at=now, sent_by=by, due_at=now,
        )  # fmt: skip
    public = Publicity.objects.create(
        ref=f"GS-{kind[:6]}{state[:6]}"[:16], unit_id=row.unit_id, round=row.round, title="公示", basis="依据", rows=[],
        state=state if kind == "publicity" else "draft", begins_at=now + 999 * DAY,
        until=now + 1000 * DAY, workdays=1, document={},
        digest="d", saved_at=now, saved_by=by, published_at=now, published_by=by,
        withdrawn_at=now, reason="理由",
    )  # fmt: skip
    if kind == "publicity":
        return public
    return Objection.objects.create(
        ref="YY-1", secret="s", unit_id=row.unit_id, publicity=public, factory=row.factory, about="某", name="某某",
        phone="1", facts="某事", lodged_at=now, state=state, reason="理由", finding="结论", decided_at=now,
        decided_by=by,
    )  # fmt: skip


# -- sent up -----------------------------------------------------------------------------------------------------------
def line_of(row: Candidate, position: int | None, *, outside: bool = False) -> dict[str, Any]:
    """An entry of a unit's list, as its issue freezes it."""
    return {
        "position": position, "ref": row.application.ref, "number": row.number, "version": row.version,
        "digest": row.digest, "project": row.project, "name": row.name, "code": row.code, "industry": row.industry,
        "city": "武汉市", "factory": row.application.factory.ref, "score": "88.50", "outside_quota": outside,
    }  # fmt: skip


def issued(people: People, round_: Round, *, by: Actor | None = None) -> UnitIssue:
    """The unit's list as it was signed, made by hand from the recommendations as they are."""
    with walls.system("test"):
        signer = (by or people.unit_head).person
        row, _ = UnitList.objects.get_or_create(
            round=round_, defaults={"ref": f"{round_.ref}-L", "unit_id": round_.unit_id, "sent_by": signer}
        )
        number = row.issues.count() + 1
        candidates = {
            c.application.factory_id: c
            for c in Candidate.objects.filter(round=round_).select_related("application__factory")
        }
        places = list(Recommendation.objects.filter(round=round_).order_by("pk"))
        inside = [candidates[p.factory_id] for p in places if not p.outside_quota]
        outside = [candidates[p.factory_id] for p in places if p.outside_quota]
        lines = [line_of(c, n) for n, c in enumerate(inside, start=1)]
        lines += [line_of(c, None, outside=True) for c in outside]
        document = {"entries": lines, "number": "鄂经信函〔2024〕9号", "on": "2024-11-28"}
        state = {"state": "signing", "issued": number, "sent_at": clock.now(), "sent_by": signer}
        if row.state == "sent":
            UnitList.objects.filter(pk=row.pk).update(state="returned")
        UnitList.objects.filter(pk=row.pk).update(**state)
        UnitIssue.objects.create(
            unit_list=row, unit_id=round_.unit_id, version=number, document=document, digest="a" * 64, at=clock.now(),
            by=signer,
        )  # fmt: skip
        UnitList.objects.filter(pk=row.pk).update(state="sent")
        return UnitIssue.objects.select_related("unit_list__round__unit").get(unit_list=row, version=number)


def sent(people: People, round_: Round, *, by: Actor | None = None) -> Dispatch:
    """What the unit's head sends up."""
    head = by or people.unit_head
    issue = issued(people, round_, by=head)
    with walls.enter(head):
        return dispatches.send(issue.unit_list, issue, actor=head)


def received(people: People, round_: Round, **kwargs: Any) -> Dispatch:
    """The same, received."""
    row = sent(people, round_, **kwargs)
    with walls.enter(people.ministry):
        return dispatches.receive(row, actor=people.ministry)


def results_of(row: Dispatch, *refused: int, document: str = "工信厅联通装函〔2025〕1号") -> list[Decision]:
    """Everything in it is recognised but what stands at these places."""
    today = clock.beijing(clock.now()).date()
    return [
        Decision(
            line["ref"], Result.NOT_RECOGNISED if place in refused else Result.RECOGNISED, document, today, ""
        )
        for place, line in enumerate(entries(row), start=1)
    ]  # fmt: skip


# -- the demo --------------------------------------------------------------------------------------------------------
def demo_people() -> Any:
    """People of the demo under the names by which these helpers call them."""
    with walls.system("test"):
        rows = Enterprise.objects.select_related("unit", "city__region", "region", "industry").filter(unit__code="HB")
        here, there = rows.get(name__contains="星桥"), rows.get(name__contains="峡江")
    accounts = {
        "unit_officer": "jingban", "unit_head": "fuze", "ministry": "buji", "enterprise_admin_a": "qiye",
        "enterprise_clerk_a": "tianbao",
    }  # fmt: skip
    actors = {name: somebody(account) for name, account in accounts.items()}
    return SimpleNamespace(enterprise_a=here, enterprise_b=there, **actors)


def results_to_see() -> dict[str, Any]:
    """A publicity with objections, a draft of one, what the ministry received and what it decided, for addresses."""
    people = demo_people()
    shown = published(people, judged(people, batch=51))
    taken, waiting = handled(lodged(shown)[0], people.unit_officer), lodged(shown)[0]
    notice = asked(taken, people.unit_officer)
    draft = drawn(people, judged(people, batch=52, count=1))
    sent_ = received(people, judged(people, batch=53, count=1, days=0))
    own = judged(people, batch=54, count=1, days=0, programme="2024-advanced-HB")
    with walls.enter(people.ministry):
        upload = outcomes.upload(
            next(one for one in batches() if one.number == 53), xlsx(outcome_lines.HEADINGS, outcome_lines.EXAMPLE),
            "结果.xlsx", actor=people.ministry,
        )  # fmt: skip
    return {
        "publicity": shown.ref, "publicity_draft": draft.ref,
        "objection": taken.ref, "objection_new": waiting.ref, "objection_notice": notice.ref, "dispatch": sent_.ref,
        "batch": upload.about, "outcome_upload": upload.ref, "own_round": own.ref,
    }  # fmt: skip
