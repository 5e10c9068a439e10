"""基础级备案: filed when it holds, frozen as it stood, confirmed or returned by the right city, once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused
from portal.models import Mail
from portal.workflow import available, move
from tests import factories
from tests.factories import People
from tiers.models import Factory, Filing, Recognition, SelfAssessment
from tiers.selectors.filings import filing_for, filings, shown, waiting_for
from tiers.services import assessments
from tiers.services import filings as services
from tiers.states import FilingState
from tiers.transitions import FILING

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(people: People) -> SelfAssessment:
    factory = factories.factory(people.enterprise_a, name="甲工厂")
    return factories.assessment(factory, people.enterprise_clerk_a, aim="basic", rank=1)


def _file(row: SelfAssessment, actor: Actor) -> Filing:
    with walls.enter(actor):
        return services.file(row, is_true=True, actor=actor)


@pytest.fixture
def filing(row: SelfAssessment, people: People) -> Filing:
    return _file(row, people.enterprise_clerk_a)


def test_factory_that_lacks_something_is_not_filed_and_every_reason_is_told(people: People) -> None:
    row = factories.assessment(factories.factory(people.enterprise_a), people.enterprise_clerk_a, aim="basic")
    with pytest.raises(Refused) as refused:
        _file(row, people.enterprise_clerk_a)
    assert len(refused.value.reasons) > 8
    assert any("附件2 二（一）3" in reason for reason in refused.value.reasons)


def test_filing_needs_the_promise_and_the_enterprises_own_people(row: SelfAssessment, people: People) -> None:
    with walls.enter(people.enterprise_clerk_a), pytest.raises(Refused, match="真实性承诺"):
        services.file(row, is_true=False, actor=people.enterprise_clerk_a)
    for name in ("enterprise_admin_b", "city_head_a", "unit_head"):
        with walls.enter(people.actors()[name]), pytest.raises(Denied):
            services.file(row, is_true=True, actor=people.actors()[name])


def test_what_was_filed_stays_as_it_stood(row: SelfAssessment, filing: Filing, people: People) -> None:
    clerk = people.enterprise_clerk_a
    assert services.digest_of(filing.document) == filing.digest
    with walls.enter(clerk):
        section = row.sections.get(key="operation")
        assessments.save(row, "operation", {"basic.operation.1.grade": "0"}, version=section.version, actor=clerk)
        kept = Filing.objects.get(pk=filing.pk)
    assert kept.document["sections"]["operation"]["basic.operation.1.grade"] != "0"
    assert services.digest_of(kept.document) == filing.digest
    text = str(shown(kept))
    assert "全部满足" in text
    assert "规模以上" in text


def test_second_filing_of_a_year_is_refused_until_the_first_is_returned(
    row: SelfAssessment, filing: Filing, people: People
) -> None:
    with pytest.raises(Refused, match=f"已提交备案（{filing.ref}），状态为“待确认”"):
        _file(row, people.enterprise_clerk_a)
    with walls.enter(people.city_reviewer_a):
        services.send_back(filing, reason="请补充", actor=people.city_reviewer_a)
    again = _file(row, people.enterprise_clerk_a)
    with walls.enter(people.city_head_a):
        services.confirm(again, actor=people.city_head_a)
    with walls.enter(people.enterprise_clerk_a):
        title = Recognition.objects.get(factory=row.factory)
        assert (title.title, title.year, title.source) == ("basic", 2024, "filing")
        assert Factory.objects.get(pk=row.factory_id).held_tier == "basic"
    with pytest.raises(Refused, match="已备案"):
        _file(row, people.enterprise_clerk_a)


def test_city_sees_its_own_filings_and_the_unit_only_decides_where_there_is_no_city(
    filing: Filing, people: People
) -> None:
    sees, decides = set(), set()
    for name, actor in people.actors().items():
        with walls.enter(actor):
            if filings(actor).filter(pk=filing.pk).exists():
                sees.add(name)
            if waiting_for(actor).filter(pk=filing.pk).exists():
                decides.add(name)
            try:
                assert filing_for(actor, filing.ref) == filing
            except Hidden:
                assert name not in sees
    assert sees == {"city_reviewer_a", "city_head_a", "unit_officer", "unit_head"}
    assert decides == {"city_reviewer_a", "city_head_a"}


def test_filing_of_a_central_group_goes_to_the_group(people: People) -> None:
    factory = factories.factory(people.enterprise_group)
    row = factories.assessment(factory, people.enterprise_admin_group, aim="basic", rank=1)
    filing = _file(row, people.enterprise_admin_group)
    with walls.enter(people.group_officer):
        assert waiting_for(people.group_officer).get() == filing
        services.confirm(filing, actor=people.group_officer)


def test_decision_is_mailed_with_its_reason(filing: Filing, people: People) -> None:
    with walls.enter(people.city_reviewer_a):
        services.send_back(filing, reason="缺少自动化作业的说明", actor=people.city_reviewer_a)
    mail = Mail.objects.get(to=people.enterprise_clerk_a.user.email)
    assert "被退回" in mail.subject
    assert "缺少自动化作业的说明" in mail.body
    assert "甲工厂" in mail.body


def test_withdrawn_filing_is_nobodys_to_decide(row: SelfAssessment, filing: Filing, people: People) -> None:
    with walls.enter(people.enterprise_admin_a):
        services.withdraw(filing, actor=people.enterprise_admin_a)
    with walls.enter(people.city_head_a), pytest.raises(Refused, match="已撤回"):
        services.confirm(filing, actor=people.city_head_a)
    assert _file(row, people.enterprise_clerk_a).state == FilingState.FILED


# -- the whole matrix -----------------------------------------------------------------------------------------------
MAY = {
    "confirm": {"city_reviewer_a", "city_head_a"},
    "return": {"city_reviewer_a", "city_head_a"},
    "withdraw": {"enterprise_admin_a", "enterprise_clerk_a"},
}


def _in(state: str, row: SelfAssessment, people: People) -> Any:
    return Filing.objects.create(
        ref=f"BA-{factories.code()[-8:]}", factory=row.factory, assessment=row, year=row.year, state=state, document={},
        digest="x", filed_at=clock.now(), filed_by=people.enterprise_clerk_a.user, unit_id=row.unit_id,
        city_id=row.city_id, enterprise_id=row.enterprise_id,
    )  # fmt: skip


def test_matrix_of_state_action_and_role(row: SelfAssessment, people: People) -> None:
    assert set(MAY) == {t.action for t in FILING.transitions}
    with walls.system("test"):
        for state in FilingState.values:
            for transition in FILING.transitions:
                for name, actor in people.actors().items():
                    with transaction.atomic():
                        obj = _in(state, row, people)
                        offered = transition.action in {t.action for t in available(obj, actor)}
                        allowed = name in MAY[transition.action] and state in transition.sources
                        assert offered == allowed, (state, transition.action, name)
                        if allowed:
                            assert move(obj, transition.action, actor=actor, reason="因").state == transition.target
                        else:
                            with pytest.raises((Denied, Refused)):
                                move(obj, transition.action, actor=actor, reason="因")
                        transaction.set_rollback(True)


def test_database_refuses_every_edge_that_is_not_in_the_table(row: SelfAssessment, people: People) -> None:
    legal = {(str(s), str(t.target)) for t in FILING.transitions for s in t.sources}
    with walls.system("test"):
        for source in FilingState.values:
            for target in set(FilingState.values) - {source}:
                with transaction.atomic():
                    obj = _in(source, row, people)
                    rows = Filing.objects.filter(pk=obj.pk)
                    if (source, target) in legal:
                        assert rows.update(state=target) == 1
                    else:
                        with pytest.raises(DatabaseError), transaction.atomic():
                            rows.update(state=target)
                    transaction.set_rollback(True)


def _seen(client: Any, *address: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(reverse(address[0], args=address[1:])).content.decode()).split())


def test_first_page_tells_an_enterprise_its_next_step(people: People, client_as: Callable[..., Client]) -> None:
    clerk = people.enterprise_clerk_a
    client = client_as(clerk)
    assert "1 项准备工作：登记本企业的工厂" in _seen(client, "home")
    made = factories.factory(people.enterprise_a, name="甲工厂")
    assert "登记本企业的工厂" not in _seen(client, "home")
    assert "1 个工厂尚未开展自评" in _seen(client, "home")
    row = factories.assessment(made, clerk, aim="basic", rank=1)
    assert "尚未开展自评" not in _seen(client, "home")
    filing = _file(row, clerk)
    with walls.enter(people.city_reviewer_a):
        services.send_back(filing, reason="请补充照片。", actor=people.city_reviewer_a)
    assert "1 件基础级备案被退回" in _seen(client, "home")
    assert "被退回" not in _seen(client_as(people.enterprise_admin_b), "home")
    page = _seen(client, "filing", filing.ref)
    assert "修改自评" in page
    assert "修改自评" not in _seen(client_as(people.city_reviewer_a), "filing", filing.ref)
    again = _file(row, clerk)
    assert "被退回" not in _seen(client, "home")
    for address in ("file", "assessment"):
        page = _seen(client, address, row.ref)
        assert "状态为“待确认”" in page, address
        assert again.ref in page, address
    assert "修改自评" not in _seen(client, "filing", filing.ref), "it was filed again"
    assert "真实性负责" not in _seen(client, "file", row.ref)


def test_a_factory_names_its_filings_to_those_who_may_open_them(
    filing: Filing, people: People, client_as: Callable[..., Client]
) -> None:
    page, link = reverse("factory", args=[filing.factory.ref]), reverse("filing", args=[filing.ref])
    allowed = {people.enterprise_admin_a: 200, people.city_reviewer_a: 200, people.unit_officer: 200}
    for actor, status in (allowed | {people.city_joint_a: 404, people.unit_joint: 404}).items():
        assert (link in client_as(actor).get(page).content.decode()) == (status == 200), actor.role
        assert client_as(actor).get(link).status_code == status, actor.role


def test_city_sees_what_does_not_agree_in_a_filing(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    clerk = people.enterprise_clerk_a
    typed = {"numerical_control.part": "１１７", "numerical_control.whole": "150", "numerical_control.value": "82"}
    with walls.enter(clerk):
        version = row.sections.get(key="indicators").version
        assessments.save(row, "indicators", typed, version=version, actor=clerk)
    filing = _file(row, clerk)
    page = _seen(client_as(people.city_reviewer_a), "filing", filing.ref)
    assert "填写的82%与按原始数据计算的78.00%不一致" in page
    assert "１１７" not in page, "digits are read as digits"
