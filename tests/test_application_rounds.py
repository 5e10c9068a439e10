"""The same machinery in other rounds: 先进级, 领航级, a central group's own round without cities."""

from typing import Any

import pytest

from applications.models import Application
from applications.selectors.papers import check, paper
from applications.services import course
from applications.services.course import Item
from applications.states import ApplicationState
from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from tests import applications as made
from tests import factories, rounds
from tests.factories import People
from tests.rounds import DAY
from tiers.models import Round
from tiers.services import rounds as round_services

pytestmark = pytest.mark.django_db


def _open(officer: Actor, head: Actor, programme: str, *, batch: int = 1, **changes: Any) -> Round:
    """A round of that programme that opened a week ago."""
    opened = clock.beijing(clock.now()).date() - 7 * DAY
    row = rounds.draft(officer, programme, opens_on=opened, year=opened.year, batch=batch)
    with walls.system("test"):
        if changes:
            Round.objects.filter(pk=row.pk).update(**changes)
    with walls.enter(head):
        round_services.publish(rounds.fresh(row), actor=head, at=clock.now() - 8 * DAY)
    rounds.put_in_state(row, "accepting")
    return rounds.fresh(row)


def test_a_group_reviews_its_own_enterprises_without_a_city(people: People) -> None:
    round_ = _open(people.group_officer, people.group_head, "2024-excellent-group")
    admin, factory = people.enterprise_admin_group, factories.factory(people.enterprise_group)
    factories.assessment(factory, admin, year=2024, aim="excellent", rank=3)
    row = made.filled(people, by=admin, round_=round_, factory=factory)
    found = made.submit(row, admin)
    assert found.number == f"TESTG-{round_.year}-E-0001"
    assert found.document["enterprise"]["city"] == ""
    items = [Item("factory", "investment", "请核对")]
    with walls.enter(people.group_officer):
        course.return_for_correction(row, items=items, until=round_.unit_until, actor=people.group_officer)
    with walls.system("test"), pytest.raises(Denied):
        course.return_for_correction(row, items=items, until=round_.unit_until, actor=people.unit_officer)
    assert made.fresh(row).state == ApplicationState.RETURNED


def test_a_round_of_the_advanced_tier_has_its_own_rules(people: People) -> None:
    round_ = _open(people.unit_officer, people.unit_head, "2024-advanced-HB")
    factory = factories.factory(people.enterprise_a)
    factories.assessment(factory, people.enterprise_clerk_a, year=2024, aim="advanced", rank=2)
    row = made.filled(people, round_=round_, factory=factory)
    assert made.submit(row, people.enterprise_admin_a).number == f"HB-{round_.year}-A-0001"


def _without(row: Application, people: People, areas: set[str]) -> list[str]:
    """What blocks when the scenarios of these 环节 of the guide are gone."""
    with walls.system("test"):
        answers = row.sections.get(key="scenarios").answers
    gone = {key: None for key, cells in answers.items() if key.startswith("scenarios[") and cells["area"] in areas}
    assert gone
    made.save(row, "scenarios", gone, people.enterprise_clerk_a)
    with walls.enter(people.enterprise_clerk_a):
        return [finding.sentence for finding in check(paper(made.fresh(row)), clock.now()).blocking]


def test_the_leading_tier_is_stopped_without_all_five_and_the_excellent_explains(people: People) -> None:
    design = {"产品设计", "工艺设计"}
    excellent = made.filled(people)
    blocked = _without(excellent, people, design)
    assert len(blocked) == 1, "until it says why"
    made.save(excellent, "scenarios", {"coverage_reason": "研发设计由集团研究院统一承担。"}, people.enterprise_clerk_a)
    made.submit(excellent, people.enterprise_admin_a)
    round_ = _open(people.unit_officer, people.unit_head, "2024-excellent-HB", batch=2, tier="leading")
    leading = made.filled(people, round_=round_, factory=made.eligible_factory(people))
    assert "coverage_reason" not in made.form_fields(leading, "scenarios")
    assert _without(leading, people, design)
    with pytest.raises(Refused, match="检查发现"):
        made.submit(leading, people.enterprise_admin_a)
