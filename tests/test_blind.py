"""What an expert sees, by raw SELECT and on pages: what is lent, nobody else's scores, no name where blind."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal import walls
from portal.actors import Actor, Place
from review.models import TieKind
from review.services import assignments, panels, sheets
from tests import judging
from tests.factories import People

pytestmark = pytest.mark.django_db
# A copy in these tests has no files; what is lent of the first candidate's is asked for by itself.
TABLES = {
    "applications_application": "id", "applications_submission": "application_id",
    "review_candidate": "application_id",
}  # fmt: skip


def _all(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def lent_to(actor: Actor) -> dict[str, set[int]]:
    """What each table shows, with no filter at all."""
    with walls.enter(actor):
        return {table: set(_all(f"SELECT {column} FROM {table}")) for table, column in TABLES.items()}


NOTHING = {table: set() for table in TABLES}


def test_an_expert_reads_what_they_declared_for_and_while_they_judge(people: People) -> None:
    rows = judging.candidates(people, 2)
    who, other = judging.expert(people), judging.expert(people)
    made = judging.scoring(people, [who, other], rows)
    assert lent_to(who[0]) == NOTHING  # assigned, not declared
    judging.declared(who[0], rows[0])
    assert lent_to(who[0]) == {table: {rows[0].application_id} for table in TABLES}
    assert lent_to(other[0]) == NOTHING
    with walls.enter(who[0]):
        assert set(_all("SELECT application_id FROM applications_attachment")) == {rows[0].application_id}
    judging.declared(who[0], rows[1])
    assert lent_to(who[0]) == {table: {row.application_id for row in rows} for table in TABLES}
    with walls.enter(who[0]):
        sheet = judging.sheet_of(who[0], rows[0])
        sheets.recuse(sheet, tie=TieKind.OTHER, reason="曾为其提供咨询", actor=who[0])
    assert lent_to(who[0]) == {table: {rows[1].application_id} for table in TABLES}
    with walls.enter(people.unit_officer):
        assignments.release(judging.sheet_of(who[0], rows[1]), reason="另行安排", actor=people.unit_officer)
    assert lent_to(who[0]) == NOTHING
    assert judging.fresh(made).state == "scoring"


def test_what_is_lent_is_lent_to_the_expert_and_not_to_another_hat_of_theirs(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    who = judging.expert(people)
    judging.scoring(people, [who], [row])
    judging.declared(who[0], row)
    user = who[0].person.pk
    elsewhere = people.unit_head_hunan.place()
    for place in (
        Place(user=user, unit=elsewhere.unit), Place(user=user, enterprise=people.enterprise_b.pk),
        Place(user=user, city=people.enterprise_b.city_id), Place(user=user, office="ministry"),
    ):  # fmt: skip
        with walls.stand(place):
            assert not _all("SELECT id FROM applications_application"), place
    with walls.stand(Place(user=user)):
        assert _all("SELECT id FROM applications_application") == [row.application_id]


def test_an_expert_can_not_lend_themselves_anything(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    who = judging.expert(people)
    judging.scoring(people, [who], [row])
    with walls.enter(who[0]), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        _all(
            "INSERT INTO review_grant (user_id, permission_id, content_object_id) SELECT "
            f"{who[0].person.pk}, id, {row.application_id} FROM auth_permission LIMIT 1 RETURNING 1"
        )


def test_nobody_sees_anothers_sheet_before_the_panel_is_opened(people: People) -> None:
    rows = judging.candidates(people, 2)
    chair, other = judging.expert(people), judging.expert(people)
    made = judging.scoring(people, [chair, other], rows)

    def seen(actor: Actor) -> int:
        with walls.enter(actor):
            return len(_all("SELECT id FROM review_scoresheet"))

    for row in rows:
        judging.signed(chair[0], row)
    judging.signed(other[0], rows[0])
    assert (seen(chair[0]), seen(other[0])) == (2, 2)
    with walls.enter(other[0]):  # what ties them is found out late: they are done with that one
        sheet = judging.sheet_of(other[0], rows[1])
        sheets.recuse(sheet, tie=TieKind.RELATIVE, reason="近姻亲", actor=other[0])
    with walls.enter(chair[0]):
        panels.open_up(judging.fresh(made), actor=chair[0])
    # The chair sees what the other signed; the other sees nothing of what they were recused from.
    assert (seen(chair[0]), seen(other[0])) == (3, 3)
    with walls.enter(other[0]):
        assert (
            len(_all(f"SELECT id FROM review_scoresheet WHERE candidate_id = {rows[1].pk} AND state = 'signed'")) == 0
        )
    with walls.enter(people.unit_officer):
        panels.reseal(judging.fresh(made), reason="复核一份评分表", actor=people.unit_officer)
    assert (seen(chair[0]), seen(other[0])) == (2, 2)


def test_a_closed_panel_reads_nothing_any_more(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    who = judging.expert(people)
    made = judging.scoring(people, [who], [row])
    judging.signed(who[0], row)
    with walls.enter(who[0]):
        panels.open_up(judging.fresh(made), actor=who[0])
    officer = people.unit_officer
    with walls.enter(officer):
        panels.close(judging.fresh(made), actor=officer)
    assert lent_to(who[0]) == NOTHING
    with walls.enter(officer):
        panels.resume(judging.fresh(made), reason="补评", actor=officer)
    assert lent_to(who[0]) == {table: {row.application_id} for table in TABLES}


def test_a_blind_sheet_names_nobody(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    who = judging.expert(people)
    judging.scoring(people, [who], [row], is_blind=True)
    sheet = judging.sheet_of(who[0], row)
    assert sheet.applicant == "（盲评）"
    assert row.name not in sheet.project
