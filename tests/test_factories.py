"""Factories: opened and amended by their enterprise, found by officials, searched by any of their names."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from portal import clock, walls
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Industry, Region
from portal.services.enterprises import amend
from portal.views.page import BoundedPaginator, paged_at_most
from tests import factories
from tests.factories import People
from tiers.models import Factory
from tiers.selectors.factories import factories as listed
from tiers.services import factories as services

pytestmark = pytest.mark.django_db


def _facts(**changes: Any) -> dict[str, Any]:
    return {
        "name": "一号工厂",
        "region": Region.objects.get(code="420600"),
        "address": "工厂路1号",
        "industry": Industry.objects.get(code="C34"),
        "industry_class": "341",
        "started_on": date(2018, 5, 1),
    } | changes


def _typed(**changes: Any) -> dict[str, Any]:
    return {
        "name": "一号工厂", "region": "420600", "address": "工厂路1号", "industry": "C34", "industry_class": "341",
        "started_on": "2018-05-01",
    } | changes  # fmt: skip


def test_factory_belongs_to_its_enterprises_city_wherever_it_stands(people: People) -> None:
    clerk = people.enterprise_clerk_a
    with walls.enter(clerk):
        factory = services.open_factory(_facts(), actor=clerk)
    assert (factory.city, factory.region_id) == (people.enterprise_a.city, "420600")
    with walls.enter(people.city_reviewer_a):
        assert listed(people.city_reviewer_a).filter(pk=factory.pk).exists()


def test_two_factories_of_an_enterprise_have_different_names(people: People) -> None:
    clerk = people.enterprise_clerk_a
    with walls.enter(clerk):
        first = services.open_factory(_facts(), actor=clerk)
        with pytest.raises(Refused, match="已有名为“一号工厂”的工厂"):
            services.open_factory(_facts(), actor=clerk)
        other = services.open_factory(_facts(name="二号工厂"), actor=clerk)
        with pytest.raises(Refused, match="已有名为"):
            services.amend_factory(other, {"name": "一号工厂"}, actor=clerk)
        assert Factory.objects.filter(enterprise=people.enterprise_a, name=first.name).count() == 1


def test_only_the_enterprises_people_open_and_amend(people: People) -> None:
    factory = factories.factory(people.enterprise_a)
    for name in ("city_head_a", "unit_head", "ministry", "system_admin", "newcomer"):
        actor = people.actors()[name]
        with walls.enter(actor):
            with pytest.raises(Denied):
                services.open_factory(_facts(), actor=actor)
            with pytest.raises(Denied):
                services.amend_factory(factory, {"name": "夺取"}, actor=actor)
    with walls.enter(people.enterprise_admin_b), pytest.raises(Denied):
        services.amend_factory(factory, {"name": "夺取"}, actor=people.enterprise_admin_b)


def test_amendment_is_on_record_with_before_and_after_and_tiers_are_not_for_hand(people: People) -> None:
    factory, clerk = factories.factory(people.enterprise_a, name="旧名"), people.enterprise_clerk_a
    with walls.enter(clerk):
        services.amend_factory(factory, {"name": "新名"}, actor=clerk)
        with pytest.raises(Refused, match="没有变化"):
            services.amend_factory(factory, {"name": "新名"}, actor=clerk)
        with pytest.raises(Denied):
            services.amend_factory(factory, {"held_tier": "leading"}, actor=clerk)
    with walls.enter(people.auditor):
        event = AuditEvent.objects.get(verb="factory.amend")
    assert (event.data["before"], event.data["after"]) == ({"name": "旧名"}, {"name": "新名"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"industry_class": "261"}, "中类代码应属于所选大类"),
        ({"industry_class": "34"}, "三位中类代码"),
        ({"started_on": "昨天"}, "日期"),
        ({"name": ""}, "必填"),
        ({"region": "999999"}, "不在可选范围内"),
    ],
)
def test_what_is_mistyped_is_said_at_the_field_and_stays(
    changes: dict[str, str], says: str, people: People, client_as: Callable[..., Client]
) -> None:
    answer = client_as(people.enterprise_clerk_a).post(reverse("factory_new"), _typed(**changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "工厂路1号" in answer.content.decode()
    with walls.enter(people.enterprise_clerk_a):
        assert not Factory.objects.exists()


def test_factory_that_has_not_begun_to_produce_is_refused(people: People, client_as: Callable[..., Client]) -> None:
    tomorrow = clock.beijing(clock.now()).date() + timedelta(days=1)
    answer = client_as(people.enterprise_clerk_a).post(reverse("factory_new"), _typed(started_on=tomorrow.isoformat()))
    assert "投产时间不能晚于今天" in answer.content.decode()


def test_hidden_fields_that_were_added_change_nothing(people: People, client_as: Callable[..., Client]) -> None:
    typed = _typed(held_tier="leading", reached_tier="leading", enterprise=people.enterprise_b.pk, ref="GC-HACKED11")
    client_as(people.enterprise_clerk_a).post(reverse("factory_new"), typed)
    with walls.enter(people.enterprise_clerk_a):
        made = Factory.objects.get()
    assert (made.held_tier, made.reached_tier, made.enterprise_id) == ("", "", people.enterprise_a.pk)
    assert made.ref != "GC-HACKED11"


def test_list_is_filtered_by_city_industry_and_tiers_and_searched(people: People) -> None:
    a = factories.factory(people.enterprise_a, name="精密ABC车间", held_tier="advanced", reached_tier="excellent")
    b = factories.factory(people.enterprise_b, name="化工厂区", reached_tier="basic")
    head = people.unit_head
    with walls.enter(head):
        found = {
            query: set(listed(head, **wanted))
            for query, wanted in {
                "all": {},
                "city": {"city": "420500"},
                "industry": {"industry": "C34"},
                "held": {"held": "advanced"},
                "reached": {"reached": "basic"},
                "name": {"search": "abc"},
                "enterprise": {"search": "乙企业"},
                "code": {"search": people.enterprise_a.code[:12].lower()},
                "both": {"search": "厂", "reached": "excellent"},
                "wild": {"search": "%"},
                "none": {"search": "没有这样的"},
            }.items()
        }
    assert found == {
        "all": {a, b}, "city": {b}, "industry": {a, b}, "held": {a}, "reached": {b}, "name": {a}, "enterprise": {b},
        "code": {a}, "both": set(), "wild": set(), "none": set(),
    }  # fmt: skip


def test_corrected_name_of_an_enterprise_is_found_at_once(people: People) -> None:
    factory, head = factories.factory(people.enterprise_a), people.city_head_a
    with walls.enter(head):
        amend(people.enterprise_a, {"name": "更名后的企业"}, actor=head)
        assert listed(head, search="更名后").get() == factory
        assert not listed(head, search="甲企业").exists()


def test_long_list_says_that_there_is_more_and_reaches_every_page(people: People) -> None:
    for number in range(7):
        factories.factory(people.enterprise_a, name=f"厂{number}")
    head = people.city_head_a
    with walls.enter(head):
        rows = listed(head)
        pages = {n: paged_at_most(RequestFactory().get("/", {"page": n}), rows, size=2) for n in ("1", "4", "99", "x")}
        assert [factory.name for factory in pages["1"]] == ["厂0", "厂1"]
        assert [factory.name for factory in pages["4"]] == ["厂6"]
        assert [factory.name for factory in pages["99"]] == ["厂6"]
        assert pages["x"].number == 1
        assert (pages["1"].paginator.count, pages["1"].paginator.is_bounded) == (7, False)
        short = BoundedPaginator(rows, 2, 1)
        short._most = 4
        assert (short.count, short.num_pages, short.is_bounded) == (4, 2, True)


def test_official_sees_how_a_factory_stands_but_not_its_answers(
    people: People, client_as: Callable[..., Client]
) -> None:
    factory = factories.factory(people.enterprise_a)
    row = factories.assessment(factory, people.enterprise_clerk_a, rank=1)
    for name in ("city_reviewer_a", "unit_head"):
        page = client_as(people.actors()[name]).get(reverse("factory", args=[factory.ref])).content.decode()
        assert "基础级" in page
        assert "自评达到" in page
        assert row.ref not in page
        assert "新建自评" not in page
