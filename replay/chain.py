"""The round of 2024 from its opening to the ministry, each step on the day on which it would have been done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from applications.models import LateDraft
from applications.services.course import Item
from portal import clock, walls
from portal.actors import Actor
from portal.models import City, Office, Paper, Unit
from portal.roles import Role
from portal.services import rehearsal
from replay import applicants, cities, ledger, outputs, province, seals, waiting
from replay.applicants import Applicant
from replay.dossiers import Dossier
from replay.ledger import Ledger
from replay.people import Desks, desks_of_city, desks_of_unit, seat
from review.models import CityList, Dispatch
from review.services import dispatches
from tiers.models import Round
from tiers.selectors.rounds import editions, programmes
from tiers.services import rounds
from tiers.states import RoundState
from tiers.terms import Programme

PROGRAMME = "2024-excellent-HB"
_REJECTED = "关键绩效指标的统计口径与审计报告不一致，限期内未能说明。"
_SCRIPT = Actor(system="演练脚本")


@dataclass(frozen=True)
class Turns:
    """Whose dossier takes which turn: all others are handed in in time and pass."""

    late: str = ""
    rejected: str = ""
    returned: str = ""


@dataclass
class Replay:
    """Everything that a run holds in its hands."""

    dossiers: Sequence[Dossier]
    turns: Turns
    folder: Path
    ledger: Ledger = field(default_factory=Ledger)
    cities: dict[str, Desks] = field(default_factory=dict)
    applicants: list[Applicant] = field(default_factory=list)
    unit: Unit = field(init=False)
    desks: Desks = field(init=False)
    ministry: Actor = field(init=False)
    round_key: int = 0
    books: dict[str, Paper] = field(default_factory=dict)

    @property
    def round(self) -> Round:
        """The round as it stands."""
        with walls.system("演练：查看批次"):
            return Round.objects.select_related("unit", "edition").get(pk=self.round_key)

    def of(self, region: str) -> list[Applicant]:
        """The applicants of a city that handed in."""
        return [who for who in self.handed_in if who.dossier.region == region]

    @property
    def handed_in(self) -> list[Applicant]:
        """Everybody but who came too late."""
        return [who for who in self.applicants if who.dossier.name != self.turns.late]

    def turn(self, name: str) -> list[Applicant]:
        """The applicant whose turn it is, if anybody's."""
        return [who for who in self.applicants if who.dossier.name == name]

    @property
    def listed(self) -> list[Applicant]:
        """Those whom their cities recommend."""
        return [who for who in self.handed_in if who.dossier.name != self.turns.rejected]


def run(replay: Replay) -> Dispatch:
    """All of it; what went to the ministry."""
    _opened(replay)
    _registered(replay)
    _prepared(replay)
    _written(replay)
    _handed_in(replay)
    _closed(replay)
    _reviewed(replay)
    _sent_up(replay)
    _judged(replay)
    _chosen(replay)
    return _reported(replay)


def _at(moment: str) -> None:
    """Hold the rehearsal's clock at an instant, Beijing time."""
    to = datetime.fromisoformat(moment).replace(tzinfo=clock.BEIJING)
    with walls.system("演练：拨动时钟"):
        rehearsal.set_clock(to, held=True, actor=_SCRIPT)


def _state(replay: Replay, state: RoundState) -> None:
    """Wait until beat has brought the round there."""
    waiting.until(f"round {state}", lambda: Round.objects.filter(pk=replay.round_key, state=state).exists())


# -- 11-07: the province opens the round -------------------------------------------------------------------------------
def _opened(replay: Replay) -> None:
    _at("2024-11-07T09:00")
    with walls.system("演练：机构"):
        replay.unit = Unit.objects.get(code="HB")
        places = list(City.objects.filter(unit=replay.unit).order_by("region_id"))
    replay.desks = desks_of_unit(replay.unit)
    replay.cities = {city.region_id: desks_of_city(city) for city in places}
    with walls.system("演练：部级机构"):
        ministry = Office.objects.get(unit=None, city=None, is_lead=True, department="industry")
    replay.ministry = seat(Role.MINISTRY, office=ministry, key="buji")
    programme = next(found for found in programmes() if found.code == PROGRAMME)
    made = _published(replay, programme)
    replay.round_key = made.pk
    _state(replay, RoundState.ACCEPTING)
    terms = ledger.document("申报规则（鄂经信办函〔2024〕82号）", made.terms)
    replay.ledger.note(
        "湖北省经济和信息化厅", f"按随平台提供的申报规则开启批次{made.ref}，推荐名额{made.quota}家", terms
    )


def _published(replay: Replay, programme: Programme) -> Round:
    officer, head = replay.desks.officer, replay.desks.head
    with walls.enter(officer):
        made = rounds.create(
            programme,
            unit=replay.unit,
            edition=editions().get(code=programme.edition),
            year=programme.year,
            batch=programme.batch,
            opens_on=clock.beijing(programme.windows.opens_at).date(),
            actor=officer,
        )
    with walls.enter(head):
        return rounds.publish(made, actor=head)


# -- until 11-15: enterprises get ready ------------------------------------------------------------------------------
def _registered(replay: Replay) -> None:
    _at("2024-11-08T10:00")
    asked = [(dossier, applicants.registered(dossier)) for dossier in replay.dossiers]
    replay.ledger.note(
        "各企业", "在平台登记", ledger.rows("企业登记", [dict(one.answers["unit"]) for one, _ in asked], "家")
    )
    _at("2024-11-11T09:30")
    for dossier, registration in asked:
        officer = replay.cities[dossier.region].officer
        replay.applicants.append(applicants.confirmed(registration, dossier, officer))
    for who in replay.applicants:
        seals.kept(who.dossier.enterprise, who.actor)
    names = [[who.dossier.enterprise, who.factory.name] for who in replay.applicants]
    replay.ledger.note("各市州经信局", "确认企业登记；企业登记工厂", ledger.rows("工厂", names, "个"))


def _prepared(replay: Replay) -> None:
    _at("2024-11-12T15:00")
    for dossier in replay.dossiers:
        applicants.entitled(dossier, replay.desks.officer)
    seals.kept(replay.desks.lead.name, replay.desks.head)
    titles = [[dossier.enterprise, *dossier.title.values()] for dossier in replay.dossiers]
    replay.ledger.note("湖北省经济和信息化厅", "登记智能制造试点示范企业称号", ledger.rows("称号", titles))
    _at("2024-11-13T14:00")
    rows = [applicants.assessed(who) for who in replay.applicants]
    reached = [
        [who.dossier.enterprise, row.reached, row.scores] for who, row in zip(replay.applicants, rows, strict=True)
    ]
    replay.ledger.note("各企业", "对照要素条件自评", ledger.rows("自评结果", reached))


# -- until 11-22: applications -----------------------------------------------------------------------------------------
def _written(replay: Replay) -> None:
    _at("2024-11-15T09:00")
    for who in replay.applicants:
        applicants.begin(who, replay.round)
        if who.dossier.name != replay.turns.late:
            applicants.write(who)
    written = [who.dossier.answers for who in replay.handed_in]
    replay.ledger.note("各企业", "按申报材料填写申报书并上传附件", ledger.rows("申报书草稿", written, "份"))


def _handed_in(replay: Replay) -> None:
    """Some days before, and the last in the last second of the last day."""
    *early, last = replay.handed_in
    _at("2024-11-20T16:00")
    made = [applicants.handed_in(who) for who in early]
    replay.ledger.note("各企业", "提交申报书", *(_frozen(one) for one in made))
    _at("2024-11-22T23:59:59")
    replay.ledger.note(last.dossier.enterprise, "在截止前最后一秒提交", _frozen(applicants.handed_in(last)))


def _frozen(submission: object) -> ledger.Produced:
    number, version, said = (getattr(submission, name) for name in ("number", "version", "document"))
    return ledger.document(f"{number} 第{version}版 {said['enterprise']['name']}", said)


def _closed(replay: Replay) -> None:
    """The window is over: beat closes it, and what comes a second later is refused."""
    _at("2024-11-23T00:00:00")
    for who in replay.turn(replay.turns.late):
        section = "factory"
        reason = applicants.too_late(who, section, dict(who.dossier.answers[section]))
        with walls.system("演练：逾期内容"):
            kept = list(LateDraft.objects.values_list("reason", "answers"))
        replay.ledger.note(who.dossier.enterprise, f"逾期一秒：{reason}", ledger.rows("逾期内容（仅企业可见）", kept))
    _state(replay, RoundState.FIRST_REVIEW)
    replay.ledger.note("平台定时任务", "企业申报截止，批次转入初审", outputs.effects(replay.round_key))


# -- until 11-25: the cities -------------------------------------------------------------------------------------------
def _reviewed(replay: Replay) -> None:
    _at("2024-11-23T10:00")
    for who in replay.turn(replay.turns.returned):
        _returned(replay, who)
    _at("2024-11-24T15:00")
    for region, desks in replay.cities.items():
        for who in replay.of(region):
            if who in replay.listed:
                cities.passed(who, desks, "材料完整，与企业登记和现场情况一致，同意推荐。")
            else:
                cities.rejected(who, desks, "已会同相关部门核实。", _REJECTED)
    decided = [[who.dossier.enterprise, "通过" if who in replay.listed else "不予推荐"] for who in replay.handed_in]
    replay.ledger.note("各市州经信局", "作出初审结论", ledger.rows("初审结论", decided))


def _returned(replay: Replay, who: Applicant) -> None:
    desks = replay.cities[who.dossier.region]
    items = [Item("effects", "plan", "请补充后续实施计划的分年度目标和责任部门。")]
    cities.returned(who, desks, items, hours=28, opinion="材料总体完整。")
    replay.ledger.note(desks.lead.name, f"退回{who.dossier.enterprise}修改，限28小时")
    _at("2024-11-24T09:00")
    more = "责任分工：数字化部门牵头，每年十二月向董事会报告分年度目标完成情况。"
    plan = f"{who.dossier.said('effects', 'plan')}\n\n{more}"
    with walls.enter(who.actor):
        applicants.save(who, who.row, "effects", {"plan": plan})
    replay.ledger.note(who.dossier.enterprise, "修改后重新提交", _frozen(applicants.handed_in(who, version=2)))


def _sent_up(replay: Replay) -> None:
    _at("2024-11-25T09:00")
    made = cities.printed(replay.listed)
    replay.books = {_title(who): paper for who, paper in zip(replay.listed, made, strict=True)}
    kept = [outputs.keep(replay.folder / "申报书", title, paper) for title, paper in replay.books.items()]
    replay.ledger.note("各企业", "打印申报书并盖章", *kept)
    _at("2024-11-25T11:00")
    recommended = {region: [who for who in replay.of(region) if who in replay.listed] for region in replay.cities}
    there = {region: desks for region, desks in replay.cities.items() if recommended[region]}
    for region, desks in there.items():
        cities.arrived(recommended[region], desks)
    replay.ledger.note("各市州经信局", f"登记收到纸质申报书一式两份，共{cities.COPIES * len(replay.listed)}份")
    _at("2024-11-25T14:00")
    issued = {region: cities.circulated(replay.round, desks) for region, desks in there.items()}
    signed = {region: cities.asked_about(issue) for region, issue in issued.items()}
    for region, asked in signed.items():
        cities.agreed(asked, there[region])
    replay.ledger.note("各市州会同部门", f"会签推荐名单，共{sum(map(len, signed.values()))}件")
    _at("2024-11-25T17:30")
    for region, desks in there.items():
        row, found = cities.sent(replay.round, desks, issued[region])
        _list_sent(replay, row, found)


def _title(who: Applicant) -> str:
    return f"{who.row.number}-{who.dossier.enterprise}"


def _list_sent(replay: Replay, row: CityList, found: Iterable[Paper]) -> None:
    names = {"city_table": "推荐汇总表", "city_letter": "联合推荐函"}
    place = row.city.region.name
    kept = [outputs.keep(replay.folder / "市州推荐", f"{place}-{names[paper.kind]}", paper) for paper in found]
    replay.ledger.note(f"{place}经信局", "联合行文报送推荐名单", *kept)


# -- until 11-29: the province -----------------------------------------------------------------------------------------
def _judged(replay: Replay) -> None:
    _at("2024-11-26T00:00:00")
    _state(replay, RoundState.EXPERT_REVIEW)
    replay.ledger.note("平台定时任务", "市州报送截止，批次转入评审", outputs.effects(replay.round_key))
    _at("2024-11-26T09:30")
    taken = province.received(replay.round, replay.desks)
    listed = [[row.number, row.name, row.industry] for row in taken]
    cities.arrived(replay.listed, replay.desks)
    replay.ledger.note("湖北省经济和信息化厅", "接收推荐名单和纸质申报书并受理", ledger.rows("参评项目", listed))
    people = province.pool(replay.unit, replay.desks)
    by_name = {dossier.enterprise: dossier for dossier in replay.dossiers}
    panels = [row for group in province.GROUPS if (row := province.drawn(replay.round, group, people, replay.desks))]
    _at("2024-11-27T16:00")
    for panel in panels:
        sheets = province.scored(panel, by_name, people)
        replay.ledger.note(panel.name, "独立评分并签署", ledger.rows("评分表", sheets, "张"))


def _chosen(replay: Replay) -> None:
    _at("2024-11-28T10:00")
    order = province.chosen(replay.round, replay.desks)
    replay.ledger.note("湖北省经济和信息化厅", "分行业按得分顺序确定推荐项目", ledger.rows("推荐项目", order))


def _reported(replay: Replay) -> Dispatch:
    _at("2024-11-28T14:00")
    issue = province.circulated(replay.round, replay.desks, "鄂经信装备函〔2024〕演练1号")
    count = province.agreed(issue, replay.desks)
    replay.ledger.note("湖北省会同部门", f"会签上报名单，共{count}件")
    made = province.papers(replay.round, replay.desks)
    kept = [outputs.keep(replay.folder / "省级上报", outputs.name_of(paper), paper) for paper in made]
    _at("2024-11-29T09:00")
    _sealed(replay, {entry["number"] for entry in issue.document["entries"]})
    _at("2024-11-29T10:00")
    sent = province.sent(replay.round, replay.desks, issue)
    replay.ledger.note(
        "湖北省经济和信息化厅", "在截止前向工业和信息化部上报", *kept, ledger.document("上报件", sent.document)
    )
    _at("2024-11-29T11:00")
    books = outputs.books_of(sent)
    waiting.papers(books)
    with walls.enter(replay.ministry):
        received = dispatches.receive(sent, actor=replay.ministry)
    packed = outputs.pack(received, replay.folder / "上报件.zip", replay.ministry)
    replay.ledger.note("工业和信息化部", "接收上报件并下载", packed)
    _at("2024-11-30T00:00:00")
    return received


def _sealed(replay: Replay, numbers: set[str]) -> None:
    """The recommending unit's seal is put on the books that go up (82号 二(三)1)."""
    kept = []
    for title, paper in replay.books.items():
        if paper.number in numbers:
            seals.stamped(paper, "unit", replay.desks.head)
            kept.append(outputs.keep(replay.folder / "上报申报书", title, paper))
    replay.ledger.note("湖北省经济和信息化厅", "在推荐的申报书上以推荐单位盖章", *kept)
