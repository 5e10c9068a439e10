"""The layouts of the review's papers: one line each, with the value from review.papers that it draws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.papers import Document
from review.models import ListIssue, Publicity, SheetIssue
from review.papers import Letter, Minutes, PublicNotice, ScoreSheet, Signatory, SummaryTable
from review.selectors import sheets, unit_lists
from review.selectors.city_lists import issue_page, issue_source, issue_standing, letter_of, table_of
from review.selectors.publicity import notice_of, notice_page, notice_source, notice_standing
from review.selectors.unit_lists import Part


@dataclass(frozen=True)
class Layout:
    """A paper's name, its template, and what the template is given of the value."""

    name: str
    template: str
    context: Callable[[Any], Mapping[str, Any]]


def table(value: SummaryTable) -> dict[str, Any]:
    """推荐汇总表, of a city or a unit."""
    return {"table": value}


def letter(value: Letter) -> dict[str, Any]:
    """A letter of recommendation."""
    return {"letter": value, "seals": _shape(value.signatories)}


def score_sheet(value: ScoreSheet) -> dict[str, Any]:
    """An expert's score sheet."""
    return {"sheet": value}


def minutes(value: Minutes) -> dict[str, Any]:
    """A panel's minutes."""
    return {"minutes": value}


def public_notice(value: PublicNotice) -> dict[str, Any]:
    """What is made public before it is final."""
    return {"notice": value, "seals": _shape(value.signatories)}


def _shape(signatories: Sequence[Signatory]) -> str:
    """How seals stand in rows: names of more than nine letters leave room for two."""
    if len(signatories) == 1:
        return "one"
    return "three" if max(len(signatory.name) for signatory in signatories) <= 9 else "two"


LAYOUTS = {
    "city_table": Layout("市州推荐汇总表", "documents/table.html", table),
    "unit_table": Layout("推荐汇总表", "documents/table.html", table),
    "city_letter": Layout("联合推荐函", "documents/letter.html", letter),
    "unit_letter": Layout("推荐函", "documents/letter.html", letter),
    "score_sheet": Layout("专家评分表", "documents/score_sheet.html", score_sheet),
    "minutes": Layout("专家组评审意见", "documents/minutes.html", minutes),
    "public_notice": Layout("公示", "documents/public_notice.html", public_notice),
}


# -- what the portal issues -------------------------------------------------------------------------------------------
def city_table(issue: ListIssue) -> dict[str, Any]:
    """What stands on a city's 推荐汇总表."""
    return table(table_of(issue))


def city_letter(issue: ListIssue) -> dict[str, Any]:
    """What stands in a city's 联合推荐函."""
    return letter(letter_of(issue))


def _of_list(kind: str, context: Callable[[ListIssue], Mapping[str, Any]]) -> Document:
    form = LAYOUTS[kind]
    return Document(form.name, form.template, "paper.city_list", issue_source, context, issue_standing, page=issue_page)


def published(row: Publicity) -> dict[str, Any]:
    """What stands on a 公示."""
    return public_notice(notice_of(row))


def unit_table(part: Part) -> dict[str, Any]:
    """What stands on a unit's 推荐汇总表."""
    return table(unit_lists.table_of(part.issue))


def unit_letter(part: Part) -> dict[str, Any]:
    """What stands in a unit's 推荐函."""
    return letter(unit_lists.letter_of(part.issue))


def panel_minutes(part: Part) -> dict[str, Any]:
    """What stands in the minutes of one group."""
    return minutes(unit_lists.minutes_of(part.issue, part.group))


def _of_unit_list(kind: str, context: Callable[[Part], Mapping[str, Any]]) -> Document:
    form = LAYOUTS[kind]
    return Document(
        form.name, form.template, "paper.unit_list", unit_lists.issue_source, context, unit_lists.issue_standing,
        page=unit_lists.issue_page,
    )  # fmt: skip


def signed_sheet(issue: SheetIssue) -> dict[str, Any]:
    """What stands on an expert's 评分表."""
    return score_sheet(sheets.paper_of(issue))


DOCUMENTS = {
    "public_notice": Document(
        "公示",
        "documents/public_notice.html",
        "paper.publicity",
        notice_source,
        published,
        notice_standing,
        page=notice_page,
    ),
    "unit_table": _of_unit_list("unit_table", unit_table),
    "unit_letter": _of_unit_list("unit_letter", unit_letter),
    "minutes": _of_unit_list("minutes", panel_minutes),
    "score_sheet": Document(
        LAYOUTS["score_sheet"].name,
        LAYOUTS["score_sheet"].template,
        "paper.sheet",
        sheets.issue_source,
        signed_sheet,
        sheets.issue_standing,
        page=sheets.issue_page,
    ),
    "city_table": _of_list("city_table", city_table),
    "city_letter": _of_list("city_letter", city_letter),
}
