"""What only shows when transactions really commit: reused connections, races with their negative controls."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal import audit, walls
from portal.actors import Actor, Place
from portal.errors import Refused
from portal.models import AuditBlock, AuditEvent, Enterprise, Membership, Registration
from portal.roles import Role
from portal.rooms import merged
from portal.services import memberships, record, registration
from portal.states import RegistrationState
from tests import factories


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act in a thread with its own connection, started together; what each returned or raised."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def _all(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_connection_reused_by_a_b_a_never_keeps_a_place(own_database: str) -> None:
    """500 requests' worth of transactions on one connection, every third of which breaks half-way."""
    cast = factories.cast()
    turns = [(cast.city_head_a, "甲企业"), (cast.city_head_b, "乙企业"), (cast.enterprise_admin_a, "甲企业")]
    backend = connection.connection
    for turn in range(500):
        actor, own = turns[turn % 3]
        try:
            with walls.enter(actor):
                assert [e.name for e in Enterprise.objects.all()] == [own]
                if turn % 3 == 1:
                    raise ZeroDivisionError
                if turn % 7 == 0:
                    _all("SELECT 1/0")
        except (ZeroDivisionError, DatabaseError):
            pass
        assert not Enterprise.objects.exists(), "outside a transaction there is no place"
    assert connection.connection is backend, "it was one connection all the time"


def _as(actor: Actor, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], Any]:
    def run() -> Any:
        with walls.enter(actor):
            return act(*args, actor=actor, **kwargs)

    return run


def _two_claims() -> tuple[Registration, Registration, Actor, Actor]:
    """Two people register the same code, one in Wuhan and one in Yichang, before anybody has confirmed."""
    code = factories.code()
    first = factories.registration("420100", code=code)
    second = factories.registration("420500", code=code)
    wuhan = factories.seat(Role.CITY_HEAD, office=factories.office("武汉市经济和信息化局"))
    yichang = factories.seat(Role.CITY_HEAD, office=factories.office("宜昌市经济和信息化局"))
    return first, second, wuhan, yichang


def test_two_cities_confirm_the_same_code_at_once_and_one_enterprise_comes_of_it(own_database: str) -> None:
    for _ in range(4):
        first, second, wuhan, yichang = _two_claims()
        results = at_once(_as(wuhan, registration.confirm, first), _as(yichang, registration.confirm, second))
        assert sum(isinstance(result, Membership) for result in results) == 1, results
        assert sum(isinstance(result, Refused) for result in results) == 1, results
        with walls.system("test"):
            assert Enterprise.objects.filter(code=first.code).count() == 1
            states = Registration.objects.filter(code=first.code).values_list("state", "enterprise__code")
            # The one who came second waits for the enterprise's administrator now.
            assert sorted(states, key=str) == [
                (RegistrationState.CONFIRMED, None),
                (RegistrationState.PENDING, first.code),
            ]


def test_without_the_lock_on_the_code_the_loser_gets_a_database_error(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what the advisory lock is there for."""
    together = threading.Barrier(2)
    put = registration._put_on_register
    monkeypatch.setattr(registration, "_hold_code", lambda code: None)
    monkeypatch.setattr(registration, "_put_on_register", lambda row: (together.wait(10), put(row))[1])
    first, second, wuhan, yichang = _two_claims()
    results = at_once(_as(wuhan, registration.confirm, first), _as(yichang, registration.confirm, second))
    assert any(isinstance(result, DatabaseError) for result in results), results


def test_the_same_person_clicks_twice_at_once_and_registers_once(own_database: str) -> None:
    actor, facts = Actor(user=factories.user()), factories.facts()

    def act() -> Registration:
        with walls.enter(actor):
            return registration.register(actor, facts)

    results = at_once(act, act)
    assert sorted(type(result).__name__ for result in results) == ["Refused", "Registration"]


def _two_heads() -> tuple[Actor, Actor]:
    """Two heads of a city where nobody else is one."""
    office = factories.office("黄石市经济和信息化局")
    return factories.seat(Role.CITY_HEAD, office=office), factories.seat(Role.CITY_HEAD, office=office)


def test_two_heads_who_disable_each_other_at_once_leave_one(own_database: str) -> None:
    for _ in range(4):
        one, two = _two_heads()
        results = at_once(
            _as(one, memberships.disable, two.membership, reason="离岗"),
            _as(two, memberships.disable, one.membership, reason="离岗"),
        )
        assert sum(isinstance(result, Refused) for result in results) == 1, results
        with walls.system("test"):
            left = Membership.objects.filter(role=Role.CITY_HEAD, state="active", city=one.membership.city)
            assert left.count() == 1
            left.get().delete()


def test_without_the_lock_on_the_heads_nobody_would_be_left(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what locking both rows in one order is there for."""
    together, is_last = threading.Barrier(2), memberships._is_last_head

    def looks_while_the_other_looks(membership: Membership) -> bool:
        seen = is_last(membership)
        together.wait(10)
        return seen

    monkeypatch.setattr(memberships, "_lock_heads", lambda membership: None)
    monkeypatch.setattr(memberships, "_is_last_head", looks_while_the_other_looks)
    one, two = _two_heads()
    results = at_once(
        _as(one, memberships.disable, two.membership, reason="离岗"),
        _as(two, memberships.disable, one.membership, reason="离岗"),
    )
    assert not any(isinstance(result, Exception) for result in results), results


def test_an_event_that_commits_late_goes_into_the_next_block(own_database: str) -> None:
    written, sealed = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            audit.record("test.late")
            written.set()
            assert sealed.wait(10)

    def sealer() -> int:
        written.wait(10)
        with walls.stand(Place(office="auditor")):
            audit.record("test.early")
            blocks = record.seal()
        sealed.set()
        return len(blocks[-1].members)

    at_once(late, sealer)
    with walls.stand(Place(office="auditor")):
        late_one = AuditEvent.objects.get(verb="test.late")
        assert not AuditBlock.objects.filter(members__contains=[late_one.pk]).exists()
        (block,) = record.seal()
        assert late_one.pk in block.members
        assert record.verify().is_whole


def test_sealing_and_writing_do_not_wait_for_each_other(own_database: str) -> None:
    """A writer whose transaction stays open holds nobody up, and neither does a sealer's."""
    writer_in, sealed = threading.Event(), threading.Event()

    def writer() -> bool:
        with transaction.atomic():
            audit.record("test.open")
            writer_in.set()
            return sealed.wait(10)

    def sealer() -> int:
        writer_in.wait(10)
        with walls.stand(Place(office="auditor")):
            audit.record("test.other")
            record.seal()
            other = at_once(lambda: audit.record("test.third"))  # while this transaction has not ended
            assert isinstance(other[0], AuditEvent), other
        sealed.set()
        return 1

    assert at_once(writer, sealer) == [True, 1]


def test_two_sealers_at_once_make_one_chain(own_database: str) -> None:
    for number in range(30):
        audit.record("test.event", number=number)

    def seal() -> int:
        with walls.stand(Place(office="auditor")):
            return sum(len(block.members) for block in record.seal())

    counts = at_once(seal, seal, seal)
    with walls.stand(Place(office="auditor")):
        record.seal()
        verdict = record.verify()
        assert verdict.is_whole, verdict.faults
        assert sum(len(b.members) for b in AuditBlock.objects.all()) == AuditEvent.objects.count()
    assert sum(counts) >= 30


def test_policies_and_functions_in_the_database_are_those_in_the_code(own_database: str, owner_cursor: Any) -> None:
    """Made anew from portal.walls they are the same: a change there needs a migration."""
    policies = (
        "SELECT p.polrelid::regclass::text, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), "
        "pg_get_expr(p.polwithcheck, p.polrelid) FROM pg_policy p ORDER BY 1, 2"
    )
    functions = "SELECT proname, prosrc, provolatile FROM pg_proc WHERE proname LIKE 'portal%' ORDER BY 1"

    def read() -> list[Any]:
        found = []
        for query in (policies, functions):
            owner_cursor.execute(query)
            found.append(owner_cursor.fetchall())
        return found

    before = read()
    owner_cursor.execute(walls.FUNCTIONS_SQL)
    for table, wall in (walls.WALLED | merged("tenancy", "WALLED")).items():
        owner_cursor.execute(walls.wall_sql(table, wall))
    assert read() == before
