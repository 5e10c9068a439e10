"""The pool of experts: kept by the unit and by each expert, with what ties them; seen by nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from review.forms.experts import BodiesField
from review.models import Expert
from review.selectors import experts as selectors
from review.services import experts
from tests import judging
from tests.factories import People

pytestmark = pytest.mark.django_db
ClientAs = Callable[[Actor], Client]


def said(**changes: Any) -> dict[str, Any]:
    form = {
        "employer": "华中科技大学", "employer_code": "", "title": "教授", "phone": "", "region": "",
        "industries": ["C34", "C39"], "specialities": ["ai"], "most": "30", "is_active": "on",
        "former": "长江云控科技有限公司，2025-03\n东湖数控有限公司", "interests": "", "edition": "0",
    }  # fmt: skip
    return form | changes


def test_the_officer_takes_somebody_into_the_pool(people: People, client_as: ClientAs) -> None:
    client = client_as(people.unit_officer)
    answer = client.post(reverse("expert_add"), said(user=people.expert.person.pk))
    assert answer.status_code == 302
    with walls.enter(people.unit_officer):
        row = Expert.objects.get()
    assert (row.employer, row.most, row.industries) == ("华中科技大学", 30, ["C34", "C39"])
    assert row.former == [{"name": "长江云控科技有限公司", "until": "2025-03"}, {"name": "东湖数控有限公司"}]
    page = client.get(reverse("experts"), {"text": "华中", "industry": "C39", "speciality": "ai", "state": "active"})
    assert row.user.name in page.content.decode()
    assert row.user.name not in client.get(reverse("experts"), {"industry": "C13"}).content.decode().split("<main")[1]


def test_only_people_with_the_post_are_offered_and_each_once(people: People) -> None:
    with walls.enter(people.unit_officer):
        assert list(selectors.without_profile(people.unit_officer)) == [people.expert.user]
    judging.profile(people, people.expert)
    with walls.enter(people.unit_officer):
        assert not selectors.without_profile(people.unit_officer)
        with pytest.raises(Refused, match="已在专家库"):
            experts.add(people.expert.person, {}, actor=people.unit_officer)


def test_an_expert_keeps_their_own_profile_but_not_what_the_unit_decides(people: People, client_as: ClientAs) -> None:
    client = client_as(people.expert)
    assert client.post(reverse("own_profile"), said(most="500")).status_code == 302
    with walls.enter(people.unit_officer):
        row = Expert.objects.get()
        assert row.most == 60
    changed = said(edition=str(row.edition), employer="武汉大学", is_active="")
    assert client.post(reverse("own_profile"), changed).status_code == 302
    with walls.system("test"):
        row.refresh_from_db()
        event = AuditEvent.objects.get(verb="expert.keep")
    assert (row.employer, row.is_active) == ("武汉大学", True)
    assert event.data["fields"] == ["工作单位"]
    again = client.post(reverse("own_profile"), changed | {"employer": "另一单位"})
    assert (again.status_code, "刚被他人更新" in again.content.decode()) == (422, True)


def test_a_profile_is_its_units_and_its_experts(people: People) -> None:
    row = judging.profile(people, people.expert)
    for name, actor in people.actors().items():
        with walls.enter(actor), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM review_expert")
            wanted = 1 if name in {"unit_officer", "unit_head", "unit_joint", "expert"} else 0
            assert cursor.fetchone()[0] == wanted, name
    for name in ("unit_head_hunan", "city_head_a", "ministry"):
        actor = people.actors()[name]
        with walls.enter(actor), pytest.raises(Denied):
            experts.keep(row, {"employer": "x"}, edition=0, actor=actor)


def test_reading_a_profile_is_on_record(people: People, client_as: ClientAs) -> None:
    row = judging.profile(people, people.expert)
    client_as(people.unit_head).get(reverse("expert", args=[row.ref]))
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="expert.read", subject_id=str(row.pk)).count() == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        ("甲公司", [{"name": "甲公司"}]),
        ("甲公司, 91110108551385082q，2023-06", [{"name": "甲公司", "until": "2023-06", "code": "91110108551385082Q"}]),
        ("甲公司\r\n\r\n乙公司", [{"name": "甲公司"}, {"name": "乙公司"}]),
    ],
)
def test_organisations_are_read_line_by_line(typed: str, found: list[dict[str, str]]) -> None:
    assert BodiesField(required=False).clean(typed) == found


@pytest.mark.parametrize("typed", ["甲公司，91110108551385082A", "，2023-06", "甲公司，2023-13", "\n".join("甲" * 11)])
def test_a_line_that_can_not_be_read_is_named(typed: str) -> None:
    with pytest.raises(Exception, match=r"第1行|最多填写"):
        BodiesField(required=False).clean(typed)


def test_the_pool_can_be_taken_away_as_a_table(people: People, client_as: ClientAs) -> None:
    judging.profile(people, people.expert)
    answer = client_as(people.unit_officer).get(reverse("exports"))
    assert "专家库" in answer.content.decode()
