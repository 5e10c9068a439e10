"""May we apply: a round's rules of eligibility against what is known, and the questions that only they can answer.

Pure. What is on file is never asked again; what is not is asked, and the answer says that it is the applicant's own.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from portal.declared import Block, Field, Kind, Problem, Progress, Section, Values, in_words, length
from tiers.editions import Force
from tiers.eligibility import ACCIDENTS, LEVELS, RULE_KINDS, SOURCES, Facts, Outcome, Verdict, is_direct, judge
from tiers.terms import TITLES, Direct, Rule, Terms

KEY = "screening"
NOTE_LIMIT = 500
_NOTE = "情况说明"
_OWN = SOURCES["statements"]
_BOOL = {"yes": True, "no": False}
# What a title of the direct way stands in for: a title that the round asks for (decision 17).
_TITLE_KINDS = {"any_title", "holds_tier"}


class Mark(StrEnum):
    """How a rule comes out."""

    MET = "met"
    UNMET = "unmet"
    EXPLAIN = "explain"  # something is still to be said: an answer, or why what is 原则上 asked for is missing

    @property
    def label(self) -> str:
        """As people read it."""
        return {"met": "符合", "unmet": "不符合", "explain": "需说明"}[self]


@dataclass(frozen=True)
class Line:
    """One rule as the applicant reads it.

    `source`, `told`: where the verdict is known from, and what stands there. `questions`, `note`: keys of what the
    applicant answers here, and of the explanation. `missing`: those of them that are to be filled in, or too long.
    `ends`: no use in writing. `blocks`: may be written, but not submitted. `fields`: a page puts what it draws here.
    """

    code: str
    text: str
    clause: str
    force: Force
    mark: Mark
    reason: str = ""
    remedy: str = ""
    source: str = ""
    told: str = ""
    questions: tuple[str, ...] = ()
    note: str = ""
    missing: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    ends: bool = False
    blocks: bool = False
    unverified: bool = False
    fields: tuple[Any, ...] = ()

    @property
    def mark_label(self) -> str:
        """The mark in words."""
        return self.mark.label

    @property
    def asked(self) -> tuple[str, ...]:
        """The keys of everything that the applicant fills in for this rule."""
        return (*self.questions, self.note) if self.note else self.questions


@dataclass(frozen=True)
class Offer:
    """The direct way as it stands for somebody who holds its title: open, or why not yet."""

    is_open: bool
    sentence: str


# -- what is asked ---------------------------------------------------------------------------------------------------
def _statement(rule: Rule) -> tuple[Field, ...]:
    return (Field(f"rule.{rule.code}", "是否符合", Kind.YES_NO, required=True),)


def _accidents(rule: Rule) -> tuple[Field, ...]:
    label = "近三年是否发生过{}安全、环保等事故"
    return tuple(
        Field(f"rule.{rule.code}.{grade}", label.format(ACCIDENTS[grade]), Kind.YES_NO, required=True)
        for grade in rule.value
    )


def _level(rule: Rule) -> tuple[Field, ...]:
    choices = (("0", "未达到一级"), *((str(level), name) for level, name in LEVELS.items()))
    return (Field(f"rule.{rule.code}", "自评估等级", Kind.CHOICE, required=True, choices=choices),)


_QUESTIONS = {
    "statement": _statement,
    "no_accidents": _accidents,
    "maturity": _level,
    "tier_met": _statement,
    "basics_met": _statement,
}


def _questions(rule: Rule) -> tuple[Field, ...]:
    return _QUESTIONS[rule.kind](rule) if rule.kind in _QUESTIONS else ()


def _note(rule: Rule) -> tuple[Field, ...]:
    if rule.force is not Force.IN_PRINCIPLE:
        return ()
    help_ = "本条为“原则上”要求，未满足的请说明情况和理由。"
    return (Field(f"note.{rule.code}", _NOTE, Kind.LONG, limit=NOTE_LIMIT, required=True, help=help_),)


def section(terms: Terms) -> Section:
    """Every question that a round's rules could ask, a block for each rule; which of them are asked, `lines` says."""
    blocks = tuple(
        Block(rule.code, rule.text, fields, clause=rule.clause)
        for rule in terms.rules
        if (fields := (*_questions(rule), *_note(rule)))
    )
    intro = "逐条核对申报条件。平台已有记录的不再询问；其余各项由申报主体据实填写，并对真实性负责。"
    return Section(KEY, "申报条件核对", blocks, intro)


# -- how it comes out ------------------------------------------------------------------------------------------------
def lines(terms: Terms, facts: Facts, answers: Values, *, direct: bool = False) -> tuple[Line, ...]:
    """Every rule of the round, in order, against what is known and what was answered; `direct`: on the direct way."""
    way = terms.direct if direct else None
    found = tuple(_line(rule, facts, answers, way) for rule in terms.rules)
    return (_way_line(way, facts), *found) if way else found


def _line(rule: Rule, facts: Facts, answers: Values, way: Direct | None) -> Line:
    known, kind = judge(rule, facts), RULE_KINDS[rule.kind]
    line = Line(rule.code, rule.text, rule.clause, rule.force, Mark.MET, unverified=rule.unverified)
    if known.verdict is not Verdict.MET and rule.kind in _TITLE_KINDS and is_direct(way, facts):
        return replace(line, reason=_stands_in(way), source=SOURCES[kind.fact], told=facts.told.get("held", ""))
    questions = _questions(rule) if known.verdict is Verdict.UNKNOWN else ()
    outcome = judge(rule, _answered(rule, facts, answers)) if questions else known
    note = _note(rule) if outcome.verdict is Verdict.UNMET else ()
    missing = tuple(field.key for field in (*questions, *note) if not _is_filled(field, answers))
    mark = _mark(outcome)
    return replace(
        line,
        mark=mark,
        reason=outcome.reason,
        remedy=outcome.remedy,
        source=_OWN if questions else SOURCES[kind.fact],
        told=facts.told.get(kind.fact, ""),
        questions=tuple(field.key for field in questions),
        note=note[0].key if note else "",
        missing=missing,
        said=_said((*questions, *note), answers),
        ends=outcome.ends,
        blocks=mark is Mark.UNMET or outcome.verdict is Verdict.UNKNOWN or bool(missing),
    )


def _mark(outcome: Outcome) -> Mark:
    if outcome.verdict is Verdict.MET:
        return Mark.MET
    return Mark.UNMET if outcome.stops else Mark.EXPLAIN


def _answered(rule: Rule, facts: Facts, answers: Values) -> Facts:
    """The facts together with what the applicant says where nothing is on file."""
    said = {field.key: text for field in _questions(rule) if (text := _text(answers, field.key)) in _allowed(field)}
    if rule.kind == "no_accidents":
        happened = frozenset(key.rpartition(".")[2] for key, answer in said.items() if answer == "yes")
        return replace(facts, accidents=happened if happened or len(said) == len(rule.value) else None)
    if not said:
        return facts
    (only,) = said.values()
    if rule.kind == "maturity":
        return replace(facts, maturity_level=int(only))
    if rule.kind == "tier_met":
        return replace(facts, tiers_met=frozenset({rule.value} if _BOOL[only] else ()))
    if rule.kind == "basics_met":
        return replace(facts, basics_met=_BOOL[only])
    return replace(facts, statements={rule.code: _BOOL[only]})


def _allowed(field: Field) -> Container[str]:
    return _BOOL if field.kind is Kind.YES_NO else dict(field.choices)


def _is_filled(field: Field, answers: Values) -> bool:
    text = _text(answers, field.key)
    return bool(text) and (not field.limit or length(text) <= field.limit)


def _said(fields: Iterable[Field], answers: Values) -> tuple[tuple[str, str], ...]:
    return tuple((f.label, in_words(f, text)) for f in fields if (text := _text(answers, f.key)))


def _text(answers: Values, key: str) -> str:
    value = answers.get(key, "")
    return value.strip() if isinstance(value, str) else ""


# -- the direct way --------------------------------------------------------------------------------------------------
def _stands_in(way: Direct | None) -> str:
    return f"按“{TITLES[way.title]}”直接申报，不另要求其他称号（{way.clause}）。" if way else ""


def _way_line(way: Direct, facts: Facts) -> Line:
    may_go = is_direct(way, facts)
    return Line(
        "direct_way",
        way.text,
        way.clause,
        Force.REQUIRED,
        Mark.MET if may_go else Mark.UNMET,
        reason="" if may_go else "未查到相应年度揭榜且通过验收的有效记录，不能直接申报。",
        remedy="" if may_go else "请改按一般渠道申报，或联系推荐单位核对称号和验收记录。",
        source=SOURCES["held"],
        told=facts.told.get("held", ""),
        blocks=not may_go,
    )


def offer(terms: Terms, facts: Facts) -> Offer | None:
    """The direct way for whoever holds its title of those years; None where there is none, or nothing to go it by."""
    way = terms.direct
    if way is None:
        return None
    name = TITLES[way.title]
    if is_direct(way, facts):
        return Offer(
            True,
            f"贵单位获“{name}”并已通过验收，可以直接申报：填报同一申报书，不参加市州和省级排序，不占推荐名额（{way.clause}）。",
        )
    if any(held.title == way.title and way.from_year <= held.year <= way.to_year for held in facts.held or ()):
        return Offer(
            False,
            f"贵单位获“{name}”，尚无通过验收的记录，暂不能直接申报；已通过验收的，请联系推荐单位补充登记（{way.clause}）。",
        )
    return None


# -- all of it together ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Summary:
    """What all lines come to: those that end the matter, those not met, those that wait for an answer."""

    ending: tuple[Line, ...]
    unmet: tuple[Line, ...]
    waiting: tuple[Line, ...]

    @property
    def may_begin(self) -> bool:
        """Whether there is any use in writing."""
        return not self.ending

    @property
    def may_submit(self) -> bool:
        """Whether nothing stands in the way of submitting."""
        return not (self.ending or self.unmet or self.waiting)


def summary(found: Iterable[Line]) -> Summary:
    """The lines that stand in the way, by how they do."""
    blocking = [line for line in found if line.blocks or line.ends]
    return Summary(
        tuple(line for line in blocking if line.ends),
        tuple(line for line in blocking if line.mark is Mark.UNMET and not line.ends),
        tuple(line for line in blocking if line.mark is not Mark.UNMET),
    )


def progress(found: Iterable[Line]) -> Progress:
    """How much of what is asked here is answered."""
    asked = [line for line in found if line.asked]
    return Progress(sum(not line.missing for line in asked), len(asked))


def problems(found: Iterable[Line]) -> list[Problem]:
    """Everything that stands in the way of submitting, as the check page lists it; `key` is the rule's code."""
    return [
        Problem(line.code, f"{line.clause} {line.text}", _sentence(line), bool(line.missing))
        for line in found
        if line.blocks
    ]


def _sentence(line: Line) -> str:
    if line.note not in line.missing:
        return line.reason + line.remedy
    is_long = any(label == _NOTE for label, _ in line.said)
    what = f"{_NOTE}限{NOTE_LIMIT}字，请删减" if is_long else f"本条为“原则上”要求，请填写{_NOTE}"
    return f"{line.reason}{what}。"


def as_document(found: Iterable[Line]) -> list[dict[str, Any]]:
    """The lines as a submission keeps them; `_screening.html` shows these as well."""
    kept = ("code", "text", "clause", "reason", "source", "told")
    return [
        {name: getattr(line, name) for name in kept}
        | {
            "force": line.force.value,
            "mark": line.mark.value,
            "mark_label": line.mark_label,
            "said": [list(pair) for pair in line.said],
        }
        for line in found
    ]


def with_fields(found: Iterable[Line], blocks: Iterable[Any]) -> tuple[Line, ...]:
    """The lines with what a page draws of their questions; `blocks`: the section's, as they are drawn."""
    drawn = {field.asked.key: field for block in blocks for field in block.fields}
    return tuple(replace(line, fields=tuple(drawn[key] for key in line.asked)) for line in found)
