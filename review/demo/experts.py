"""The demo's experts: a pool of twelve, and a panel that has begun to score."""

from typing import Any

from portal import clock, walls
from portal.actors import Actor
from portal.demo.companies import companies
from portal.demo.seed import somebody
from review.models import Expert, Panel, ScoreSheet, Seat
from review.selectors.assignments import plan
from review.selectors.panels import judged
from review.selectors.sheets import criteria_of
from review.services import assignments, experts, panels, sheets
from review.services.panels import Drawing
from review.sheet_rules import high
from tiers.models import Round

# Account; employer, title; industries; specialities. The employers are invented, and none of them applies.
POOL = (
    ("zhuanjia1", "楚天工业大学（示例）", "教授", ("C34", "C35", "C36", "C39"), ("equipment", "software", "twin")),
    (
        "zhuanjia2",
        "江城理工大学（示例）",
        "研究员",
        ("C26", "C27", "C34", "C38", "C39"),
        ("maturity", "quality", "energy"),
    ),
    ("zhuanjia3", "云梦科技大学（示例）", "教授", ("C34", "C36", "C39"), ("equipment", "quality")),
    ("zhuanjia4", "荆楚智能制造研究院（示例）", "副教授", ("C26", "C27", "C34", "C39"), ("software", "energy")),
    ("zhuanjia5", "峡口大学（示例）", "高级工程师", ("C26", "C27", "C39"), ("quality", "maturity")),
    ("zhuanjia6", "汉水材料研究所（示例）", "研究员", ("C31", "C32", "C33", "C29"), ("equipment", "energy")),
    ("zhuanjia7", "清江轻工大学（示例）", "教授", ("C13", "C15", "C17", "C18"), ("quality", "software")),
    ("zhuanjia8", "长湖工程设计院（示例）", "正高级工程师", ("C29", "C30", "C33", "C13"), ("twin", "equipment")),
    ("zhuanjia9", "楚天工业大学（示例）", "副教授", ("C15", "C17", "C18", "C32"), ("maturity", "software")),
    ("zhuanjia10", "江城理工大学（示例）", "教授", ("C14", "C15", "C34", "C36"), ("equipment", "maturity")),
    ("zhuanjia11", "云梦科技大学（示例）", "研究员", ("C17", "C18", "C35", "C39"), ("energy", "quality")),
    ("zhuanjia12", "荆楚智能制造研究院（示例）", "高级工程师", ("C33", "C34", "C26", "C27"), ("software", "twin")),
)


def _profile(place: int, number: int) -> dict[str, Any]:
    """What stands in a profile; two have ties to applicants, which the portal finds."""
    account, employer, title, industries, specialities = POOL[place]
    names = {(row.region, row.industry): row.name for row in companies(number)}
    left = f"{clock.now().year - 1}-03"
    former = {
        "zhuanjia2": [{"name": "长江云控（示例）有限公司", "until": left}],
        "zhuanjia6": [{"name": names["420200", "C33"], "until": left}],
    }
    interests = {"zhuanjia7": [{"name": names["420600", "C17"]}]}
    return {
        "employer": employer, "title": title, "industries": list(industries), "specialities": list(specialities),
        "former": former.get(account, []), "interests": interests.get(account, []),
        "phone": f"027-800000{place + 1:02d}",
    }  # fmt: skip


def pool(number: int = 1) -> None:
    """The unit's experts are in its pool."""
    officer = somebody("jingban")
    for place, (account, *_) in enumerate(POOL):
        who = somebody(account)
        with walls.enter(officer):
            if not Expert.objects.filter(user=who.person).exists():
                experts.add(who.person, _profile(place, number), actor=officer)


def member(who: Actor) -> Expert:
    """Somebody's profile in the pool."""
    return Expert.objects.select_related("user").get(user=who.person)


def judge(round_: Round, *, name: str = "第一专家组", per: int = 2) -> Panel:
    """A panel for every industry of a round's candidates: it scores; its chair has signed one sheet, begun another.

    As many sit on it as read each candidate, so everybody has a sheet about every one.
    """
    officer, people = somebody("jingban"), [somebody(account) for account, *_ in POOL[:per]]
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
