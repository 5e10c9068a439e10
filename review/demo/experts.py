"""The demo's experts: a pool, and, where a round has candidates, a panel that has begun to score."""

from portal import walls
from portal.actors import Actor
from review.models import Candidate, Expert, Panel, ScoreSheet, Seat
from review.selectors.assignments import plan
from review.selectors.panels import judged
from review.selectors.sheets import criteria_of
from review.services import assignments, experts, panels, sheets
from review.services.panels import Drawing
from review.sheet_rules import high
from tiers.demo.rounds import somebody
from tiers.models import Round

# Account, and what stands in the profile; the employers are not those of the demo's applicants.
POOL = (
    (
        "zhuanjia1",
        {
            "employer": "华中科技大学", "title": "教授", "industries": ["C34", "C35", "C36", "C39"],
            "specialities": ["equipment", "software", "twin"], "former": [], "interests": [], "phone": "027-80000001",
        },
    ),
    (
        "zhuanjia2",
        {
            "employer": "武汉大学", "title": "研究员", "industries": ["C26", "C27", "C34", "C38", "C39"],
            "specialities": ["maturity", "quality", "energy"],
            "former": [{"name": "长江云控科技有限公司", "until": "2025-03"}], "interests": [], "phone": "027-80000002",
        },
    ),
    (
        "zhuanjia3",
        {
            "employer": "武汉理工大学", "title": "教授", "industries": ["C34", "C36", "C39"],
            "specialities": ["equipment", "quality"], "former": [], "interests": [], "phone": "027-80000003",
        },
    ),
    (
        "zhuanjia4",
        {
            "employer": "湖北工业大学", "title": "副教授", "industries": ["C26", "C27", "C34", "C39"],
            "specialities": ["software", "energy"], "former": [], "interests": [], "phone": "027-80000004",
        },
    ),
    (
        "zhuanjia5",
        {
            "employer": "三峡大学", "title": "高级工程师", "industries": ["C26", "C27", "C39"],
            "specialities": ["quality", "maturity"], "former": [], "interests": [], "phone": "0717-8000005",
        },
    ),
)  # fmt: skip


def pool() -> None:
    """The unit's experts are in its pool."""
    officer = somebody("jingban")
    for account, said in POOL:
        who = somebody(account)
        with walls.enter(officer):
            if not Expert.objects.filter(user=who.person).exists():
                experts.add(who.person, said, actor=officer)


def member(who: Actor) -> Expert:
    """Somebody's profile in the pool."""
    return Expert.objects.select_related("user").get(user=who.person)


def judge(round_: Round, *, name: str = "第一专家组", per: int = 2) -> Panel:
    """A panel for every industry of a round's candidates: it scores; its chair has signed one sheet, begun another.

    As many sit on it as read each candidate, so everybody has a sheet about every one.
    """
    officer, people = somebody("jingban"), [somebody(account) for account, _ in POOL[:per]]
    with walls.enter(officer):
        codes = tuple(sorted(set(judged(round_).values_list("industry", flat=True))))
        made = panels.draw(round_, Drawing(name, codes, per=per), actor=officer)
        members = [Expert.objects.select_related("user").get(user=who.person) for who in people]
        panels.invite(made, members, actor=officer)
    for who in people:
        with walls.enter(who):
            panels.answer(Seat.objects.get(panel=made, user=who.person), comes=True, actor=who)
    with walls.enter(officer):
        panels.name_chair(made, members[0], actor=officer)
        seed = f"{round_.ref}"
        assignments.carry_out(made, seed=seed, digest=plan(made, seed).digest, actor=officer)
        panels.start(Panel.objects.select_related("round").get(pk=made.pk), actor=officer)
    _scored(made, people[0])
    return made


def _scored(panel: Panel, who: Actor) -> None:
    with walls.enter(who):
        rows = list(
            ScoreSheet.objects.filter(panel=panel, user=who.person).select_related("panel__round").order_by("number")
        )
        for row, is_whole in zip(rows[:2], (True, False), strict=False):
            sheets.declare(row, actor=who)
            criteria = criteria_of(row)[: None if is_whole else 2]
            scores = {c.code: {"score": str(high(c) - c.weight / 10), "comment": ""} for c in criteria}
            opinion = "方案完整，装备联网和数据贯通程度较高，成效有据可查。" if is_whole else ""
            kept = sheets.save(row, {"scores": scores, "opinion": opinion}, edition=0, actor=who)
            if is_whole:
                sheets.sign(row, edition=kept.edition, proved_by="second_factor", actor=who)


def seed() -> None:
    """The pool, and a panel in each round whose candidates were accepted and that has none yet."""
    with walls.system("载入演示数据：专家评审"):
        rounds = list(Round.objects.filter(pk__in=Candidate.objects.filter(state="accepted").values("round")))
        done = set(Panel.objects.values_list("round", flat=True))
    pool()
    for round_ in rounds:
        if round_.pk not in done:
            judge(round_)
