"""What ties an expert to an applicant, as far as their profile and the book that was handed in show it. Pure.

The model is 财库〔2016〕198号 §16: worked for, directed or controlled the applicant within three years; a relative of
its head; any other tie. What can't be found is declared by the expert.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from review.names import bare, folded, is_named_in, is_same

YEARS = 3


class Kind(StrEnum):
    """Which tie was found."""

    EMPLOYER = "employer"
    FORMER = "former"
    SUPPLIER = "supplier"
    INTEREST = "interest"
    CITY = "city"

    @property
    def label(self) -> str:
        """As people read it."""
        return _LABELS[self]


_LABELS = {
    Kind.EMPLOYER: "同一单位", Kind.FORMER: "三年内曾任职", Kind.SUPPLIER: "集成商或供应商",
    Kind.INTEREST: "持股或顾问", Kind.CITY: "同一市州",
}  # fmt: skip


@dataclass(frozen=True)
class Body:
    """An organisation in somebody's profile; `until`: when they left it."""

    name: str
    code: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Profile:
    """What a profile says that can tie its owner to somebody."""

    employer: Body
    former: tuple[Body, ...] = ()
    interests: tuple[Body, ...] = ()
    city: str = ""


@dataclass(frozen=True)
class Applicant:
    """Who is judged, and whom its book names: by name and code, or within a text."""

    name: str
    code: str
    city: str = ""
    suppliers: tuple[tuple[str, Body], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Conflict:
    """A tie that was found, in a sentence."""

    kind: Kind
    text: str


def applicant_of(document: Mapping[str, Any]) -> Applicant:
    """The applicant and those it works with, out of a frozen submission (keys as in tiers/books)."""
    sections, said = document["sections"], document["enterprise"]
    factory, scenarios = sections.get("factory", {}), sections.get("scenarios", {})
    suppliers = [
        *(("集成商", Body(row.get("name", ""), row.get("code", ""))) for row in _rows(factory, "integrators")),
        *(("系统供应商", Body(row.get("vendor", ""))) for row in _rows(scenarios, "systems")),
    ]
    texts = [("装备、软件或系统的供应商", row.get("equipment", "")) for row in _rows(scenarios, "scenarios")]
    return Applicant(said["name"], said["code"], said.get("city", ""), tuple(suppliers), tuple(texts))


def _rows(values: Mapping[str, Any], table: str) -> Iterator[Mapping[str, str]]:
    """The rows of a table as a book keeps them: one answer `table[row]` each."""
    return (row for key, row in values.items() if key.startswith(f"{table}[") and isinstance(row, dict))


def find(profile: Profile, applicant: Applicant, *, on: date, same_city: bool = False) -> list[Conflict]:
    """Every tie between an expert and an applicant on a day, worst first; `same_city`: that counts as one."""
    found = [
        *_of_work(profile, applicant, on),
        *_of_interests(profile.interests, applicant),
        *_of_suppliers(profile, applicant),
    ]
    if same_city and profile.city and profile.city == applicant.city:
        found.append(Conflict(Kind.CITY, f"专家与申报单位同在{applicant.city}。"))
    return found


def _is(body: Body, name: str, code: str) -> bool:
    """The same organisation: by its code, by its name, or by the same short name."""
    if body.code and code and folded(body.code) == folded(code):
        return True
    if is_same(body.name, name):
        return True
    short = bare(body.name) if body.name.strip() else ""
    return len(short) >= 3 and short == bare(name)


def _of_work(profile: Profile, applicant: Applicant, on: date) -> Iterator[Conflict]:
    if _is(profile.employer, applicant.name, applicant.code):
        yield Conflict(Kind.EMPLOYER, f"专家在申报单位（{applicant.name}）任职。")
    for body in _recent(profile.former, on):
        if _is(body, applicant.name, applicant.code):
            left = f"{body.until.year}年{body.until.month}月离任" if body.until else "离任时间未填写"
            yield Conflict(Kind.FORMER, f"专家三年内曾在申报单位任职（{left}）。")


def _recent(former: Sequence[Body], on: date) -> Iterator[Body]:
    """Those that were left within the last three years; where it isn't said when, it may have been."""
    year = on.year - YEARS
    since = on.replace(year=year, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=year)
    return (body for body in former if body.until is None or body.until >= since)


def _of_interests(interests: Sequence[Body], applicant: Applicant) -> Iterator[Conflict]:
    for body in interests:
        if _is(body, applicant.name, applicant.code):
            yield Conflict(Kind.INTEREST, f"专家在申报单位（{applicant.name}）持股或担任顾问。")


def _of_suppliers(profile: Profile, applicant: Applicant) -> Iterator[Conflict]:
    """The expert's employer, or a company they have a part in, is named in the book."""
    own = [("任职单位", profile.employer), *(("持股或任顾问的单位", body) for body in profile.interests)]
    for whose, body in own:
        if not body.name.strip():
            continue
        roles = [role for role, other in applicant.suppliers if _is(body, other.name, other.code)]
        roles += [role for role, text in applicant.texts if is_named_in(body.name, text)]
        for role in dict.fromkeys(roles):
            yield Conflict(Kind.SUPPLIER, f"专家的{whose}（{body.name}）在申报书中列为{role}。")
