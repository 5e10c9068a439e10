"""The books that applications are written in."""

from dataclasses import dataclass

from django.db.models import QuerySet

from portal.declared import Block, Field, Form, Kind, Section, limits_in_words
from portal.errors import Hidden, Refused
from tiers.book_form import book_form
from tiers.models import BookForm, Round
from tiers.selectors.editions import edition_for, scenario_names
from tiers.terms import TIERS, Decider, Terms

_NO_TERMS = Terms((), Decider.UNIT, "", (), "", "")


@dataclass(frozen=True)
class Question:
    """One question of a book, to be read before anything is written."""

    label: str
    limits: str
    is_required: bool
    help: str = ""
    is_doubtful: bool = False


def current_books() -> QuerySet[BookForm]:
    """The newest revision of each book, newest book first."""
    newest = BookForm.objects.order_by("code", "-revision").distinct("code").values("pk")
    return BookForm.objects.filter(pk__in=newest)


def books_for_edition(code: str) -> QuerySet[BookForm]:
    """The books in which tiers of an edition are applied for."""
    return current_books().filter(document__serves__contains=[{"edition": code}])


def book_for(round_: Round) -> BookForm:
    """The book in which a round's applications are written: the newest that serves its edition and tier.

    Raises Refused when there is none.
    """
    row = book_serving(round_)
    if row is None:
        _, tier = TIERS[round_.tier]
        raise Refused(f"本批次（{tier}）尚无对应的申报书格式，暂不能填写申报书，请与受理单位联系。")
    return row


def book_serving(round_: Round) -> BookForm | None:
    """The same, or None."""
    served = {"edition": round_.edition.code, "tiers": [round_.tier]}
    return current_books().filter(document__serves__contains=[served]).first()


def book_form_for(code: str, revision: str = "") -> BookForm:
    """One revision of a book, the newest unless another is asked for. Raises Hidden."""
    rows = BookForm.objects.filter(code=code)
    if revision:
        rows = rows.filter(revision=int(revision)) if revision.isdecimal() and len(revision) < 5 else rows.none()
    if row := rows.first():
        return row
    raise Hidden("book", f"{code} {revision}".strip())


def form_to_read(row: BookForm, round_: Round | None) -> Form:
    """The form with a round's limits and attachments; without a round, as its first edition has it, without limits.

    Raises Hidden for a round that is not written in this book.
    """
    if round_ is None:
        code, tiers = row.value.serves[0]
        edition, terms, tier = edition_for(code).value, _NO_TERMS, "excellent" if "excellent" in tiers else tiers[0]
    else:
        if round_.tier not in dict(row.value.serves).get(round_.edition.code, ()):
            raise Hidden("book", f"{row.code} {round_.ref}")
        edition, terms, tier = round_.edition.value, round_.value, round_.tier
    names = tuple(scenario.name for scenario in scenario_names(edition))
    return book_form(row.value, edition, terms, tier, names)


def questions(section: Section, doubts: frozenset[str] = frozenset()) -> list[tuple[Block, list[Question]]]:
    """What a section asks, block by block; the key figures as one block for each of their groups."""
    found: list[tuple[Block, list[Question]]] = []
    for block in section.blocks:
        if not block.group:
            found.append((block, [line for asked in block.fields for line in _questions(asked, doubts)]))
            continue
        if not found or found[-1][0].group != block.group:
            found.append((Block(block.key, block.group, (), group=block.group), []))
        found[-1][1].append(_figure(block))
    return found


def _questions(asked: Field, doubts: frozenset[str], table: str = "", name: str = "") -> list[Question]:
    key, label = f"{table}{asked.key}", f"{name}{asked.label}"
    line = Question(label, limits_in_words(asked), asked.required, asked.help, key in doubts)
    if asked.kind is not Kind.ROWS:
        return [line]
    return [line, *(q for c in asked.columns for q in _questions(c, doubts, f"{key}.", f"{label}："))]


def _figure(block: Block) -> Question:
    """A key figure in one line: what is typed for it."""
    asked = [f for f in block.fields if not f.aside]
    words = "、".join(f.label + (f"（{f.unit}）" if f.unit else "") for f in asked)
    return Question(block.title, words, any(f.required for f in asked), block.note)
