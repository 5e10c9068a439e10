"""Titles: who may do what to one, whom it shows itself to, what it does to a factory, how long a revocation bars."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.demo.seed import seed
from portal.errors import Denied, Refused
from portal.references import new_ref
from portal.workflow import available, move
from tests import factories
from tests.factories import People
from tests.titles import facts, of_a, recognition
from tiers import tasks
from tiers.demo.recognitions import seed_recognitions
from tiers.models import Factory, Recognition
from tiers.selectors import recognitions as selectors
from tiers.services import recognitions as services
from tiers.states import RecognitionState
from tiers.transitions import RECOGNITION

pytestmark = pytest.mark.django_db
SAID = {"reason": "理由", "document": "鄂经信〔2025〕9号", "on": date(2025, 3, 1)}
REVOCATION = {"revoked_on": SAID["on"], "revoking_document": SAID["document"]}


def _revoked(row: Recognition, by: Actor, **said: Any) -> Recognition:
    with walls.enter(by):
        return services.revoke(row, **SAID | said, actor=by)


# -- the law --------------------------------------------------------------------------------------------------------
def _in_state(state: str, people: People) -> Recognition:
    revoked = REVOCATION if state == RecognitionState.REVOKED else {}
    return Recognition.objects.create(
        **facts(), unit=people.enterprise_a.unit, ref=new_ref("RY"), source="entry", recorded_at=clock.now(),
        state=state, **revoked,
    )  # fmt: skip


def test_matrix_of_state_action_and_role(people: People) -> None:
    actors = people.actors() | {"portal": Actor(system="平台")}
    with walls.system("test"):
        for state in RecognitionState.values:
            for transition in RECOGNITION.transitions:
                for name, actor in actors.items():
                    with transaction.atomic():
                        row = _in_state(state, people)
                        offered = transition.action in {t.action for t in available(row, actor)}
                        changes = REVOCATION if transition.action == "revoke" else {}
                        try:
                            verdict = str(move(row, transition.action, actor=actor, changes=changes, **SAID).state)
                        except (Denied, Refused) as error:
                            verdict = type(error).__name__
                        transaction.set_rollback(True)
                    allowed, possible = name in {"unit_officer", "unit_head"}, state in transition.sources
                    wanted = "Denied" if not allowed else transition.target if possible else "Refused"
                    assert verdict == wanted, (state, transition.action, name)
                    assert offered == (allowed and possible), (state, transition.action, name)


def test_database_refuses_every_edge_that_is_not_in_the_table(people: People) -> None:
    edges = {(s, t.target) for t in RECOGNITION.transitions for s in t.sources}
    with walls.system("test"):
        for source in RecognitionState.values:
            for target in set(RecognitionState.values) - {source}:
                with transaction.atomic():
                    rows = Recognition.objects.filter(pk=_in_state(source, people).pk)
                    changes = REVOCATION if target == "revoked" else {"revoked_on": None, "revoking_document": ""}
                    if (source, target) in edges:
                        assert rows.update(state=target, **changes) == 1
                    else:
                        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                            rows.update(state=target, **changes)
                    transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": " "}, "请填写理由"),
        ({"document": ""}, "文号"),
        ({"on": None}, "撤销日期"),
        ({"on": date(2023, 12, 31)}, "不能早于该荣誉的年度"),
    ],
)
def test_revoking_needs_a_reason_a_document_and_its_day(people: People, said: dict[str, Any], sentence: str) -> None:
    row = of_a(people)
    with pytest.raises(Refused, match=sentence):
        _revoked(row, people.unit_head, **said)
    with walls.enter(people.unit_head), pytest.raises(Refused, match="请填写理由"):
        services.review(row, reason="", actor=people.unit_head)


def test_a_revocation_of_tomorrow_is_refused_by_beijings_calendar(people: People) -> None:
    row = of_a(people)
    today = clock.beijing(clock.now()).date()
    with pytest.raises(Refused, match="不能晚于今天"):
        _revoked(row, people.unit_head, on=today + timedelta(days=1))
    assert _revoked(row, people.unit_head, on=today).state == "revoked"


def test_database_holds_a_revocation_to_its_document_and_a_title_to_its_own(people: People) -> None:
    row = of_a(people)
    with walls.system("test"):
        for wrong in ({"state": "revoked"}, {"revoked_on": date(2025, 1, 1)}, {"document": ""}, {"batch": 0}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Recognition.objects.filter(pk=row.pk).update(**wrong)


# -- on record ------------------------------------------------------------------------------------------------------
def test_entry_by_hand_finds_the_enterprise_and_its_city_by_the_code(people: People) -> None:
    row = of_a(people)
    assert (row.enterprise, row.city, row.source) == (people.enterprise_a, people.enterprise_a.city, "entry")
    assert row.ref.startswith("RY-")
    stranger = recognition(people.unit_officer)
    assert (stranger.enterprise, stranger.city) == (None, None)
    with walls.enter(people.auditor):
        event = AuditEvent.objects.filter(verb="recognition.add").earliest("id")
    assert (event.actor, event.data["code"]) == (people.unit_officer.user, row.code)


def test_the_same_title_is_not_recorded_twice(people: People) -> None:
    row = of_a(people)
    with pytest.raises(Refused, match=row.ref):
        of_a(people)
    assert of_a(people, batch=2).pk != row.pk


def test_another_unit_may_record_the_same_and_learns_nothing(people: People) -> None:
    mine = of_a(people)
    theirs = recognition(people.group_officer, code=mine.code, name=mine.name)
    assert theirs.enterprise is None, "a code on another unit's register is not theirs to link"


@pytest.mark.parametrize("who", ["unit_joint", "city_head_a", "enterprise_admin_a", "ministry", "system_admin"])
def test_others_record_nothing(people: People, who: str) -> None:
    actor = people.actors()[who]
    with walls.enter(actor), pytest.raises(Denied):
        services.add(actor, facts())


def test_facts_that_do_not_fit_are_refused(people: People) -> None:
    with pytest.raises(Refused, match="揭榜年度"):
        recognition(people.unit_officer, title="national_demonstration")
    with pytest.raises(Refused, match="校验位"):
        recognition(people.unit_officer, code="91110108551385082X")
    with pytest.raises(Refused, match="文号"):
        recognition(people.unit_officer, document=" ")


def test_correcting_the_code_moves_the_title_to_the_other_holder(people: People) -> None:
    factory = factories.factory(people.enterprise_a, name="某某智能工厂")
    row = of_a(people)
    assert row.factory == factory
    b = people.enterprise_b
    with walls.enter(people.unit_officer):
        services.amend(row, facts(code=b.code, name=b.name), actor=people.unit_officer)
        row.refresh_from_db()
        factory.refresh_from_db()
        assert (row.enterprise, row.city, row.factory) == (b, b.city, None)
    assert factory.held_tier == "", "what the factory held went with the title"
    with walls.enter(people.auditor):
        event = AuditEvent.objects.get(verb="recognition.amend")
    assert event.data["before"]["code"] == people.enterprise_a.code


def test_correction_is_refused_when_nothing_changes_a_twin_exists_or_it_was_revoked(people: People) -> None:
    row, other = of_a(people), of_a(people, batch=2)
    said = facts(code=row.code, name=row.name)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="没有变化"):
            services.amend(row, said, actor=people.unit_officer)
        with pytest.raises(Refused, match=other.ref):
            services.amend(row, said | {"batch": 2}, actor=people.unit_officer)
    with walls.enter(people.unit_joint), pytest.raises(Denied):
        services.amend(row, said | {"batch": 3}, actor=people.unit_joint)
    _revoked(row, people.unit_head)
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="已撤销"):
        services.amend(row, said | {"batch": 3}, actor=people.unit_officer)


def test_history_names_offices_and_documents_and_no_person(people: People) -> None:
    row = of_a(people)
    with walls.enter(people.unit_officer):
        services.review(row, reason="到期", actor=people.unit_officer)
        services.restore(row, reason="合格", actor=people.unit_officer)
        services.revoke(row, **SAID, actor=people.unit_officer)
        history = Recognition.objects.get(pk=row.pk).history
    assert [step["what"] for step in history] == ["登记", "开始复核", "复核通过，恢复有效", "撤销"]
    assert {step["office"] for step in history} == {"湖北省经济和信息化厅"}
    assert (history[-1]["document"], history[-1]["on"]) == (SAID["document"], SAID["on"])
    assert people.unit_officer.name not in str(history)


# -- factories ------------------------------------------------------------------------------------------------------
def _held(factory: Factory) -> str:
    with walls.system("test"):
        return Factory.objects.get(pk=factory.pk).held_tier


def test_factory_holds_its_highest_valid_tier(people: People) -> None:
    factory = factories.factory(people.enterprise_a, name="某某智能工厂")
    of_a(people, title="national_demonstration", selection_year=2021, year=2023)
    assert _held(factory) == "", "a title beside the ladder is no tier"
    of_a(people, title="basic")
    assert _held(factory) == "basic"
    excellent = of_a(people, title="excellent")
    of_a(people, title="advanced", batch=2)
    assert _held(factory) == "excellent"
    with walls.enter(people.unit_officer):
        services.review(excellent, reason="复核", actor=people.unit_officer)
    assert _held(factory) == "advanced"
    with walls.enter(people.unit_officer):
        services.restore(excellent, reason="合格", actor=people.unit_officer)
    assert _held(factory) == "excellent"
    _revoked(excellent, people.unit_officer)
    assert _held(factory) == "advanced"


def test_officer_says_by_hand_which_factory_it_is(people: People) -> None:
    factory = factories.factory(people.enterprise_a, name="另一个名称")
    foreign = factories.factory(people.enterprise_b)
    row = of_a(people)
    assert row.factory is None
    with walls.enter(people.unit_officer):
        services.set_factory(row, factory, actor=people.unit_officer)
        with pytest.raises(Refused, match="自己的工厂"):
            services.set_factory(row, foreign, actor=people.unit_officer)
    assert _held(factory) == "advanced"
    with walls.enter(people.unit_officer):
        services.set_factory(row, None, actor=people.unit_officer)
    assert _held(factory) == ""
    stranger = recognition(people.unit_officer)
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="尚未入册"):
        services.set_factory(stranger, None, actor=people.unit_officer)


def test_what_the_officer_chose_the_portal_does_not_change(people: People) -> None:
    row = of_a(people)
    with walls.enter(people.unit_officer):
        services.set_factory(row, None, actor=people.unit_officer)
    factory = factories.factory(people.enterprise_a, name="某某智能工厂")
    tasks.link_recognitions()
    assert _held(factory) == ""


def test_a_filing_that_was_confirmed_gives_the_title_once(people: People) -> None:
    factory = factories.factory(people.enterprise_a)
    city = people.city_head_a
    with walls.enter(city):
        first = services.grant(factory, title="basic", year=2024, actor=city)
        again = services.grant(factory, title="basic", year=2024, actor=city)
        seen = selectors.recognition_for(city, first.ref)
    assert first.pk == again.pk
    assert (seen.source, seen.document, seen.city, seen.factory) == ("filing", "", people.enterprise_a.city, factory)
    assert _held(factory) == "basic"
    _revoked(first, people.unit_officer)
    with walls.enter(city), pytest.raises(Refused, match="已被撤销"):
        services.grant(factory, title="basic", year=2024, actor=city)


def test_a_filing_meets_what_the_unit_imported_before(people: People) -> None:
    """The unit's list had the title while the factory stood under another name on the register."""
    row = of_a(people, title="basic", project="甲厂")
    factory = factories.factory(people.enterprise_a, name="甲厂")
    with walls.enter(people.city_head_a):
        assert services.grant(factory, title="basic", year=2024, actor=people.city_head_a).pk == row.pk
    assert _held(factory) == "basic"


# -- the register ---------------------------------------------------------------------------------------------------
def test_titles_are_linked_once_their_enterprise_and_factory_come_onto_the_register(people: People) -> None:
    code = factories.code()
    row = recognition(people.unit_officer, code=code)
    foreign = recognition(people.unit_head_hunan, code=code)
    tasks.link_recognitions()
    enterprise = factories.enterprise("420500", code=code)
    tasks.link_recognitions()
    with walls.system("test"):
        row.refresh_from_db()
        foreign.refresh_from_db()
        assert (row.enterprise, row.city, row.factory) == (enterprise, enterprise.city, None)
        assert foreign.enterprise is None, "another unit's register"
    with walls.enter(people.city_head_b):
        assert selectors.recognition_for(people.city_head_b, row.ref)
    factory = factories.factory(enterprise, name="某某智能工厂")
    tasks.link_recognitions()
    assert _held(factory) == "advanced"
    tasks.link_recognitions()
    with walls.enter(people.auditor):
        assert AuditEvent.objects.filter(verb="recognition.link").count() == 2, (
            "linked once each, however often it runs"
        )


def test_the_demo_has_titles_of_every_kind_put_on_record_once() -> None:
    seed()
    assert seed_recognitions()
    assert not seed_recognitions()
    with walls.system("test"):
        rows = list(Recognition.objects.all())
        assert {row.title for row in rows} == {"hubei_pilot", "national_demonstration", "advanced"}
        assert [row.passed_acceptance for row in rows if row.title == "national_demonstration"] == [True]
        assert [row.state for row in rows].count("revoked") == 1
        assert len([row for row in rows if row.enterprise_id is None]) == 1
