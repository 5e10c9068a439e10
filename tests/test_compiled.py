"""Statements compiled once answer as Django's own do."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Model
from django.db.models.signals import post_init
from django.forms.models import model_to_dict
from django.test import Client

from portal import audit, clock, walls
from portal.compiled import Compiled, updated
from portal.models import AuditEvent, Heartbeat, Membership, Office, User
from portal.sessions import SessionStore
from portal.states import MembershipState
from tests.factories import People

pytestmark = pytest.mark.django_db

_BESIDE = ("user", "unit__region", "city__region", "enterprise", "office")


def test_the_rows_are_those_of_the_queryset_with_what_stands_beside_them(people: People) -> None:
    hats = Compiled(
        lambda user: Membership.objects.filter(user=user, state=MembershipState.ACTIVE).select_related(*_BESIDE), int
    )
    with walls.system("test"):
        for user in User.objects.all():
            wanted = list(Membership.objects.filter(user=user, state=MembershipState.ACTIVE).select_related(*_BESIDE))
            found = hats(user.pk)
            assert [model_to_dict(row) for row in found] == [model_to_dict(row) for row in wanted]
            for mine, its in zip(found, wanted, strict=True):
                for name in _BESIDE:
                    first = name.partition("__")[0]
                    assert mine._state.fields_cache[first] == its._state.fields_cache[first]
                assert (mine.place_label, mine.role_label) == (its.place_label, its.role_label)
        assert any(hats(user.pk) for user in User.objects.all())


def test_what_was_deferred_is_read_when_it_is_asked_for(people: People) -> None:
    found = Compiled(lambda level: Office.objects.defer("name").filter(level=level).order_by("pk"), str)("unit")[0]
    assert found.get_deferred_fields() == {"name"}
    assert found.name == Office.objects.get(pk=found.pk).name
    assert not found._state.adding
    assert found._state.db == "default"


def test_a_model_with_a_say_in_how_its_instances_begin_has_it(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Office] = []

    def noted(instance: Office, **_more: Any) -> None:
        begun.append(instance)

    post_init.connect(noted, sender=Office)
    try:
        offices = Compiled(lambda level: Office.objects.filter(level=level), str)("unit")
    finally:
        post_init.disconnect(noted, sender=Office)
    assert offices
    assert offices == begun

    def renamed(*row: Any, **more: Any) -> Office:
        found = Model.from_db.__func__(Office, *row, **more)  # type: ignore[attr-defined]
        found.name = "另名"
        return found

    monkeypatch.setattr(Office, "from_db", staticmethod(renamed))
    assert {row.name for row in Compiled(lambda level: Office.objects.filter(level=level), str)("unit")} == {"另名"}


def test_values_are_never_part_of_the_sql(people: People) -> None:
    named = Compiled(lambda name, level: Office.objects.filter(name=name, level=level), str, str)
    assert named("'; DROP TABLE portal_office; --", "unit") == []
    assert named(None, "unit") == []
    some = Office.objects.filter(level="unit").first()
    assert some is not None
    assert named(some.name, "unit") == [some]
    assert named(some.name, "city") == []


def test_a_value_that_the_sql_has_no_place_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="not found again"):
        Compiled(lambda _key: User.objects.all(), int)(1)


def test_an_update_of_a_row_that_is_gone_is_an_error() -> None:
    row = Heartbeat.objects.create(name="gone", at=clock.now())
    later = row.at + timedelta(minutes=1)
    row.at = later
    updated(row, "at")
    assert Heartbeat.objects.get(name="gone").at == later
    Heartbeat.objects.all().delete()
    with pytest.raises(DatabaseError):
        updated(row, "at")


def test_what_goes_on_record_reads_back_as_it_was_given(people: People) -> None:
    given = audit.record("walls.cross", people.enterprise_a, people.city_head_a, reason="测试", numbers=[1, 2.5, None])
    with walls.system("test"):
        kept = AuditEvent.objects.get(pk=given.pk)
    for field in AuditEvent._meta.concrete_fields:
        if field.name != "data":
            assert getattr(kept, field.attname) == getattr(given, field.attname), field.name
    assert kept.data["numbers"] == [1, 2.5, None]
    assert kept.data["reason"] == "测试"


def test_a_session_that_has_run_out_opens_nothing() -> None:
    store = SessionStore()
    store["said"] = "甲"
    store.save()
    assert SessionStore(store.session_key).load() == {"said": "甲"}
    store.set_expiry(-1)
    store.save()
    assert SessionStore(store.session_key).load() == {}


def test_an_odd_cookie_is_nobody() -> None:
    for odd in ("x" * 5_000, "'DROP TABLE django_session--", r'"abcdefgh\000ijk"', "%00%00%00%00%00%00%00%00%00"):
        assert Client(HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={odd}").get("/").status_code == 200, odd
