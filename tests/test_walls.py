"""The walls in the database: nobody sees or writes across them, whatever the application asks for."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal import walls
from portal.actors import NOWHERE, Actor, Place
from portal.models import AuditEvent, Enterprise, Invitation, Membership, Registration
from portal.roles import Role
from portal.rooms import merged
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db

WALLED = walls.WALLED | merged("tenancy", "WALLED")
OPEN = walls.OPEN | merged("tenancy", "OPEN")

POLICIES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       coalesce(array_agg(p.polname ORDER BY p.polname) FILTER (WHERE p.polname IS NOT NULL), '{}'::name[])
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') GROUP BY 1, 2, 3
"""


def _all(query: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def test_every_table_stands_behind_its_wall_or_is_named_as_open() -> None:
    tables = {name: (on, forced, set(names)) for name, on, forced, names in _all(POLICIES)}
    assert set(tables) == set(WALLED) | set(OPEN), "a new table needs a wall, or a reason to have none"
    for name, wall in WALLED.items():
        wanted = {"wall"} | ({"own"} if wall.own else set()) | ({"open_insert"} if wall.open_insert else set())
        wanted |= {"shown"} if wall.shown else set()
        wanted |= {"own_update"} if wall.own_update else set()
        wanted |= {"wall_lent"} if wall.lent else set()
        assert tables[name] == (True, True, wanted), name
    for name in OPEN:
        assert tables[name][0] is False, f"{name} has policies but is named as open"


def test_a_table_with_a_tenants_key_is_walled() -> None:
    keyed = _all(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public' AND "
        "column_name IN ('enterprise_id', 'city_id')"
    )
    assert {name for (name,) in keyed} - {"portal_office"} <= set(WALLED)


@pytest.mark.parametrize("table", sorted(WALLED))
def test_policy_names_the_keys_of_its_table_and_its_owner_is_another_role(table: str) -> None:
    query = (
        "SELECT polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy "
        "WHERE polrelid = %s::regclass ORDER BY 1"
    )
    before = _all(query, table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE oid = (SELECT relowner FROM pg_class WHERE oid = %s::regclass)", [table]
        )
        assert cursor.fetchone()[0] != connection.settings_dict["USER"]
    for _, using, _ in before:
        for column in (WALLED[table].unit, WALLED[table].city, WALLED[table].enterprise):
            if using and column and "portal_crosses" in using:
                assert f"({column} = " in using


def test_the_portals_role_owns_nothing_and_can_not_get_past() -> None:
    ((user, is_super, bypasses, creates),) = _all(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert (user, is_super, bypasses, creates) == ("portal_app", False, False, False)
    assert _all("SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user") == []
    for statement in (
        "ALTER TABLE portal_enterprise DISABLE ROW LEVEL SECURITY",
        "DROP POLICY wall ON portal_enterprise",
        "SET ROLE portal_owner",
        "UPDATE portal_auditevent SET verb = 'x'",
        "DELETE FROM portal_auditblock",
        "TRUNCATE portal_auditevent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            _all(statement)


# What each role gets from `SELECT … FROM table` on the portal's own connection, with no filter at all.
SEES_ENTERPRISES = {
    "enterprise_admin_a": {"甲企业"},
    "enterprise_clerk_a": {"甲企业"},
    "enterprise_admin_b": {"乙企业"},
    "enterprise_admin_group": {"集团企业"},
    "city_reviewer_a": {"甲企业"},
    "city_head_a": {"甲企业"},
    "city_joint_a": {"甲企业"},
    "city_reviewer_b": {"乙企业"},
    "city_head_b": {"乙企业"},
    "unit_officer": {"甲企业", "乙企业"},
    "unit_head": {"甲企业", "乙企业"},
    "unit_joint": {"甲企业", "乙企业"},
    "unit_head_hunan": set(),
    "group_officer": {"集团企业"},
    "group_head": {"集团企业"},
    "expert": set(),
    "ministry": set(),
    "system_admin": set(),
    "security_admin": set(),
    "auditor": set(),
    "newcomer": set(),
}


def test_raw_select_gives_each_role_its_own_place_and_no_more(people: People) -> None:
    actors = people.actors()
    assert set(actors) == set(SEES_ENTERPRISES)
    for name, actor in actors.items():
        with walls.enter(actor):
            assert {row for (row,) in _all("SELECT name FROM portal_enterprise")} == SEES_ENTERPRISES[name], name


def test_raw_select_on_the_record_is_for_the_auditor(people: People) -> None:
    with walls.enter(people.auditor):
        everything = _all("SELECT count(*) FROM portal_auditevent")[0][0]
    assert everything > 20
    for name in ("system_admin", "security_admin", "expert", "ministry", "newcomer", "enterprise_clerk_a"):
        with walls.enter(people.actors()[name]):
            assert _all("SELECT count(*) FROM portal_auditevent")[0][0] == 0, name


def test_memberships_one_can_read_are_ones_own_and_those_of_ones_place(people: People) -> None:
    with walls.enter(people.expert):
        assert _all("SELECT user_id FROM portal_membership") == [(people.expert.user.pk,)]
    with walls.enter(people.enterprise_admin_a):
        assert {u for (u,) in _all("SELECT user_id FROM portal_membership")} == {
            people.enterprise_admin_a.user.pk,
            people.enterprise_clerk_a.user.pk,
        }
    with walls.enter(people.ministry):
        levels = {Role(role).level for (role,) in _all("SELECT role FROM portal_membership")}
        assert all(level in {"ministry", "administration"} for level in levels)


def test_nobody_sees_anything_without_a_place(people: People) -> None:
    factories.registration()
    with walls.stand(NOWHERE):
        for model in (Enterprise, Membership, Invitation, Registration, AuditEvent):
            assert not model.objects.exists(), model
    with connection.cursor() as cursor:  # not even before any place was ever set, nor with garbage
        cursor.execute("SELECT set_config('portal.enterprise', '', true)")
        cursor.execute("SELECT count(*) FROM portal_enterprise")
        assert cursor.fetchone() == (0,)


def test_insert_across_a_wall_is_refused(people: People) -> None:
    facts = factories.facts("420500")
    with (
        walls.enter(people.city_head_a),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        b = people.enterprise_b
        Enterprise.objects.create(**facts, unit=b.unit, city=b.city, confirmed_at="2024-11-01T00:00Z")


def test_update_moving_a_row_across_a_wall_is_refused(people: People) -> None:
    with (
        walls.enter(people.city_head_a),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Enterprise.objects.filter(pk=people.enterprise_a.pk).update(city=people.enterprise_b.city)


def test_update_and_delete_do_not_reach_across(people: People) -> None:
    with walls.enter(people.city_head_a):
        assert Enterprise.objects.filter(pk=people.enterprise_b.pk).update(name="夺取") == 0
        assert Enterprise.objects.filter(pk=people.enterprise_b.pk).delete()[0] == 0
    with walls.enter(people.city_head_b):
        assert Enterprise.objects.get(pk=people.enterprise_b.pk).name == "乙企业"


@pytest.mark.parametrize("wrong", ["city", "enterprise"])
def test_foreign_key_across_a_wall_is_refused_even_where_no_policy_looks(people: People, wrong: str) -> None:
    """The policy lets a system block write anything; the composite keys still hold the row together."""
    place = {"city": people.enterprise_a.city, "enterprise": people.enterprise_a}
    place[wrong] = people.enterprise_b.city if wrong == "city" else people.enterprise_b
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=factories.user(),
            role=Role.ENTERPRISE_CLERK,
            unit=people.enterprise_a.unit,
            since="2024-11-01T00:00Z",
            **place,
        )
        connection.check_constraints()


def test_city_of_another_unit_is_refused(people: People) -> None:
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Enterprise.objects.filter(pk=people.enterprise_group.pk).update(city=people.enterprise_a.city)
        connection.check_constraints()


def test_places_nest_and_come_back(people: People) -> None:
    with walls.enter(people.city_head_a):
        with walls.enter(people.city_head_b):
            assert [e.name for e in Enterprise.objects.all()] == ["乙企业"]
        assert [e.name for e in Enterprise.objects.all()] == ["甲企业"]
        with pytest.raises(ZeroDivisionError), walls.enter(people.city_head_b):
            raise ZeroDivisionError
        assert [e.name for e in Enterprise.objects.all()] == ["甲企业"]
    assert not Enterprise.objects.exists()


def test_crossing_is_on_record_with_its_reason_and_the_person(people: People) -> None:
    with walls.enter(people.city_head_a), walls.system("核对名称"):
        assert Enterprise.objects.count() == 3
    with walls.enter(people.auditor):
        event = AuditEvent.objects.filter(verb="walls.cross").latest("id")
    assert (event.data["reason"], event.actor_id) == ("核对名称", people.city_head_a.user.pk)
    with pytest.raises(ValueError, match="reason"), walls.system(" "):
        pass


def test_a_task_stands_where_it_enters(people: People) -> None:
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.exists()
        assert not Enterprise.objects.exists()


def test_actor_of_nowhere_has_no_place() -> None:
    assert Actor().place() == NOWHERE
