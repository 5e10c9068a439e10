"""Places given and taken back: in score order or with a reason, and the list that comes of it."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.errors import Denied, Refused, Stale
from portal.models import AuditEvent
from review.models import Candidate, Choice, QuotaShare, ScoreSheet, UnitList
from review.selectors import choosing as seen
from review.selectors import standings, unit_lists
from review.services import choosing
from tests import choice
from tests.factories import People
from tiers.models import Recommendation, Round
from tiers.services import round_dates

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(people: People) -> list[Candidate]:
    """Four candidates of one panel, scored 90, 85, 85 and 70."""
    rows = choice.accepted(people, 4)
    seats = choice.panel(rows[0].round, "装备制造组", rows)
    for row, total in zip(rows, (90, 85, 85, 70), strict=True):
        choice.scored(row, seats, [total] * 5)
    return [choice.fresh(row) for row in rows]


def _order(round_: Round) -> list[str]:
    with walls.system("test"):
        return [row.number for _, row in unit_lists.recommended(round_)]


def test_in_score_order_no_reason_is_asked(four: list[Candidate], people: People) -> None:
    with walls.enter(people.unit_officer):
        made = choosing.recommend(four[0], actor=people.unit_officer)
    assert (made.position, made.outside_quota) == (1, False)
    with walls.system("test"):
        (step,) = Choice.objects.all()
        assert step.reason == ""
        assert {key: step.standing[key] for key in ("group", "rank", "of", "score", "passed_over")} == {
            "group": "装备制造组", "rank": 1, "of": 4, "score": "90.00", "passed_over": [],
        }  # fmt: skip


def test_a_departure_needs_a_reason_that_stays(four: list[Candidate], people: People) -> None:
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match=f"第4名.*{four[0].number}"):
            choosing.recommend(four[3], actor=people.unit_officer)
        assert not Recommendation.objects.exists()
        choosing.recommend(four[3], reason="填补行业空白。", actor=people.unit_officer)
        found = standings.judged(four[0].round)
        ((departure, given),) = unit_lists.departures(found, unit_lists.reasons(four[0].round))
    assert len(departure.before) == 3
    assert given == ["推荐：填补行业空白。"]


def test_level_ones_are_shown_as_ties_and_parting_them_needs_a_reason(four: list[Candidate], people: People) -> None:
    with walls.enter(people.unit_officer):
        choosing.recommend(four[0], actor=people.unit_officer)
        with pytest.raises(Refused, match=four[2].number):
            choosing.recommend(four[1], actor=people.unit_officer)
        choosing.recommend_many(four[0].round, [four[1], four[2]], actor=people.unit_officer)
        assert not unit_lists.departures(standings.judged(four[0].round), {}), "both of them: nobody is passed over"


def test_what_a_visit_found_bars_the_way_without_a_reason(four: list[Candidate], people: People) -> None:
    choice.visited(four[0], "failed")
    with walls.enter(people.unit_officer):
        choosing.recommend(four[1], reason="与第三项并列，示范性更强。", actor=people.unit_officer)
        with pytest.raises(Refused, match="现场核查不通过"):
            choosing.recommend(four[0], actor=people.unit_officer)
        page = seen.choice_page(four[0].round, {})
    (group,) = page.groups
    assert group.rows[0].label == "现场核查不通过"
    assert four[0].pk not in {line.key for line in group.cut.inside}


def test_withdrawing_needs_a_reason_and_closes_the_gap(four: list[Candidate], people: People) -> None:
    with walls.enter(people.unit_officer):
        choosing.recommend_many(four[0].round, four[:3], actor=people.unit_officer)
        with pytest.raises(Refused, match="理由"):
            choosing.withdraw(four[1], reason=" ", actor=people.unit_officer)
        choosing.withdraw(four[1], reason="异议成立", actor=people.unit_officer)
        places = list(Recommendation.objects.order_by("position").values_list("position", flat=True))
        with pytest.raises(Refused, match="不在推荐名单"):
            choosing.withdraw(four[1], reason="再次", actor=people.unit_officer)
    assert places == [1, 2]
    assert _order(four[0].round) == [four[0].number, four[2].number]
    with walls.system("test"):
        page = standings.candidate_page(people.unit_officer, four[1])
    assert [(choice.kind, choice.reason) for choice in page["choices"]] == [
        ("recommend", ""), ("withdraw", "异议成立"),
    ]  # fmt: skip


def test_the_next_in_line_is_of_the_same_industry(four: list[Candidate], people: People) -> None:
    with walls.enter(people.unit_officer):
        choosing.recommend(four[0], actor=people.unit_officer)
        assert seen.next_in_line(four[0].round, "装备制造组") == [four[2], four[1]] or {
            row.pk for row in seen.next_in_line(four[0].round, "装备制造组")
        } == {four[1].pk, four[2].pk}
        assert seen.next_in_line(four[0].round, "食品组") == []


def test_whoever_lost_a_place_to_an_objection_is_not_next_in_line(four: list[Candidate], people: People) -> None:
    choice.objected(four[0], people)
    with walls.enter(people.unit_officer):
        group = "装备制造组"
        assert {row.pk for row in seen.next_in_line(four[0].round, group)} == {four[1].pk, four[2].pk}
        choosing.recommend_many(four[0].round, four[1:3], actor=people.unit_officer)  # nobody stands before them now
        with pytest.raises(Refused, match="公示异议成立"):
            choosing.recommend(four[0], actor=people.unit_officer)


def test_the_quota_is_split_by_the_officer_and_on_record(four: list[Candidate], people: People) -> None:
    round_ = four[0].round
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="合计21家，超过本批次推荐名额20家"):
            choosing.share(round_, {"装备制造组": 21}, actor=people.unit_officer)
        choosing.share(round_, {"装备制造组": 3}, actor=people.unit_officer)
        assert dict(QuotaShare.objects.values_list("group", "places")) == {"装备制造组": 3}
        page = seen.choice_page(round_, {})
        (group,) = page.groups
        assert [line.key for line in group.cut.inside] == [
            four[0].pk,
            *sorted((four[1].pk, four[2].pk), key=lambda pk: group.rows[1].line.key != pk),
        ]
        tried = seen.choice_page(round_, {group.field: "2"})
    assert tried.tried
    assert tried.groups[0].cut.tied_at_cut
    assert (page.quota, page.used, page.left, page.expected) == (20, 0, 20, 3)
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="unit_list.share").count() == 1


def test_filling_takes_whom_the_scores_take(four: list[Candidate], people: People) -> None:
    round_ = four[0].round
    with walls.enter(people.unit_officer):
        choosing.share(round_, {"装备制造组": 3}, actor=people.unit_officer)
        assert len(choosing.recommend_many(round_, seen.to_fill(round_), actor=people.unit_officer)) == 3
        assert seen.to_fill(round_) == []
    assert set(_order(round_)) == {row.number for row in four[:3]}


def test_bulk_is_all_or_none(four: list[Candidate], people: People) -> None:
    round_ = four[0].round
    with walls.enter(people.unit_officer):
        round_dates.change_quota(round_, 3, reason="名额压缩", actor=people.unit_officer)
        with pytest.raises(Refused, match="名额为3家，已推荐3家"):
            choosing.recommend_many(round_, four, actor=people.unit_officer)
        assert not Recommendation.objects.exists()
        assert not Choice.objects.exists()
        with pytest.raises(Refused, match="两次"):
            choosing.recommend_many(round_, [four[0], four[0]], actor=people.unit_officer)


def test_direct_ones_stand_apart_and_never_count(four: list[Candidate], people: People) -> None:
    round_ = four[0].round
    with walls.system("test"):
        Candidate.objects.filter(pk=four[3].pk).update(track="direct")
    with walls.enter(people.unit_officer):
        round_dates.change_quota(round_, 1, reason="压缩", actor=people.unit_officer)
        choosing.recommend(choice.fresh(four[0]), actor=people.unit_officer)
        made = choosing.recommend(choice.fresh(four[3]), actor=people.unit_officer)
        page = seen.choice_page(round_, {})
    assert (made.outside_quota, made.position) == (True, None)
    assert (page.used, [row.pk for row, _ in page.direct]) == (1, [four[3].pk])
    assert four[3].pk not in {line.key for group in page.groups for line in group.cut.lines}


def test_order_is_changed_whole_and_a_stale_one_is_told_what_it_missed(four: list[Candidate], people: People) -> None:
    round_ = four[0].round
    refs = [row.application.ref for row in four]
    with walls.enter(people.unit_officer):
        choosing.recommend_many(round_, four, actor=people.unit_officer)
        version = UnitList.objects.get().version
        choosing.order(round_, list(reversed(refs)), version=version, actor=people.unit_officer)
        with pytest.raises(Stale) as stale:
            choosing.order(round_, refs, version=version, actor=people.unit_officer)
        choosing.shift(round_, refs[0], to=1, version=version + 1, actor=people.unit_officer)
    assert any("第1位" in said for said in stale.value.conflicts[0]["said"])
    assert _order(round_) == [four[0].number, four[3].number, four[2].number, four[1].number]


def test_one_that_is_not_accepted_gets_no_place(people: People) -> None:
    (row,) = choice.arrived(people)
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="待受理"):
        choosing.recommend(row, actor=people.unit_officer)


def test_others_choose_nothing(four: list[Candidate], people: People, client_as: object) -> None:
    for actor in (people.city_head_a, people.unit_joint, people.unit_head_hunan, people.ministry, people.expert):
        with walls.enter(actor), pytest.raises(Denied):
            choosing.recommend(four[0], actor=actor)
    page = reverse("choice", args=[four[0].round.ref])
    assert client_as(people.unit_head_hunan).get(page).status_code == 404  # type: ignore[operator]
    assert client_as(people.city_head_a).get(page).status_code == 403  # type: ignore[operator]


def test_the_pages_say_who_is_in_and_who_is_just_out(four: list[Candidate], people: People, client_as: object) -> None:
    client: Client = client_as(people.unit_officer)  # type: ignore[operator]
    page = reverse("choice", args=[four[0].round.ref])
    text = client.get(page, {"share_0": "2"}).content.decode()
    for words in ("线上并列", "试算，尚未保存", "按得分入选", "推荐名额"):
        assert words in text, words
    assert client.post(reverse("choice_share", args=[four[0].round.ref]), {"share_0": "3"}).status_code == 302
    assert client.post(reverse("choice_fill", args=[four[0].round.ref])).status_code == 302
    act = reverse("candidate_recommend", args=[four[3].application.ref])
    assert client.post(act, {"reason": ""}).status_code == 302, "after the three, nobody is passed over"
    board = client.get(reverse("candidates", args=[four[0].round.ref]), {"show": "chosen"}).content.decode()
    assert board.count("第4位") == 1
    many = client.post(reverse("choice_many", args=[four[0].round.ref]), {"typed": "HB-没有", "reason": ""})
    assert many.status_code == 422
    assert "HB-没有" in many.content.decode()


def test_the_board_is_as_quick_with_many_as_with_few(
    four: list[Candidate], people: People, django_assert_max_num_queries: object
) -> None:
    with walls.enter(people.unit_officer), django_assert_max_num_queries(9):  # type: ignore[operator]
        board = standings.board(four[0].round)
    assert [line.score for line in board.lines] == [
        Decimal("90.00"),
        Decimal("85.00"),
        Decimal("85.00"),
        Decimal("70.00"),
    ]
    with walls.system("test"):
        assert ScoreSheet.objects.count() == 20
