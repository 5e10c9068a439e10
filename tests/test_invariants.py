"""What must hold of all that is kept: it does in the demo world, and each breach is found."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from portal import environment, walls
from portal.invariants import invariants
from portal.services import record
from tests.databases import demo_database

DRAFT = "SELECT id FROM applications_application WHERE state = 'draft' LIMIT 1"
LATE = "(SELECT max(enterprise_until) + interval '400 days' FROM tiers_round)"
# What is done to the database behind the portal's back, and the sentence that must then be found broken.
BREACHES = {
    "a row in a neighbour's city": (
        "UPDATE applications_event SET city_id = (SELECT max(id) FROM portal_city)",
        "each row stands in the tenant of the row it hangs on",
    ),
    "a wall that is not forced": (
        "ALTER TABLE portal_notice NO FORCE ROW LEVEL SECURITY",
        "every tenant's table is behind a forced wall, and the portal's role is bound by it",
    ),
    "a table that nobody placed": (
        "CREATE TABLE portal_aside (id bigint)",
        "every tenant's table is behind a forced wall, and the portal's role is bound by it",
    ),
    "a state that nothing led to": (
        "UPDATE review_candidate SET state = 'refused' WHERE id = (SELECT min(id) FROM review_candidate)",
        "each history is a legal path that ends in the present state",
    ),
    "a move that is in no table": (
        "UPDATE portal_auditevent SET data = data || '{\"source\": \"finished\"}' WHERE verb = 'round.publish'",
        "each history is a legal path that ends in the present state",
    ),
    "a record that was touched": (
        "UPDATE portal_auditevent SET actor_name = '某人' WHERE verb = 'application.submit'",
        "the record's chain is whole",
    ),
    "a check code given twice": (
        "UPDATE portal_paper SET code = 'K7QD3MPX9RTW'",
        "check codes are given once",
    ),
    "a paper that is never done": (
        "UPDATE portal_paper SET state = 'making', begun_at = '2024-01-01', stored = '', digest = ''",
        "no job runs beyond its limit",
    ),
    "a letter sent twice": (
        "INSERT INTO portal_notice SELECT gen_random_uuid(), at, text, address, user_id FROM portal_notice LIMIT 1",
        "nobody is told the same thing twice",
    ),
    "a title held twice": (
        "UPDATE tiers_recognition SET factory_id = (SELECT max(factory_id) FROM tiers_recognition), "
        "title = 'excellent', year = 2024, batch = 1, state = 'valid'",
        "a factory holds a title once",
    ),
    "more than the quota": ("UPDATE tiers_round SET quota = 1", "no round recommends more than its quota"),
    "more sent than the quota": (
        "UPDATE review_dispatch SET document = jsonb_set(document, '{round,quota}', '0')",
        "nothing was issued or sent beyond the quota",
    ),
    "a gap among those recommended": (
        "UPDATE tiers_recommendation SET position = position + 7 WHERE position IS NOT NULL",
        "recommendations are numbered from 1 without a gap",
    ),
    "a filing that was rewritten": (
        "UPDATE tiers_filing SET document = '{}'",
        "each filing is what was digested",
    ),
    "a reminder that came twice": (
        "INSERT INTO tiers_roundeffect (unit_id, round_id, kind, due_at, at, audience, template, data, cursor, told) "
        "SELECT unit_id, round_id, kind, due_at, at, '', '', data, 0, 0 FROM tiers_roundeffect LIMIT 1",
        "what time brings about in a round happens once",
    ),
    "a submission that was rewritten": (
        "UPDATE applications_submission SET document = document || '{\"version\": 9}' WHERE version = 1",
        "each submission is what was digested",
    ),
    "a version that is missing": (
        "UPDATE applications_application SET version = version + 1 WHERE state = 'submitted'",
        "versions of an application run from 1 to the present one",
    ),
    "a number that was given again": (
        "UPDATE applications_application SET number = (SELECT max(number) FROM applications_application) "
        "WHERE number <> ''",
        "numbers of applications are given once, and kept",
    ),
    "a save after the deadline": (
        f"UPDATE applications_applicationsection SET saved_at = {LATE} WHERE application_id = ({DRAFT})",
        "nothing was written after a deadline without an extension",
    ),
    "a gap in a city's list": (
        "UPDATE review_listentry SET position = position + 7",
        "lists are numbered from 1 without a gap",
    ),
    "a list that was rewritten": (
        'UPDATE review_listissue SET document = document || \'{"number": "另一文号"}\'',
        "what was issued, signed or sent is what was digested",
    ),
    "a list sent too late": (
        f"UPDATE review_citylist SET sent_at = {LATE} WHERE sent_at IS NOT NULL",
        "nothing was decided or sent after its deadline without an extension",
    ),
    "a book lent to somebody who judges nothing": (
        "UPDATE review_grant SET user_id = (SELECT min(id) FROM portal_user)",
        "only experts with a sheet read a book",
    ),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo world in a database of its own, where these tests stand as the tables' owner, whom triggers obey."""
    template, app = connection.settings_dict["NAME"], dict(connection.settings_dict)
    owner = environment.read("DATABASE_OWNER_URL", environment.database)
    with django_db_blocker.unblock(), demo_database(tmp_path_factory.mktemp("media")) as name:
        connection.settings_dict["NAME"] = name
        try:
            with walls.system("test"):
                record.seal()
            _go_on_as(owner)
            _unbind()
            yield
        finally:
            _go_on_as(app)
            connection.settings_dict["NAME"] = template


def _go_on_as(role: dict[str, Any]) -> None:
    connections.close_all()
    for config in (connection.settings_dict, django_settings.DATABASES["default"]):
        config["USER"], config["PASSWORD"] = role["USER"], role["PASSWORD"]


_BONDS = """
SELECT format('ALTER TABLE %I DISABLE TRIGGER USER', tablename) FROM pg_tables WHERE schemaname = 'public'
UNION ALL SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'x', 'u', 'f')
UNION ALL SELECT format('DROP INDEX IF EXISTS %s CASCADE', indexrelid::regclass) FROM pg_index
JOIN pg_class c ON c.oid = indrelid
WHERE indisunique AND NOT indisprimary AND c.relnamespace = 'public'::regnamespace
"""


def _unbind() -> None:
    """Take away what the database itself would refuse a breach with: triggers, checks, references, uniqueness."""
    with connection.cursor() as cursor:
        cursor.execute(_BONDS)
        for (statement,) in sorted(cursor.fetchall()):
            cursor.execute(statement)


def _broken(*asked: str) -> set[str]:
    """Sentences, of these or of all, that don't hold. That the owner owns tables is no fault of the world."""
    found = set()
    with walls.system("test"):
        for invariant in invariants():
            if asked and invariant.sentence not in asked:
                continue
            faults = [fault for fault in invariant.faults() if "belongs to the portal's own role" not in fault]
            found |= {invariant.sentence} if faults else set()
    return found


@pytest.mark.usefixtures("world")
def test_all_of_it_holds_in_the_demo_world() -> None:
    assert _broken() == set()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("breach", BREACHES)
def test_each_breach_is_found(breach: str) -> None:
    statement, sentence = BREACHES[breach]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.office', 'system', true)")
            cursor.execute(statement)
            assert cursor.rowcount, "nothing was broken"
        assert _broken(sentence) == {sentence}
        transaction.set_rollback(True)


def test_every_sentence_has_a_breach_that_shows_it() -> None:
    shown = {sentence for _, sentence in BREACHES.values()}
    assert {invariant.sentence for invariant in invariants()} == shown


@pytest.mark.django_db
def test_the_command_says_what_holds_and_fails_where_something_does_not(
    capsys: pytest.CaptureFixture[str], people: Any
) -> None:
    call_command("check_invariants")
    assert "Everything holds." in capsys.readouterr().out
    with walls.system("test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_notice SELECT gen_random_uuid(), now(), '同', '', user_id FROM portal_membership, "
            "generate_series(1, 2)"
        )
    with pytest.raises(CommandError, match="1 invariants are broken"):
        call_command("check_invariants", most=1)
