"""Making rounds: drafts from programmes and from earlier rounds, publication, and who sees what."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal import walls
from portal.actors import Place
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from tests import rounds as given
from tests.factories import People
from tests.rounds import CITY_UNTIL, DAY, ENTERPRISE_UNTIL, OPENS, UNIT_UNTIL, at
from tiers.models import Round
from tiers.selectors import rounds as selectors
from tiers.services import rounds as services
from tiers.states import RoundState as S

pytestmark = pytest.mark.django_db


def _verbs() -> list[str]:
    with walls.stand(Place(office="auditor")):
        return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def _basics(round_: Round, **changes: Any) -> dict[str, Any]:
    return {name: getattr(round_, name) for name in services.BASICS} | changes


# -- drafts
def test_hubei_2024_is_made_as_shipped(people: People) -> None:
    made = given.draft(people.unit_officer)
    assert (made.ref, made.name) == ("HB-2024-E-1", "湖北省2024年度卓越级智能工厂申报")
    assert (made.state, made.quota, made.edition.code) == (S.DRAFT, 20, "2024")
    assert (made.opens_at, made.enterprise_until) == (OPENS, ENTERPRISE_UNTIL)
    assert (made.city_until, made.unit_until) == (CITY_UNTIL, UNIT_UNTIL)
    assert len(given.fresh(made).value.rules) == 17
    assert "round.add" in _verbs()


def test_a_group_and_another_province_have_no_date_for_cities(people: People) -> None:
    group = given.draft(people.group_officer, "2024-excellent-group")
    hunan = given.draft(people.unit_head_hunan, "2024-excellent")
    assert (group.city_until, group.quota) == (None, 5)
    assert (hunan.city_until, hunan.quota) == (None, 20)


def test_a_unit_with_cities_gets_a_date_for_them_whatever_the_programme(people: People) -> None:
    made = given.draft(people.unit_officer, "2024-excellent")
    assert made.city_until == made.unit_until


def test_each_unit_is_offered_its_own_programmes(people: People) -> None:
    offered = {}
    for name in ("unit_officer", "unit_head_hunan", "group_officer"):
        actor = people.actors()[name]
        with walls.enter(actor):
            offered[name] = [p.code for p in selectors.programmes_for(actor.membership.unit)]
    assert offered == {
        "unit_officer": ["2024-excellent-HB", "2024-advanced-HB"],
        "unit_head_hunan": ["2024-excellent"],
        "group_officer": ["2024-excellent-group"],
    }


def test_the_same_round_twice_is_refused_and_another_batch_is_not(people: People) -> None:
    given.draft(people.unit_officer)
    with pytest.raises(Refused, match="已存在"):
        given.draft(people.unit_officer)
    assert given.draft(people.unit_officer, batch=2).name.endswith("（第2批）")


@pytest.mark.parametrize("who", ["unit_joint", "city_head_a", "enterprise_admin_a", "ministry", "system_admin"])
def test_only_a_units_lead_office_makes_rounds(people: People, who: str) -> None:
    made, actor = given.draft(people.unit_officer), people.actors()[who]
    with walls.enter(actor), pytest.raises((Denied, Refused)):
        services.edit_basics(made, _basics(made), version=1, actor=actor)
    with walls.system("test"), pytest.raises(Denied):
        services.clone(made, edition=made.edition, year=2025, batch=1, opens_on=date(2025, 11, 7), actor=actor)
    with walls.system("test"), pytest.raises(Denied):
        services.discard(made, actor=actor)


def test_another_unit_can_not_touch_it(people: People) -> None:
    made = given.draft(people.unit_officer)
    for act in (
        lambda: services.edit_basics(made, _basics(made), version=1, actor=people.unit_head_hunan),
        lambda: services.edit_terms(made, {"limit": []}, version=1, actor=people.unit_head_hunan),
        lambda: services.publish(made, actor=people.unit_head_hunan, at=OPENS - DAY),
    ):
        with walls.system("test"), pytest.raises(Denied):
            act()


def test_clone_shifts_every_date_by_as_many_days_and_keeps_the_rest(people: People) -> None:
    source = given.published(people)
    with walls.enter(people.unit_officer):
        made = services.clone(
            source, edition=source.edition, year=2026, batch=1, opens_on=date(2026, 11, 9), actor=people.unit_officer
        )
    shift = timedelta(days=732)
    assert made.ref == "HB-2026-E-1"
    assert (made.opens_at, made.enterprise_until) == (OPENS + shift, ENTERPRISE_UNTIL + shift)
    assert (made.city_until, made.unit_until) == (CITY_UNTIL + shift, UNIT_UNTIL + shift)
    assert given.fresh(made).enterprise_until == at("2026-11-24 23:59:59")
    assert (made.terms, made.quota, made.based_on, made.state) == (source.terms, 20, source, S.DRAFT)


def test_draft_may_be_half_done_and_is_published_whole(people: People) -> None:
    made = given.draft(people.unit_officer)
    rows = made.terms["criterion"]
    with walls.enter(people.unit_officer):
        services.edit_terms(made, {"criterion": rows[:3], "column": []}, version=1, actor=people.unit_officer)
    with walls.enter(people.unit_head), pytest.raises(Refused) as refused:
        services.publish(made, actor=people.unit_head, at=OPENS - DAY)
    assert "评分表各项权重之和应为100，现为70，请调整。" in str(refused.value)
    assert "尚未确定推荐汇总表的栏目。" in str(refused.value)
    with walls.enter(people.unit_officer):
        fixed = {"criterion": rows, "column": made.terms["column"]}
        services.edit_terms(made, fixed, version=2, actor=people.unit_officer)
    with walls.enter(people.unit_head):
        assert services.publish(made, actor=people.unit_head, at=OPENS - DAY).state == S.PUBLISHED


def test_two_officers_do_not_overwrite_each_other(people: People) -> None:
    made = given.draft(people.unit_officer)
    with walls.enter(people.unit_officer):
        services.edit_basics(made, _basics(made, quota=18), version=1, actor=people.unit_officer)
    with walls.enter(people.unit_head), pytest.raises(Refused, match="刚被他人修改"):
        services.edit_basics(made, _basics(made, quota=19), version=1, actor=people.unit_head)
    assert given.fresh(made).quota == 18


def test_windows_out_of_order_and_bad_terms_are_refused_in_sentences(people: People) -> None:
    made = given.draft(people.unit_officer)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match=r"“审核推荐截止”.*不能早于“市州报送截止”"):
            services.edit_basics(made, _basics(made, unit_until=OPENS + DAY), version=1, actor=people.unit_officer)
        with pytest.raises(Refused, match="须填写市州报送截止时间"):
            services.edit_basics(made, _basics(made, city_until=None), version=1, actor=people.unit_officer)
        twice = [made.terms["limit"][0]] * 2
        with pytest.raises(Refused, match="编号重复"):
            services.edit_terms(made, {"limit": twice}, version=1, actor=people.unit_officer)


def test_after_publication_the_terms_stay(people: People) -> None:
    made = given.published(people)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="已发布"):
            services.edit_terms(made, {"limit": []}, version=1, actor=people.unit_officer)
        with pytest.raises(Refused, match="草稿可以删除"):
            services.discard(made, actor=people.unit_officer)


def test_retracted_before_opening_it_can_be_mended(people: People) -> None:
    made = given.draft(people.unit_officer, opens_on=date(2099, 1, 5), year=2099)
    with walls.enter(people.unit_head):
        services.publish(made, actor=people.unit_head)
        assert services.retract(made, actor=people.unit_head).state == S.DRAFT
        services.edit_terms(made, {"limit": []}, version=1, actor=people.unit_head)
        services.discard(made, actor=people.unit_head)
        assert not Round.objects.filter(pk=made.pk).exists()
    assert _verbs()[-1] == "round.discard"


# -- who sees what
def test_drafts_are_the_lead_offices_own_and_published_rounds_the_whole_units(people: People) -> None:
    draft, public = given.draft(people.unit_officer, batch=2), given.published(people)
    everybody = {
        "enterprise_admin_a", "enterprise_clerk_a", "enterprise_admin_b", "city_reviewer_a", "city_head_a",
        "city_joint_a", "city_reviewer_b", "city_head_b", "unit_officer", "unit_head", "unit_joint",
    }  # fmt: skip
    for name, actor in people.actors().items():
        with walls.enter(actor):
            seen = {row.ref for row in selectors.rounds(actor)}
            for row in (draft, public):
                try:
                    assert selectors.round_for(actor, row.ref) == row
                except Hidden:
                    assert row.ref not in seen
                else:
                    assert row.ref in seen
        wanted = ({public.ref} if name in everybody else set()) | (
            {draft.ref} if name in {"unit_officer", "unit_head"} else set()
        )
        assert seen == wanted, name


def test_the_wall_hides_drafts_from_everybody_outside_the_unit(people: People) -> None:
    given.draft(people.unit_officer)
    for name in ("city_head_a", "enterprise_admin_a", "unit_head_hunan", "expert", "newcomer"):
        with walls.enter(people.actors()[name]):
            assert not Round.objects.exists(), name
    with walls.enter(people.unit_joint):
        assert Round.objects.exists()
