"""A score sheet: kept however half-filled, signed whole with the second factor, closed then, reopened with a reason."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from portal import walls
from portal.audit import AuditEvent
from portal.errors import Denied, Refused, Stale
from review import sheet_rules
from review.models import ScoreSheet, SheetIssue
from review.services import sheets
from review.sheet_rules import lacking, lines, total
from tests import factories, judging
from tests.factories import People
from tiers.terms import Criterion

CRITERIA = (
    Criterion("maturity", "成熟度", Decimal(20), ""),
    Criterion("effect", "成效", Decimal("10.5"), ""),
)


@pytest.mark.parametrize(
    ("typed", "comment", "problem"),
    [
        ("", "", "“成熟度”尚未评分。"),
        ("abc", "", "“成熟度”的得分应为数字。"),
        ("-1", "", "“成熟度”的得分应为数字。"),
        ("12.55", "", "“成熟度”的得分最多保留一位小数。"),
        ("20.1", "x", "“成熟度”的得分应在0至20之间。"),
        ("4.0", " ", "“成熟度”得分不高于4.0分或不低于19.0分的，须写明理由。"),
        ("4.1", "", ""),
        ("4", "材料未见依据", ""),
        ("18.9", "", ""),
        ("19", "", "“成熟度”得分不高于4.0分或不低于19.0分的，须写明理由。"),
        ("１２．５", "", ""),
        ("12.", "", ""),
        ("0", "", "“成熟度”得分不高于4.0分或不低于19.0分的，须写明理由。"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(typed: str, comment: str, problem: str) -> None:
    assert lines(CRITERIA, {"maturity": {"score": typed, "comment": comment}})[0].problem == problem


def test_the_sum_counts_what_can_be_read() -> None:
    found = lines(CRITERIA, {"maturity": {"score": "12.5"}, "effect": {"score": "x"}})
    assert total(found) == Decimal("12.5")
    assert lacking(found, "") == ["“成效”的得分应为数字。", "请填写评审意见。"]


def test_what_comes_in_is_cut_to_what_the_round_asks() -> None:
    said = {"maturity": {"score": 12.5, "comment": "x" * 900}, "strange": {"score": "1"}, "effect": "no"}
    kept = sheet_rules.clean(CRITERIA, said)
    assert kept == {"maturity": {"score": "12.5", "comment": "x" * 500}}


@pytest.fixture
def one(people: People) -> tuple[Any, Any, Any]:
    (row,) = judging.candidates(people, 1)
    who = judging.expert(people)
    judging.scoring(people, [who], [row])
    return who[0], row, judging.sheet_of(who[0], row)


def test_nothing_is_written_before_the_declaration(one: Any) -> None:
    who, _, sheet = one
    with walls.enter(who), pytest.raises(Refused, match="先声明"):
        sheets.save(sheet, {"scores": {}}, edition=0, actor=who)


def test_what_is_half_typed_is_kept_and_signing_says_all_that_is_lacking(one: Any) -> None:
    who, row, _ = one
    sheet = judging.declared(who, row)
    code = sheet.panel.round.value.criteria[0].code
    with walls.enter(who):
        kept = sheets.save(sheet, {"scores": {code: {"score": "1x"}}, "opinion": ""}, edition=0, actor=who)
        assert (kept.edition, kept.scores[code]["score"]) == (1, "1x")
        with pytest.raises(Refused) as refused:
            sheets.sign(sheet, edition=1, proved_by=judging.SECOND, actor=who)
    assert "的得分应为数字" in refused.value.reasons[0]
    assert "请填写评审意见。" in refused.value.reasons


def test_a_save_from_another_window_is_stale_and_shows_what_stands(one: Any) -> None:
    who, row, _ = one
    sheet = judging.declared(who, row)
    with walls.enter(who):
        sheets.save(sheet, {"opinion": "甲"}, edition=0, actor=who)
        with pytest.raises(Stale) as stale:
            sheets.save(sheet, {"opinion": "乙"}, edition=0, actor=who)
    assert stale.value.version == 1
    assert stale.value.conflicts[0]["opinion"] == "甲"


def test_what_the_same_window_sent_without_an_answer_is_no_conflict(one: Any) -> None:
    who, row, _ = one
    sheet = judging.declared(who, row)
    code = sheet.panel.round.value.criteria[0].code
    first = {"scores": {code: {"score": " 9 ", "comment": ""}}, "opinion": "甲"}
    second = {"scores": {}, "opinion": "甲乙"}
    with walls.enter(who):
        sheets.save(sheet, first, edition=0, actor=who)
        kept = sheets.save(sheet, second, edition=0, unanswered=[first], actor=who)
        assert (kept.edition, kept.opinion) == (2, "甲乙")
        with pytest.raises(Stale):
            sheets.save(sheet, first, edition=0, actor=who)  # the first comes again, late: the second stays
        sheets.save(sheet, {"opinion": "别的窗口"}, edition=2, actor=who)
        with pytest.raises(Stale):
            sheets.save(sheet, {"opinion": "甲乙丙"}, edition=0, unanswered=[first, second], actor=who)
    assert judging.fresh(sheet).opinion == "别的窗口"


def test_signed_is_closed_and_twice_is_once(people: People, one: Any) -> None:
    who, row, _ = one
    sheet = judging.filled(who, row)
    with walls.enter(who):
        with pytest.raises(Refused, match="动态口令"):
            sheets.sign(sheet, edition=sheet.edition, proved_by="password", actor=who)
        first = sheets.sign(sheet, edition=sheet.edition, proved_by=judging.SECOND, actor=who)
        again = sheets.sign(sheet, edition=sheet.edition, proved_by=judging.SECOND, actor=who)
        assert first == again
        with pytest.raises(Refused, match="不能再修改"):
            sheets.save(sheet, {}, edition=sheet.edition, actor=who)
    kept = judging.fresh(sheet)
    assert (kept.state, kept.total, kept.digest) == ("signed", Decimal(first.document["total"]), first.digest)
    assert kept.total == sum((Decimal(line["score"]) for line in first.document["lines"]), Decimal(0))
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="sheet.sign", subject_id=str(sheet.pk)).count() == 1


def test_only_the_officer_reopens_and_what_was_signed_stays(people: People, one: Any) -> None:
    who, row, _ = one
    sheet, officer = judging.signed(who, row), people.unit_officer
    with walls.enter(who), pytest.raises(Denied):
        sheets.reopen(sheet, reason="想改", actor=who)
    with walls.enter(officer):
        with pytest.raises(Refused, match="理由"):
            sheets.reopen(sheet, reason=" ", actor=officer)
        sheets.reopen(sheet, reason="第三项得分与意见不符", actor=officer)
    open_again = judging.fresh(sheet)
    with walls.enter(who):
        sheets.save(open_again, judging.full(open_again, "0.7"), edition=open_again.edition, actor=who)
        sheets.sign(open_again, edition=open_again.edition + 1, proved_by=judging.SECOND, actor=who)
    with walls.enter(officer):
        issues = list(SheetIssue.objects.order_by("version"))
    assert [issue.version for issue in issues] == [1, 2]
    assert judging.fresh(sheet).digest == issues[1].digest != issues[0].digest


def test_nobody_else_touches_a_sheet(people: People, one: Any) -> None:
    who, row, _ = one
    sheet = judging.declared(who, row)
    other, _ = judging.expert(people)
    for actor in (other, people.unit_officer, people.unit_head, people.enterprise_admin_a):
        with walls.enter(actor), pytest.raises(Denied):
            sheets.save(sheet, {}, edition=0, actor=actor)


def test_time_runs_out_at_the_instant(people: People, one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal import clock
    from tests.rounds import MICROSECOND

    who, row, _ = one
    sheet = judging.declared(who, row)
    until = sheet.panel.round.unit_until
    with walls.enter(who):
        monkeypatch.setattr(clock, "now", lambda: until)
        sheets.save(sheet, {"opinion": "及时"}, edition=0, actor=who)
        monkeypatch.setattr(clock, "now", lambda: until + MICROSECOND)
        with pytest.raises(Refused, match="截止"):
            sheets.save(sheet, {"opinion": "迟了"}, edition=1, actor=who)


# -- races -----------------------------------------------------------------------------------------------------------
def _race(who: Any, sheet: ScoreSheet) -> list[str]:
    barrier = Barrier(2)

    def save(text: str) -> str:
        try:
            barrier.wait(timeout=20)
            with walls.enter(who):
                sheets.save(sheet, {"opinion": text}, edition=0, actor=who)
            return "kept"
        except Stale:
            return "stale"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(save, ["甲", "乙"]))


def _world() -> tuple[Any, ScoreSheet]:
    people = factories.cast()
    (row,) = judging.candidates(people, 1)
    who = judging.expert(people)
    judging.scoring(people, [who], [row])
    return who[0], judging.declared(who[0], row)


def test_two_saves_at_one_edition_leave_one(own_database: str) -> None:
    who, sheet = _world()
    assert _race(who, sheet) == ["kept", "stale"]
    assert judging.fresh(sheet).edition == 1


def test_without_the_lock_both_would_be_kept(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: what the lock is there for does happen without it."""
    who, sheet = _world()
    meet = Barrier(2)

    def unlocked(row: ScoreSheet) -> ScoreSheet:
        found = ScoreSheet.objects.select_related("panel__round").get(pk=row.pk)
        meet.wait(timeout=20)
        return found

    monkeypatch.setattr(sheets, "_locked", unlocked)
    assert _race(who, sheet) == ["kept", "kept"]
