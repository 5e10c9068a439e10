"""Titles: whom one shows itself to, and how long a revocation bars its holder, wherever they are."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal import clock, walls
from portal.actors import Actor, Place
from portal.errors import Hidden
from portal.models import Enterprise
from tests import factories
from tests.factories import People
from tests.titles import of_a, recognition
from tiers.models import Recognition
from tiers.selectors import recognitions as selectors
from tiers.services import recognitions as services

pytestmark = pytest.mark.django_db
SAID = {"reason": "理由", "document": "鄂经信〔2025〕9号", "on": date(2025, 3, 1)}
REVOCATION = {"revoked_on": SAID["on"], "revoking_document": SAID["document"]}


def _revoked(row: Recognition, by: Actor, **said: Any) -> Recognition:
    with walls.enter(by):
        return services.revoke(row, **SAID | said, actor=by)


# -- walls ----------------------------------------------------------------------------------------------------------
SEES_A = {
    "enterprise_admin_a", "enterprise_clerk_a", "city_reviewer_a", "city_head_a", "city_joint_a", "unit_officer",
    "unit_head", "unit_joint",
}  # fmt: skip


def _raw(actor: Actor) -> set[str]:
    with walls.enter(actor), connection.cursor() as cursor:
        cursor.execute("SELECT ref FROM tiers_recognition")
        return {ref for (ref,) in cursor.fetchall()}


def test_raw_select_shows_each_place_its_own_titles_and_revocations_to_all(people: People) -> None:
    a, unmatched, revoked = of_a(people), recognition(people.unit_officer), of_a(people, title="basic")
    _revoked(revoked, people.unit_officer)
    for name, actor in people.actors().items():
        seen = _raw(actor)
        assert (a.ref in seen) == (name in SEES_A), name
        assert (unmatched.ref in seen) == (name in {"unit_officer", "unit_head", "unit_joint"}), name
        assert revoked.ref in seen, "a revocation is published"


def test_lists_and_gates_show_no_neighbours_title_not_even_a_revoked_one(people: People) -> None:
    a, revoked = of_a(people), of_a(people, title="basic")
    _revoked(revoked, people.unit_officer)
    for name, actor in people.actors().items():
        with walls.enter(actor):
            listed = {row.ref for row in selectors.recognitions(actor)}
            assert listed == ({a.ref, revoked.ref} if name in SEES_A else set()), name
            for row in (a, revoked):
                if name in SEES_A:
                    assert selectors.recognition_for(actor, row.ref)
                else:
                    with pytest.raises(Hidden):
                        selectors.recognition_for(actor, row.ref)


def test_a_revoked_title_that_can_be_read_can_not_be_written_from_elsewhere(people: People) -> None:
    row = of_a(people)
    _revoked(row, people.unit_officer)
    with walls.enter(people.unit_head_hunan):
        assert Recognition.objects.filter(pk=row.pk).update(name="改") == 0
        assert Recognition.objects.filter(pk=row.pk).delete()[0] == 0


@pytest.mark.parametrize("wrong", ["city", "enterprise", "factory"])
def test_keys_across_a_wall_are_refused(people: People, wrong: str) -> None:
    row = of_a(people)
    b = people.enterprise_b
    value = {"city": b.city, "enterprise": b, "factory": factories.factory(b)}[wrong]
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.filter(pk=row.pk).update(**{wrong: value})
        connection.check_constraints()


def test_a_title_of_a_stranger_has_no_factory(people: People) -> None:
    row, factory = recognition(people.unit_officer), factories.factory(people.enterprise_a)
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.filter(pk=row.pk).update(factory=factory)


def test_filters(people: People) -> None:
    a = of_a(people)
    other = recognition(people.unit_officer, name="襄阳某公司", title="hubei_pilot", project="", year=2022)
    actor = people.unit_officer
    with walls.enter(actor):

        def found(**wanted: Any) -> set[str]:
            return {row.ref for row in selectors.recognitions(actor, **wanted)}

        assert found() == {a.ref, other.ref}
        assert found(search="襄阳") == found(search=other.code.lower()[:12]) & {other.ref} == {other.ref}
        assert (
            found(search="某某智能") == found(title="advanced") == found(year=2024) == found(city="420100") == {a.ref}
        )
        assert found(city=selectors.NO_CITY) == found(year=2022) == {other.ref}
        assert found(state="revoked") == set()
        assert selectors.years(actor) == [2024, 2022]


# -- bars -----------------------------------------------------------------------------------------------------------
def _bar(code: str, at: datetime, place: Place | None = None) -> date | None:
    with walls.stand(place or Place()):
        bar = selectors.barred_until(code, at)
    return bar.until if bar else None


def test_a_revocation_bars_to_the_last_instant_of_its_last_day_in_beijing(people: People, settings: Any) -> None:
    settings.REVOCATION_BAR_YEARS = 1
    row = of_a(people)
    _revoked(row, people.unit_officer)
    last = datetime(2026, 3, 1, 15, 59, 59, 999_999, UTC)  # 2026-03-01 23:59:59.999999 in Beijing
    assert _bar(row.code, last) == date(2026, 3, 1)
    assert _bar(row.code, last + timedelta(microseconds=1)) is None
    assert _bar(factories.code(), last) is None


def test_a_bar_holds_everywhere_linked_or_not_and_the_longest_counts(people: People, settings: Any) -> None:
    settings.REVOCATION_BAR_YEARS = 3
    code = factories.code()
    _revoked(recognition(people.unit_head_hunan, code=code), people.unit_head_hunan, on=date(2025, 2, 1))
    _revoked(recognition(people.unit_officer, code=code), people.unit_officer, on=date(2024, 6, 1))
    at = datetime(2025, 6, 1, tzinfo=UTC)
    for actor in (people.enterprise_admin_a, people.city_reviewer_b, people.unit_officer, people.expert):
        assert _bar(code, at, actor.place()) == date(2028, 2, 1)
    settings.REVOCATION_BAR_YEARS = 0
    assert _bar(code, at) is None


def test_a_review_bars_nobody(people: People) -> None:
    row = of_a(people)
    with walls.enter(people.unit_officer):
        services.review(row, reason="复核", actor=people.unit_officer)
        assert selectors.barred_until(row.code, clock.now()) is None
        assert not selectors.titles_held(Enterprise.objects.get(code=row.code)).exists()
