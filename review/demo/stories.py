"""The demo's batches: who applies in each, and how far it has come; told in days before today."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from applications.demo import seed as applicants
from applications.models import Application
from applications.services import writing
from applications.services.course import Item
from applications.services.writing import TooLate
from portal import clock, walls
from portal.actors import Actor
from portal.demo.cast import seat_of
from portal.demo.companies import companies
from portal.demo.seed import somebody
from review.demo import chain
from review.demo import experts as pool
from review.demo.chain import Group, days_ago
from review.models import Candidate, Dispatch, Expert, Objection, Panel, Publicity, ScoreSheet, SignOff
from review.selectors.dispatches import entries
from review.selectors.panels import judged as judged_by
from review.services import (
    assignments,
    choosing,
    city_lists,
    dispatches,
    findings,
    first_reviews,
    objections,
    outcomes,
    publicity,
    sheets,
    sign_offs,
)
from review.services.objections import Said
from review.services.outcomes import Decision
from review.states import Result
from tiers.demo.rounds import Days, of_this_year
from tiers.models import Round

# Region and industry of an enterprise that the world's seed names (portal.demo.companies).
Key = tuple[str, str]


@dataclass(frozen=True)
class Story:
    """A batch: its round's dates, who applies (factories by name or key), who on the direct way, and how it goes."""

    days: Days
    factories: tuple[str | Key, ...]
    tell: Callable[[Round, Sequence[Application], int], None]
    direct: str = ""

    def __call__(self, batch: int, number: int) -> None:
        """Tell it of this batch, whose round is there; `number`: the world's seed."""
        made = of_this_year(batch)
        names = {(row.region, row.industry): row.factory for row in companies(number)}
        with days_ago(4 - self.days.enterprise):
            rows = [
                chain.applied(made, key if isinstance(key, str) else names[key], number=number)
                for key in self.factories
            ]
            if self.direct:
                chain.applied(made, self.direct, direct=True, number=number)
        self.tell(made, rows, number)


# -- before the cities -------------------------------------------------------------------------------------------------
def _city(made: Round, rows: Sequence[Application], number: int) -> None:
    """Applications closed days ago: every city is at another point of its work."""
    at = {(row.enterprise.region_id, row.enterprise.industry_id): row for row in rows}
    _too_late(made, number)
    with days_ago(4):
        _returned_twice(at["421100", "C27"])
    chain.advance(made)
    with days_ago(2):
        chain.passed(at["420800", "C26"])
        chain.rejected(at["420800", "C13"], "关键工序自动化作业的证明材料不足，与要素条件有差距。")
        chain.rejected(at["420800", "C35"], "近三年信用情况的说明与查询结果不一致。")
        for row in (at["420900", "C39"], at["420900", "C35"], at["429005", "C25"]):
            chain.passed(row)
        chain.sent_up("qianjiang", made)
        _waiting_for_signatures(made)
    with days_ago(1):
        _looked_into(at["421100", "C21"])
        asking = at["420800", "C13"]
        owner = applicants.admin_of(asking.enterprise)
        with walls.enter(owner):
            first_reviews.reconsider(asking, reason="已补充自动化作业的验收记录，请予复核。", actor=owner)


def _too_late(made: Round, number: int) -> None:
    """One that was still being written when the time was over: what came then is set aside."""
    name = next(row.factory for row in companies(number) if (row.region, row.industry) == ("421100", "C30"))
    with clock.shifted(made.enterprise_until - timedelta(hours=3)):
        row = applicants.begun(made, name)
        writer = applicants.writer_of(row.enterprise)
        with walls.enter(writer):
            applicants.write(row, writer, only=("unit", "factory"), number=number)
    said = {"plan": "今后三年将继续推进窑炉能效优化和在线检测全覆盖。"}
    with clock.shifted(made.enterprise_until + timedelta(seconds=1)), walls.enter(writer):
        try:
            writing.save(row, "effects", said, version=0, actor=writer)
        except TooLate as late:
            writing.keep_late(row, "effects", said, reason=str(late), actor=writer)


def _returned_twice(row: Application) -> None:
    """Mended once and handed in anew; and returned once more."""
    applicants.returned(row, Item("factory", "investment", "总投资与审计报告不一致，请核对后更正。"))
    writer = applicants.writer_of(row.enterprise)
    with walls.enter(writer):
        section = row.sections.get(key="factory")
        investment = int(section.answers["investment"]) + 300
        writing.save(row, "factory", {"investment": str(investment)}, version=section.version, actor=writer)
    again = applicants.submitted(applicants.fresh(row))
    applicants.returned(again, Item("effects", "results", "请写明各项指标的统计口径和数据来源。"))


def _waiting_for_signatures(made: Round) -> None:
    """A list that was taken back from being signed once, and of which every department says something else."""
    head = somebody("fuze.xiaogan")
    row = chain.listed("xiaogan", made)
    with walls.enter(head):
        row = city_lists.take_back(row, reason="更正联系电话。", actor=head)
        today, until = clock.beijing(clock.now()).date(), made.city_until or made.unit_until
        said = city_lists.Issuing("", today, head.person.name, "0712-0000000", until)
        issue = city_lists.circulate(row, said, version=row.version, actor=head)
    answers = (
        ("huiqian1.xiaogan", "agree", ""),
        ("huiqian2.xiaogan", "disagree", "其中一家上年度专项资金绩效自评尚未完成。"),
        ("huiqian3.xiaogan", "verify", "一家企业的计量器具检定记录待核实。"),
    )
    for account, word, reason in answers:
        who = somebody(account)
        with walls.enter(who):
            rows = SignOff.objects.select_related("issue__city_list__round")
            asked = rows.get(issue=issue, office__name=seat_of(account).office)
            sign_offs.answer(asked, word, reason=reason, actor=who)


def _looked_into(row: Application) -> None:
    """Somebody has it on their desk, and has found something that speaks against it."""
    reviewer = somebody(f"chushen.{applicants.city_of(row)}")
    with walls.enter(reviewer):
        first_reviews.take(row, edition=None, actor=reviewer)
        findings.record(
            row, kind="environment", text="上年度因除尘设施运行记录不全受到责令改正。", source="市生态环境部门执法记录",
            is_adverse=True, actor=reviewer,
        )  # fmt: skip


# -- before the experts ------------------------------------------------------------------------------------------------
EQUIPMENT = Group(
    "装备电子专家组", ("C34", "C35", "C36", "C37", "C38", "C39", "C40"),
    ("zhuanjia1", "zhuanjia2", "zhuanjia3", "zhuanjia4"),
)  # fmt: skip
CHEMISTRY = Group(
    "医药化工专家组", ("C25", "C26", "C27", "C28"), ("zhuanjia2", "zhuanjia4", "zhuanjia5", "zhuanjia1"), per=4,
    unanswered="zhuanjia12",
)  # fmt: skip
MATERIALS = Group(
    "材料消费品专家组", ("C13", "C15", "C17", "C18", "C29", "C32", "C33"),
    ("zhuanjia6", "zhuanjia7", "zhuanjia8", "zhuanjia9"), declined="zhuanjia10",
)  # fmt: skip
SHARES = {EQUIPMENT.name: 9, CHEMISTRY.name: 3, MATERIALS.name: 8}
# Of the materials' group the candidates of these ranks have equal scores: the last place of twenty and the next.
TIED = (8, 9)


def marks(rows: Sequence[Candidate], draw: random.Random, tied: tuple[int, int] | None = None) -> Mapping[str, Decimal]:
    """Which share of each criterion's weight a candidate is given: one better than the next, but the tied."""
    order = [row.number for row in sorted(rows, key=lambda row: row.number)]
    draw.shuffle(order)
    found = {number: Decimal("0.91") - Decimal("0.015") * place for place, number in enumerate(order)}
    if tied:
        found[order[tied[1] - 1]] = found[order[tied[0] - 1]]
    return found


def _expert(made: Round, rows: Sequence[Application], number: int) -> None:
    """Two panels have signed everything, the third has not; the quota is split, nobody of the cities' is chosen yet."""
    with days_ago(12):
        chain.recommended_by_cities(rows)
    with days_ago(9):
        chain.advance(made)
        chain.accepted(made)
    draw = random.Random(f"marks/{number}")  # noqa: S311 — a demo, the same each time
    with days_ago(8):
        made = chain.advance(made)
        pool.pool(number)
        whole, half, third = (chain.manned(made, group) for group in (EQUIPMENT, CHEMISTRY, MATERIALS))
        _waived(third)
        for panel in (whole, half, third):
            chain.started(panel)
        _recused(third)
    with days_ago(3):
        for panel, group, missing in ((whole, EQUIPMENT, ""), (half, CHEMISTRY, "zhuanjia1"), (third, MATERIALS, "")):
            with walls.enter(somebody("jingban")):
                of_it = list(Candidate.objects.filter(panel=panel))
            chain.judged(panel, marks(of_it, draw, TIED if panel is third else None), missing=missing)
            if not missing:
                chain.opened(panel, group.members[0])
    officer = somebody("jingban")
    with days_ago(1), walls.enter(officer):
        choosing.share(made, SHARES, actor=officer)
        for direct in Candidate.objects.filter(round=made, track="direct").select_related("round"):
            choosing.recommend(direct, actor=officer)
        publicity.draw(made, with_outside=True, actor=officer)


def _waived(panel: Panel) -> None:
    """The head waives one of the ties that the portal found, with a reason."""
    head = somebody("fuze")
    with walls.enter(head):
        adviser = Expert.objects.select_related("user").get(user=somebody("zhuanjia7").person)
        for row in judged_by(panel.round).filter(panel=panel, industry="C17").select_related("application"):
            reason = "仅为一次性技术咨询，已满两年，且不涉及本项目，不影响公正评审。"
            assignments.waive(panel, row, adviser, reason=reason, actor=head)


def _recused(panel: Panel) -> None:
    """One expert declares a tie of their own; the officer gives the candidate to a colleague."""
    officer = somebody("jingban")
    with walls.system("载入演示数据：评分"):
        rows = ScoreSheet.objects.filter(panel=panel, user=somebody("zhuanjia8").person).order_by("number")
        sheet = rows.select_related("panel__round", "candidate", "application")[0]
    who = somebody("zhuanjia8")
    with walls.enter(who):
        sheets.recuse(sheet, tie="project", reason="曾参与该项目前期方案论证。", actor=who)
    with walls.enter(officer):
        held = set(ScoreSheet.objects.filter(candidate=sheet.candidate).values_list("expert", flat=True))
        seats = panel.seats.filter(state="consented").exclude(expert__in=held).select_related("expert__user")
        for seat in seats:
            assignments.give(panel, sheet.candidate, seat.expert, reason="原专家回避，补足评分份数。", actor=officer)


# -- after the experts -------------------------------------------------------------------------------------------------
ALL = Group("综合专家组", (), ("zhuanjia10", "zhuanjia11", "zhuanjia12"))


def _chosen(made: Round, rows: Sequence[Application], number: int, *, sent: float, judged: float, count: int) -> Round:
    """Recommended by the cities so many days ago, judged, and so many of them chosen."""
    with days_ago(sent):
        chain.recommended_by_cities(rows)
    with days_ago(sent - 1):
        chain.advance(made)
        chain.accepted(made)
        pool.pool(number)
    with days_ago(judged):
        made = chain.advance(made)
        divisions = tuple(sorted({row.factory.industry_id for row in rows}))
        panel = chain.started(chain.manned(made, Group(ALL.name, divisions, ALL.members)))
        with walls.enter(somebody("jingban")):
            of_it = list(Candidate.objects.filter(panel=panel))
        draw = random.Random(f"marks/{made.ref}/{number}")  # noqa: S311 — a demo, the same each time
        chain.judged(panel, marks(of_it, draw))
        chain.opened(panel, ALL.members[0])
        chain.chosen(made, count)
    return made


def _publicity(made: Round, rows: Sequence[Application], number: int) -> None:
    """Made public; one objection was borne out and took a place, which the next was given; two are still open."""
    made = _chosen(made, rows, number, sent=26, judged=12, count=4)
    officer = somebody("jingban")
    with days_ago(1.5):
        public = chain.made_public(made)
        lodged = [_objection(public, place) for place in (0, 1, 2)]
    with days_ago(1):
        taken = [_taken_up(row, officer) for row in lodged[:2]]
        with walls.enter(officer):
            asked = "请说明主要装备的购置、安装和使用情况。"
            objections.ask(taken[1], text=asked, due_at=clock.now() + 3 * chain.DAY, actor=officer)
        head, finding = somebody("fuze"), "现场核查发现，申报书所列主要装备部分未投入使用，与申报内容不符，异议成立。"
        with walls.enter(head):
            objections.uphold(taken[0], finding=finding, decision="鄂经信核〔示例〕1号", actor=head)
        with walls.enter(officer):
            held = set(choosing.refs_of(made))
            following = [row for row in chain.ranked(made) if row.application.ref not in held]
            choosing.recommend(following[-1], reason="原推荐单位异议成立，按得分顺序递补。", actor=officer)
            publicity.draw(made, actor=officer)


def _objection(public: Publicity, place: int) -> Objection:
    names = ("孙知秋", "何守真", "白露生")
    facts = (
        "该单位申报材料所列部分装备在现场长期停用，有现场照片可以证明。",
        "该单位申报书中的投资额与公开招标结果差距较大，请核实。",
        "该单位所列集成商并未承担相应内容，请核实合同。",
    )
    said = Said(about=public.rows[place]["factory"], name=names[place], phone="13900000000", facts=facts[place])
    with walls.enter(Actor()):
        row, _ = objections.lodge(public, said)
    return row


def _taken_up(row: Objection, officer: Actor) -> Objection:
    rows = Objection.objects.select_related("publicity__round__unit", "factory")
    with walls.enter(officer):
        objections.accept(rows.get(pk=row.pk), due_at=clock.now() + 5 * chain.DAY, actor=officer)
        return rows.get(pk=row.pk)


def _reported(made: Round, rows: Sequence[Application], number: int) -> None:
    """With the ministry, which has received it and has to decide."""
    _sent(made, rows, number, public=20, report=3, count=2)


def _sent(
    made: Round, rows: Sequence[Application], number: int, *, public: float, report: float, count: int
) -> Dispatch:
    made = _chosen(made, rows, number, sent=public + 22, judged=public + 5, count=count)
    with days_ago(public):
        chain.made_public(made)
    with days_ago(report):
        chain.reported(chain.advance(made))
    ministry = somebody("buji")
    with days_ago(report - 1), walls.enter(ministry):
        return dispatches.receive(Dispatch.objects.select_related("round__unit").get(round=made), actor=ministry)


def _done(made: Round, rows: Sequence[Application], number: int) -> None:
    """The ministry recognised all but one; who was not recommended reads that too."""
    row = _sent(made, rows, number, public=75, report=45, count=2)
    ministry = somebody("buji")
    with days_ago(15), walls.enter(ministry):
        today = clock.beijing(clock.now()).date()
        document = f"工信厅联通装函〔{today.year}〕000号（示例）"
        decisions = [
            Decision(line["ref"], Result.RECOGNISED if place else Result.NOT_RECOGNISED, document, today, "")
            for place, line in reversed(list(enumerate(entries(row))))
        ]
        outcomes.decide(row, decisions, actor=ministry)


CITY = Story(
    Days(-30, -6, 4, 30),
    (
        ("420800", "C26"), ("420800", "C13"), ("420800", "C35"), ("420900", "C39"), ("420900", "C35"),
        ("421100", "C27"), ("421100", "C21"), ("429005", "C25"),
    ),
    _city,
)  # fmt: skip
EXPERT = Story(
    Days(-45, -20, -10, 20),
    (
        "精密传动部件智能工厂", "光谷传感器工厂", "光谷封装测试工厂", "生物制剂二期工厂",
        "猇亭精细化工工厂", "十堰车桥工厂",
        *(("420100", code) for code in ("C40", "C38", "C37", "C29", "C25")),
        *(("420500", code) for code in ("C28", "C15", "C13")),
        *(("420600", code) for code in ("C36", "C17", "C35", "C18")),
        *(("420200", code) for code in ("C32", "C33")),
        *(("420300", code) for code in ("C34", "C29", "C33")),
    ),
    _expert,
    direct="车身部件智能工厂",
)  # fmt: skip
PUBLICITY = Story(
    Days(-60, -30, -24, 25),
    (("421200", "C15"), ("421200", "C39"), ("421200", "C34"), ("421300", "C36"), ("421300", "C14")),
    _publicity,
)
REPORTED = Story(Days(-80, -50, -40, 10), (("420700", "C35"), ("420700", "C33"), ("420700", "C18")), _reported)
DONE = Story(Days(-150, -115, -95, -30), (("421000", "C36"), ("421000", "C17"), ("421000", "C29")), _done)
