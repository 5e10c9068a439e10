"""Cities' lists as each place sees them, what they lack, and the papers made from them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse

from applications.exports import CELLS
from applications.models import Application, Submission
from applications.states import ApplicationState, Track
from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.models import City, Department, Office, Paper
from portal.papers import Source, Standing
from portal.roles import Level
from portal.rules import may
from portal.selectors.seals import places_on
from portal.states import PaperState
from review.models import CityList, Finding, FirstReview, ListIssue, SignOff
from review.papers import Contact, Letter, Recommendation, Signatory, SummaryTable, city_letter
from review.profiles import Weighed, weighed
from review.selectors.copies import lacking as lacking_copies
from review.states import GONE_UP, WRITABLE, FirstReviewState, ListState, SignOffState
from tiers.models import CityExtension, Edition, Round, kept
from tiers.names import TIER_NAMES
from tiers.selectors.rounds import city_until

KINDS = ("city_table", "city_letter")


def city_lists(actor: Actor) -> QuerySet[CityList]:
    """A city's own; a unit's lead office sees those that lie before it, and not what a city makes of a returned one."""
    rows = CityList.objects.select_related("round__unit", "city__region")
    if actor.role is None or not may(actor, "city_list.list"):
        return rows.none()
    if actor.role.level is Level.CITY:
        return rows.filter(city_id=actor.stands("city"))
    return rows.filter(state__in=GONE_UP, unit_id=actor.stands("unit"))


def city_list_for(actor: Actor, ref: str) -> CityList:
    """The gate to a list; the same set. Raises Hidden."""
    row = city_lists(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("city list", ref)
    return row


def own_list(actor: Actor, round_: Round) -> CityList | None:
    """The actor's city's list in a round; None while it has none."""
    return city_lists(actor).filter(round=round_).first() if actor.stands("city") else None


# -- the order -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """A line of the order as the page draws it."""

    ref: str
    number: str
    version: int
    position: int
    enterprise: str
    factory: str
    profile: dict[str, Any]
    figures: tuple[Weighed, ...]
    findings: int
    answers: str
    is_stale: bool


def order_rows(city_list: CityList) -> list[Row]:
    """The order with what is weighed beside each line: four queries, however long it is."""
    entries = list(
        city_list.entries.order_by("position").values_list(
            "application_id", "application__ref", "application__number", "version", "position",
            "application__enterprise__name", "application__factory__name", "profile", "application__state",
            "application__version",
        )
    )  # fmt: skip
    keys = [entry[0] for entry in entries]
    adverse = Counter(
        Finding.objects.filter(application__in=keys, struck_at=None, is_adverse=True).values_list(
            "application", flat=True
        )
    )
    said: dict[int, list[str]] = {}
    asked = SignOff.objects.filter(application__in=keys).exclude(state=SignOffState.VOID)
    for key, office, state, resolution in asked.values_list("application", "office__name", "state", "resolution"):
        handled = "（已处理）" if resolution else ""
        said.setdefault(key, []).append(f"{office}：{SignOffState(state).label}{handled}")
    figures = weighed([entry[7] for entry in entries], kept(Edition, city_list.round.edition_id).value)
    return [
        Row(
            *entry[1:8],
            figure,
            adverse[entry[0]],
            "；".join(said.get(entry[0], ())),
            (entry[8], entry[9]) != (ApplicationState.SUBMITTED, entry[3]),
        )
        for entry, figure in zip(entries, figures, strict=True)
    ]


def coverage(rows: list[Row]) -> list[tuple[str, int]]:
    """How many lines each industry has, most first: 行业覆盖面 (82号 二(三)1)."""
    return Counter(row.profile.get("industry", "") for row in rows).most_common()


# -- what is lacking -------------------------------------------------------------------------------------------------
def undecided(city_list: CityList) -> list[str]:
    """A sentence for each application that is still to be decided before the list can be signed."""
    rows = Application.objects.filter(
        round=city_list.round_id, city=city_list.city_id, track=Track.REGULAR, enterprise__group=None,
        state__in=(ApplicationState.SUBMITTED, ApplicationState.RETURNED),
    )  # fmt: skip
    reviews = dict(
        FirstReview.objects.filter(application__in=rows, version=F("application__version")).values_list(
            "application", "state"
        )
    )
    done = {FirstReviewState.PASSED, FirstReviewState.REJECTED}
    found = []
    for key, number, name, state in rows.order_by("number").values_list("pk", "number", "enterprise__name", "state"):
        if state == ApplicationState.RETURNED:
            found.append(f"{name}（{number}）尚在退回修改中。")
        elif reviews.get(key) not in done:
            found.append(f"{name}（{number}）尚未作出初审结论。")
    return found


def lacking_to_circulate(city_list: CityList) -> list[str]:
    """What keeps a list from being signed."""
    reasons = undecided(city_list)
    if not city_list.entries.exists():
        reasons.insert(0, "名单中还没有通过初审的申报。")
    return reasons + _about_single(city_list)


def _about_single(city_list: CityList) -> list[str]:
    """Departments that were asked about a single application and are silent, or object and nobody said what of it."""
    rows = SignOff.objects.filter(application__entry__city_list=city_list).exclude(
        state__in=(SignOffState.VOID, SignOffState.AGREED)
    )
    found = []
    for row in rows.select_related("office", "application__enterprise"):
        if row.state == SignOffState.ASKED:
            found.append(f"{row.office.name}对{_name(row)}的意见尚未答复。")
        elif not row.resolution:
            found.append(f"{row.office.name}对{_name(row)}的意见为“{row.get_state_display()}”，请写明处理意见。")
    return found


def _name(row: SignOff) -> str:
    return row.application.enterprise.name if row.application else ""


def lacking_here(actor: Actor, city_list: CityList) -> list[str]:
    """What keeps the list from its next step."""
    if city_list.state == ListState.SIGNING:
        return lacking_to_send(actor, city_list, frozenset())
    return lacking_to_circulate(city_list) if city_list.state in WRITABLE else []


def lacking_to_send(actor: Actor, city_list: CityList, ink: frozenset[str]) -> list[str]:
    """Everything that keeps a list from going up: decisions, signatures, paper, seals (82号 二(三)1、2)."""
    found = lacking_to_circulate(city_list)
    issue = city_list.issues.filter(version=city_list.issued).first()
    if issue is None:
        return [*found, "名单尚未送会签。"]
    found += [
        f"{s.office.name}的会签意见：{s.get_state_display()}。"
        for s in sign_offs_of(issue)
        if s.state != SignOffState.AGREED
    ]
    listed = set(city_list.entries.values_list("application", flat=True))
    copies = [c for c in lacking_copies(actor, city_list.round) if c.application.pk in listed]
    found += [f"{c.application.enterprise.name}（{c.application.number}）：{c.said}" for c in copies]
    papers = {paper.kind: paper for paper in papers_of(city_list)}
    for kind, name in (("city_table", "推荐汇总表"), ("city_letter", "联合推荐函")):
        paper = papers.get(kind)
        if paper is None or paper.state != PaperState.MADE:
            found.append(f"{name}尚未生成，请稍候或重新生成。")
            continue
        bare = [p.name for p in places_on(paper) if p.stamping is None and p.key not in ink]
        if bare:
            found.append(f"{name}尚未用印：{'、'.join(bare)}。在纸质件上用印的，报送时勾选确认。")
    return found


def sign_offs_of(issue: ListIssue) -> list[SignOff]:
    """What each department said of an issue."""
    return list(issue.sign_offs.select_related("office", "answered_by").order_by("office_id"))


def papers_of(city_list: CityList) -> list[Paper]:
    """The papers of the issue that stands, table first."""
    rows = Paper.objects.filter(kind__in=KINDS, subject=f"{city_list.ref}/{city_list.issued}").order_by("pk")
    return sorted({row.kind: row for row in rows}.values(), key=lambda row: KINDS.index(row.kind))


# -- the unit's view -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CityLine:
    """How far a city is: what its unit may know before the list is sent."""

    city: City
    submitted: int
    drafts: int
    city_list: CityList | None
    until: datetime | None

    @property
    def state(self) -> str:
        """In a word."""
        if self.city_list is not None:
            return ListState(self.city_list.state).label
        return "未编制" if self.submitted or self.drafts else "无申报"

    @property
    def is_sent(self) -> bool:
        """It has gone up."""
        return self.city_list is not None and self.city_list.state in GONE_UP


def city_lines(round_: Round) -> list[CityLine]:
    """Every city of a round's unit, those with applications first."""
    counts: dict[Any, Any] = {
        row["city"]: row
        for row in Application.objects.filter(round=round_, city__isnull=False, track=Track.REGULAR)
        .order_by()
        .values("city")
        .annotate(
            submitted=Count("pk", filter=~Q(state=ApplicationState.DRAFT)),
            drafts=Count("pk", filter=Q(state=ApplicationState.DRAFT)),
        )
    }
    lists = {row.city_id: row for row in CityList.objects.filter(round=round_)}
    given = CityExtension.objects.filter(round=round_).order_by().values("city").annotate(last=Max("until"))
    granted = dict(given.values_list("city", "last"))
    lines = [
        CityLine(
            city, counts.get(city.pk, {}).get("submitted", 0), counts.get(city.pk, {}).get("drafts", 0),
            lists.get(city.pk), max(filter(None, (round_.city_until, granted.get(city.pk))), default=None),
        )
        for city in City.objects.filter(unit=round_.unit_id).select_related("region").order_by("region_id")
    ]  # fmt: skip
    return lines


def city_line_for(actor: Actor, round_: Round, region: str) -> CityLine:
    """One of them by its region's code, for whoever may give it more time. Raises Hidden."""
    if may(actor, "city_list.survey", round_):
        for line in city_lines(round_):
            if line.city.region_id == region:
                return line
    raise Hidden("city", region)


def done_cities(round_: Round) -> QuerySet[CityList, int]:
    """The keys of the cities whose list has gone up: nobody reminds them."""
    return CityList.objects.filter(round=round_, state__in=GONE_UP).values_list("city", flat=True)


# -- papers ----------------------------------------------------------------------------------------------------------
def key_of(issue: ListIssue) -> str:
    """The key by which the papers of an issue are asked for."""
    return f"{issue.city_list.ref}/{issue.version}"


def issue_for(actor: Actor, key: str) -> ListIssue:
    """The issue that a key (ref/version) names: for its city and the departments that sign. Raises Hidden."""
    ref, _, version = key.partition("/")
    rows = ListIssue.objects.select_related(
        "city_list__round__unit", "city_list__city__region", "city_list__round__edition"
    )
    if version.isascii() and version.isdecimal() and len(version) < 5:
        row = rows.filter(city_list__ref=ref, version=int(version)).first()
        if row is not None and (actor.system or _is_open(actor, row)):
            return row
    raise Hidden("list issue", key[:40])


def _is_open(actor: Actor, issue: ListIssue) -> bool:
    """A unit reads the issue that was sent to it, and no other."""
    if not may(actor, "paper.city_list", issue):
        return False
    was_sent = issue.version in issue.city_list.sent_with.get("issues", ())
    return actor.role is not None and (actor.role.level is Level.CITY or was_sent)


def issue_source(actor: Actor, key: str) -> Source:
    """What table and letter are made from. Raises Hidden."""
    issue = issue_for(actor, key)
    lead = issue.document["signatories"][0]["name"]
    return Source(
        issue,
        issue.city_list.ref,
        issue.version,
        issue.digest,
        issuer=lead,
        unit_id=issue.unit_id,
        city_id=issue.city_id,
    )


def issue_standing(key: str, version: int) -> Standing:
    """What a paper of this issue is worth now."""
    ref, _, _ = key.partition("/")
    row = CityList.objects.get(ref=ref)
    if row.issued != version:
        return Standing.SUPERSEDED
    return Standing.VALID if row.state in {ListState.SIGNING, *GONE_UP} else Standing.WITHDRAWN


def issue_page(key: str) -> str:
    """The page of the list that a paper's key names."""
    return reverse("city_list", args=[key.partition("/")[0]])


def table_of(issue: ListIssue) -> SummaryTable:
    """推荐汇总表 of an issue: rows in its order, each from the frozen version that it names."""
    said, round_ = issue.document, issue.city_list.round
    wanted = {(entry["ref"], entry["version"]): entry["position"] for entry in said["entries"]}
    rows = Submission.objects.filter(application__ref__in=[ref for ref, _ in wanted]).select_related("application")
    found = {(row.application.ref, row.version): row for row in rows if (row.application.ref, row.version) in wanted}
    columns = round_.value.columns
    cells = [
        {c.code: text_of(CELLS[c.code](found[key])) for c in columns}
        for key in sorted(wanted, key=lambda key: wanted[key])
    ]
    return SummaryTable(
        tier=TIER_NAMES[round_.tier], year=round_.year, issuer=said["signatories"][0]["name"], columns=columns,
        rows=tuple(cells), signatories=signatories_of(said), on=date.fromisoformat(said["on"]),
        contact=contact_of(said),
    )  # fmt: skip


def letter_of(issue: ListIssue) -> Letter:
    """联合推荐函 of an issue (82号 二(三)1)."""
    said, round_ = issue.document, issue.city_list.round
    lead = Office.objects.filter(unit=round_.unit_id, city=None, is_lead=True, department=Department.INDUSTRY).first()
    return city_letter(
        Recommendation(
            tier=TIER_NAMES[round_.tier], year=round_.year, notice=notice_of(round_), place=said["city"],
            to=lead.name if lead else round_.unit.name,
            projects=tuple(entry["project"] for entry in said["entries"]), signatories=signatories_of(said),
            on=date.fromisoformat(said["on"]), contact=contact_of(said), number=said["number"],
        )
    )  # fmt: skip


def notice_of(round_: Round) -> str:
    """The document that a letter goes by: its title in 《》, its number as it is."""
    source = round_.value.sources[0]
    return f"{source}文件" if "〔" in source else f"《{source}》"


def text_of(value: Any) -> str:
    """A cell as the paper says it."""
    return "" if value is None else str(value)


def signatories_of(said: dict[str, Any]) -> tuple[Signatory, ...]:
    """Who signs a frozen list."""
    return tuple(Signatory(one["key"], one["name"]) for one in said["signatories"])


def contact_of(said: dict[str, Any]) -> Contact:
    """Who can be asked about a frozen list."""
    return Contact(said["contact"], said["phone"])


def is_movable(city_list: CityList) -> bool:
    """Its city can change its order now."""
    return city_list.state in WRITABLE and not is_late(city_list, clock.now())


def is_late(city_list: CityList, at: datetime) -> bool:
    """Its time is over."""
    until = city_until(city_list.round, city_list.city_id)
    return until is not None and at > until
