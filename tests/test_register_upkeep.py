"""Keeping the register right: amending enterprises, correcting names, adding groups, renaming offices."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Place
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Enterprise, Office, Unit
from portal.services import enterprises, offices
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db


def test_enterprise_amends_its_own_facts_and_both_values_go_on_record(
    people: People, client_as: Callable[..., Client]
) -> None:
    client = client_as(people.enterprise_admin_a)
    address = reverse("enterprise_amend", args=[people.enterprise_a.code])
    page = client.get(address).content.decode()
    assert 'name="contact_phone"' in page
    assert 'name="name"' not in page
    data = {
        "address": "新址1号", "industry": "C35", "nature": "private", "is_above_scale": "on", "name": "夺名",
        "legal_representative": "新法人", "contact_name": "丙", "contact_phone": "1", "contact_email": "c@d.cn",
    }  # fmt: skip
    assert client.post(address, data).status_code == 302
    with walls.system("test"):
        row = Enterprise.objects.get(pk=people.enterprise_a.pk)
    assert (row.address, row.industry_id, row.name) == ("新址1号", "C35", "甲企业")
    with walls.stand(Place(office="auditor")):
        event = AuditEvent.objects.get(verb="enterprise.amend")
    assert event.data["after"]["address"] == "新址1号"
    assert event.data["before"]["address"] == people.enterprise_a.address
    assert client.post(address, data).status_code == 422, "nothing changed"


@pytest.mark.parametrize("who", ["city_reviewer_a", "city_head_a"])
def test_name_is_corrected_by_the_city_that_keeps_it(people: People, who: str) -> None:
    actor = people.actors()[who]
    with walls.enter(actor):
        assert enterprises.amend(people.enterprise_a, {"name": "甲企业新名"}, actor=actor).name == "甲企业新名"


@pytest.mark.parametrize("who", ["enterprise_admin_a", "enterprise_clerk_a", "city_joint_a", "unit_head", "expert"])
def test_nobody_else_corrects_a_name(people: People, who: str) -> None:
    actor = people.actors()[who]
    with walls.system("test"), pytest.raises(Denied):
        enterprises.amend(people.enterprise_a, {"name": "夺名"}, actor=actor)


def test_groups_enterprises_are_kept_by_the_group(people: People) -> None:
    with walls.enter(people.group_officer):
        enterprises.amend(people.enterprise_group, {"name": "集团企业新名"}, actor=people.group_officer)
    with walls.system("test"), pytest.raises(Denied):
        enterprises.amend(people.enterprise_group, {"name": "夺名"}, actor=people.city_head_a)


@pytest.mark.parametrize("field", ["code", "unit", "city", "group"])
def test_code_and_walls_of_an_enterprise_never_change_this_way(people: People, field: str) -> None:
    with walls.enter(people.city_head_a), pytest.raises(Denied):
        enterprises.amend(people.enterprise_a, {field: None}, actor=people.city_head_a)


def test_amending_to_the_same_is_refused(people: People) -> None:
    with walls.enter(people.city_head_a), pytest.raises(Refused, match="没有变化"):
        enterprises.amend(people.enterprise_a, {"name": "甲企业"}, actor=people.city_head_a)


def test_system_administrator_adds_a_group_with_its_office(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.system_admin)
    data = {"code": "NEWG", "name": "新集团", "office": "新集团智造部"}
    assert client.post(reverse("group_add"), data).status_code == 302
    unit = Unit.objects.get(code="NEWG")
    assert (unit.kind, unit.default_quota) == ("central_group", 5)
    assert Office.objects.get(unit=unit).is_lead
    for changes in ({"name": "别名"}, {"code": "OTHER"}):
        again = client.post(reverse("group_add"), data | changes)
        assert again.status_code == 422
    assert Unit.objects.filter(name="新集团").count() == 1


def test_office_is_renamed_on_record(people: People) -> None:
    office = factories.office("武汉市财政局")
    with walls.enter(people.system_admin):
        offices.rename(office, name="武汉市财政局（新）", actor=people.system_admin)
        with pytest.raises(Refused, match="没有变化"):
            offices.rename(office, name="武汉市财政局（新）", actor=people.system_admin)
        with pytest.raises(Denied):
            offices.rename(office, name="x", actor=people.unit_head)
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.get(verb="office.rename").data["before"] == "武汉市财政局"


def test_security_administrators_list_masks_addresses_and_reading_one_is_on_record(
    people: People, client_as: Callable[..., Client]
) -> None:
    client, target = client_as(people.security_admin), people.enterprise_clerk_a.user
    assert target
    assert target.email not in client.get(reverse("accounts"), {"search": target.name}).content.decode()
    page = client.get(reverse("account", args=[target.pk])).content.decode()
    assert target.email in page
    assert "所属企业 · 填报员" in page, "accounts, not business"
    assert "甲企业" not in page
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.get(verb="account.view").subject_id == str(target.pk)
