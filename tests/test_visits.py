"""Visits on site: a team without ties, a checklist out of the book, findings by those who went, one conclusion."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection

from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused, Stale
from portal.models import Notice
from review.models import Candidate, SiteVisit, TieKind
from review.selectors import visits as selectors
from review.services import sheets
from review.services import visits as services
from review.services.visits import Planning
from tests import judging, seals
from tests.factories import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(people: People) -> Candidate:
    (row,) = judging.candidates(people, 1)
    return judging.fresh(row)


def planned(people: People, candidate: Candidate, *team: Any, **more: Any) -> SiteVisit:
    at = more.pop("planned_at", clock.now() + timedelta(hours=2))
    with walls.enter(people.unit_officer):
        return services.plan(judging.fresh(candidate), Planning(at, "厂区", team, **more), actor=people.unit_officer)


def everything(row: SiteVisit, **changes: Any) -> dict[str, Any]:
    lines = {line["key"]: {"finding": "met", "note": ""} for line in row.checklist}
    return {"lines": lines, "conclusion": "passed", "opinion": "与申报一致。"} | changes


def test_the_checklist_comes_from_the_book(people: People, candidate: Candidate) -> None:
    with walls.enter(people.unit_officer):
        choices = selectors.indicator_choices(candidate)
    row = planned(people, candidate, people.unit_officer.person, indicators=(choices[0][0],))
    kinds = [line["kind"] for line in row.checklist]
    document = candidate.application
    with walls.system("test"):
        said = document.submissions.get(version=1).document["sections"]["scenarios"]
    assert kinds.count("场景") == sum(key.startswith("scenarios[") for key in said)
    assert kinds.count("指标") == 1
    assert choices[0][1] in row.checklist[-1]["text"]


def test_team_and_applicant_are_told(people: People, candidate: Candidate) -> None:
    who, member = judging.expert(people)
    planned(people, candidate, member)
    for actor in (who, people.enterprise_admin_a):
        with walls.enter(actor):
            assert Notice.objects.filter(user=actor.user, text__contains="现场核查").count() == 1


def test_whoever_is_tied_does_not_go(people: People, candidate: Candidate) -> None:
    _, tied = judging.expert(people, employer=candidate.name, name="钱某")
    with pytest.raises(Refused, match="钱某须回避"):
        planned(people, candidate, tied)
    who, member = judging.expert(people, name="孙某")
    judging.scoring(people, [(who, member)], [candidate])
    with walls.enter(who):
        sheets.recuse(judging.sheet_of(who, candidate), tie=TieKind.OTHER, reason="曾任顾问", actor=who)
    with pytest.raises(Refused, match="孙某已声明回避"):
        planned(people, candidate, member)
    with pytest.raises(Refused, match="请选择核查组成员"):
        planned(people, candidate)
    with pytest.raises(Refused, match="晚于现在"):
        planned(people, candidate, people.unit_head.person, planned_at=clock.now() - timedelta(minutes=1))


def test_the_team_records_and_concludes_once(people: People, candidate: Candidate) -> None:
    who, member = judging.expert(people)
    row = planned(people, candidate, member)
    with walls.enter(who):
        seen = selectors.visit_for(who, row.ref)
        with pytest.raises(Refused) as refused:
            services.record(seen, {}, edition=0, finish=True, actor=who)
        assert "请选择核查结论。" in refused.value.reasons
        partly = everything(row)
        partly["lines"][row.checklist[0]["key"]] = {"finding": "partly", "note": ""}
        with pytest.raises(Refused, match="请说明情况"):
            services.record(seen, partly, edition=0, finish=True, actor=who)
        services.record(seen, everything(row), edition=0, finish=False, actor=who)
        with pytest.raises(Stale):
            services.record(seen, everything(row), edition=0, finish=False, actor=who)
        services.record(seen, everything(row, conclusion="to_mend"), edition=1, finish=True, actor=who)
        with pytest.raises(Refused, match="不能再修改"):
            services.record(seen, everything(row), edition=2, finish=False, actor=who)
    with walls.enter(people.unit_officer):
        assert selectors.conclusions(candidate.round) == {candidate.pk: "to_mend"}


def test_the_last_conclusion_counts(people: People, candidate: Candidate) -> None:
    officer = people.unit_officer
    for conclusion in ("failed", "passed"):
        row = planned(people, candidate, officer.person)
        with walls.enter(officer):
            services.record(row, everything(row, conclusion=conclusion), edition=0, finish=True, actor=officer)
    with walls.enter(officer):
        assert selectors.conclusions(candidate.round) == {candidate.pk: "passed"}


def test_a_visit_is_its_units_and_its_teams(people: People, candidate: Candidate) -> None:
    who, member = judging.expert(people)
    row = planned(people, candidate, member)
    stranger, _ = judging.expert(people)

    def seen(actor: Actor) -> int:
        with walls.enter(actor), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM review_sitevisit")
            return int(cursor.fetchone()[0])

    assert seen(who) == seen(people.unit_head) == 1
    for name in ("unit_head_hunan", "city_head_a", "enterprise_admin_a", "ministry", "expert"):
        assert seen(people.actors()[name]) == 0, name
    with walls.enter(stranger), pytest.raises(Hidden):
        selectors.visit_for(stranger, row.ref)
    with walls.enter(stranger), pytest.raises(Denied):
        services.record(row, {}, edition=0, finish=False, actor=stranger)


def test_photographs_are_made_anew_and_go_with_the_record(people: People, candidate: Candidate) -> None:
    who, member = judging.expert(people)
    row = planned(people, candidate, member)
    with walls.enter(who):
        photo = services.add_photo(row, BytesIO(seals.picture()), "a.png", caption="产线", actor=who)
        assert selectors.photo_for(row, photo.pk).field == "产线"
        with pytest.raises(Refused, match="相同"):
            services.add_photo(row, BytesIO(seals.picture()), "b.png", caption="", actor=who)
        with pytest.raises(Refused, match="不是可接受的文件"):
            services.add_photo(row, BytesIO(b"%PDF-1.7 x"), "c.pdf", caption="", actor=who)
        services.strike_photo(row, photo, actor=who)
        assert not selectors.photos_of(row)
    with walls.enter(people.unit_officer):
        services.cancel(row, reason="改期", actor=people.unit_officer)
    with walls.enter(who), pytest.raises(Refused, match="已取消"):
        services.add_photo(row, BytesIO(seals.picture()), "d.png", caption="", actor=who)
