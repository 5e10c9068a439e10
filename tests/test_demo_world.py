"""The demo world, whole: what a newcomer is promised to find in it, for every role something to do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from applications.models import Application, LateDraft, Submission
from applications.states import ApplicationState, Track
from portal import walls
from portal.demo.cast import CAST, seat_of
from portal.demo.companies import MARK, companies
from portal.demo.seed import somebody
from portal.demo.todo import accounts, progress
from portal.invariants import Invariant, invariants
from portal.models import Enterprise, Industry, Membership, Registration
from portal.roles import Role
from portal.selectors.home import all_waiting
from review.choosing import cut
from review.demo.world import seed
from review.models import (
    Candidate,
    CityList,
    Dispatch,
    Expert,
    Finding,
    FirstReview,
    Objection,
    Outcome,
    Panel,
    Publicity,
    QuotaShare,
    ScoreSheet,
    SignOff,
    UnitList,
    Waiver,
)  # fmt: skip
from review.selectors.outcomes import outcomes
from review.selectors.standings import judged
from review.states import FirstReviewState, SignOffState
from tests.databases import demo_database
from tiers.models import Recognition, Recommendation, Round, SelfAssessment

STRANGERS = ("甲企业", "乙企业", "集团企业")  # the tests' own people, who are in every database of a run


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    template = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), demo_database(tmp_path_factory.mktemp("world")) as name:
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = template


@pytest.fixture
def everything() -> Iterator[None]:
    with walls.system("test"):
        yield


def _batch(number: int) -> Round:
    return Round.objects.select_related("unit", "edition").filter(unit__code="HB", batch=number).latest("pk")


# -- who is in it ------------------------------------------------------------------------------------------------------
def test_sixty_enterprises_of_every_city_and_many_industries_all_marked_as_invented(everything: None) -> None:
    registered = list(Enterprise.objects.exclude(name__in=STRANGERS).select_related("region", "city__region"))
    waiting = list(Registration.objects.filter(state="pending"))
    assert len(registered) + len(waiting) == len(companies()) == 60
    for row in (*registered, *waiting):
        assert MARK in row.name
        assert not row.branch_of_name or MARK in row.branch_of_name
    assert len({row.city_id for row in registered if row.city_id}) == 17
    assert len({row.industry_id for row in registered}) >= 14
    assert {row.industry_id for row in registered} <= set(Industry.objects.values_list("code", flat=True))


def test_no_employer_of_an_expert_and_no_supplier_is_a_real_organisation(everything: None) -> None:
    experts = list(Expert.objects.all())
    assert len(experts) == 12
    for row in experts:
        for name in (row.employer, *(body["name"] for body in (*row.former, *row.interests))):
            assert MARK in name
    for document in Submission.objects.values_list("document", flat=True):
        assert MARK in document["enterprise"]["name"]
        for section in document["sections"].values():
            for key, cells in section.items():
                if key.startswith(("integrators[", "systems[")):
                    assert MARK in (cells.get("vendor") or cells["name"])


def test_names_are_drawn_by_the_seed_and_by_nothing_else() -> None:
    assert companies(1) == companies(1)
    assert companies(1) != companies(2)
    names = [row.name for row in companies(2)]
    assert len(set(names)) == 60


def test_books_of_different_factories_are_different(everything: None) -> None:
    rows = Submission.objects.values_list("application__factory", "document")
    said = {factory: document["sections"]["factory"]["summary"] for factory, document in rows}
    assert len(said) > 40
    assert len(set(said.values())) == len(said)


def test_factories_climbed_over_years(everything: None) -> None:
    assert len(set(SelfAssessment.objects.values_list("year", flat=True))) == 3
    assert SelfAssessment.objects.values("factory").distinct().count() >= 59


# -- what happens in it ------------------------------------------------------------------------------------------------
def test_applications_sign_offs_and_reviews_are_in_every_state(everything: None) -> None:
    assert set(Application.objects.values_list("state", flat=True)) == set(ApplicationState.values)
    assert set(SignOff.objects.values_list("state", flat=True)) == set(SignOffState.values)
    assert set(FirstReview.objects.values_list("state", flat=True)) == set(FirstReviewState.values)
    assert {"drafting", "signing", "sent", "accepted"} <= set(CityList.objects.values_list("state", flat=True))


def test_every_kind_of_applicant_is_there(everything: None) -> None:
    rows = Application.objects.select_related("enterprise", "unit")
    assert rows.filter(track=Track.DIRECT).exists()
    central = rows.get(enterprise__group__isnull=False)
    assert central.unit.code == "HLZB"
    branch = next(row for row in rows if row.enterprise.is_branch)
    assert branch.enterprise.industry_id == "C32", "有色金属 may apply with a branch"
    late = LateDraft.objects.select_related("application__round").get()
    assert late.application.state == "draft"
    assert late.at > late.application.round.enterprise_until
    twice = [row for row in rows if row.corrections.count() == 2]
    assert [row.state for row in twice] == ["returned"]
    assert Finding.objects.filter(is_adverse=True).exists()
    assert Recognition.objects.filter(state="revoked").exists()


def test_three_panels_judge_a_batch_with_ties_to_declare_to_find_and_to_waive(everything: None) -> None:
    made = _batch(2)
    states = dict(Panel.objects.filter(round=made).values_list("name", "state"))
    assert sorted(states.values()) == ["opened", "opened", "scoring"]
    assert Candidate.objects.filter(round=made, state="accepted", track=Track.REGULAR).count() >= 22
    assert ScoreSheet.objects.filter(panel__round=made, state="recused").exists()
    assert Waiver.objects.filter(candidate__round=made).exists()
    former = Expert.objects.get(user__email=seat_of("zhuanjia6").email).former[0]["name"]
    assert not ScoreSheet.objects.filter(
        candidate__round=made, candidate__name=former, expert__user__email=seat_of("zhuanjia6").email
    ).exists(), "whoever worked there doesn't judge it"


def test_the_twentieth_place_is_tied(everything: None) -> None:
    made = _batch(2)
    shares = dict(QuotaShare.objects.filter(round=made).values_list("group", "places"))
    groups = judged(made).groups
    found = [cut(group, groups[group], places) for group, places in shares.items()]
    assert sum(one.places for one in found) == made.quota == 20
    (tied,) = [one for one in found if one.tied_at_cut]
    assert len(tied.inside) == tied.places - 1
    assert len(tied.just_out) == 2
    assert len({line.score for line in tied.just_out}) == 1


def test_an_objection_was_upheld_and_the_next_was_offered_the_place(everything: None) -> None:
    made = _batch(4)
    assert sorted(Objection.objects.filter(publicity__round=made).values_list("state", flat=True)) == [
        "handling", "lodged", "upheld",
    ]  # fmt: skip
    lost = Objection.objects.get(publicity__round=made, state="upheld").factory_id
    places = Recommendation.objects.filter(round=made)
    assert places.count() == 4
    assert not places.filter(factory=lost).exists()
    draft = Publicity.objects.get(round=made, state="draft")
    assert len(draft.rows) == 1, "the next one has to be made public too"


def test_the_ministry_has_one_batch_to_decide_and_has_decided_another(everything: None) -> None:
    assert Dispatch.objects.get(round=_batch(5)).state == "received"
    done = _batch(6)
    assert (done.state, Dispatch.objects.get(round=done).state) == ("finished", "decided")
    assert sorted(Outcome.objects.filter(round=done).values_list("result", flat=True)) == [
        "not_recognised", "not_recommended", "recognised",
    ]  # fmt: skip
    assert UnitList.objects.get(round=done).state == "sent"


def test_an_enterprise_reads_that_it_was_recognised() -> None:
    with walls.system("test"):
        row = Outcome.objects.select_related("enterprise").get(result="recognised")
        email = Membership.objects.get(enterprise=row.enterprise, role=Role.ENTERPRISE_ADMIN).user.email
    owner = somebody(email.partition("@")[0])
    with walls.enter(owner):
        assert [found.result for found in outcomes(owner)] == ["recognised"]


# -- for whom ----------------------------------------------------------------------------------------------------------
def test_every_role_has_something_to_do_now() -> None:
    busy = set()
    for seat in CAST:
        if seat.role is None:
            continue
        who = somebody(seat.account)
        with walls.enter(who):
            if [line for line in all_waiting(who) if line.page != "notices"]:
                busy.add(seat.role)
    assert set(Role) - busy <= {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}


def test_the_demos_page_says_what_each_can_do_and_that_the_world_is_whole() -> None:
    cast, others = accounts()
    said = {row.seat.account: "；".join(row.todo) for row in cast}
    assert said["jingban"]
    assert said["buji"]
    assert len(others) == 34
    found = progress()
    assert found
    assert (found.done, found.label) == (found.total, "")


def test_seeding_again_changes_nothing() -> None:
    assert seed() == []


@pytest.mark.parametrize("invariant", invariants(), ids=lambda invariant: invariant.sentence)
def test_all_that_must_hold_holds(invariant: Invariant, everything: None) -> None:
    assert list(invariant.faults()) == []
