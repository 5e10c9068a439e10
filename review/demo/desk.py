"""What lies on the desk of the demo's bureau: two that passed, one that is being asked about, facts and notes."""

from collections.abc import Mapping
from datetime import timedelta

from applications.models import Application
from applications.selectors.applications import submission_for
from portal import clock, walls
from portal.demo.seed import somebody
from review.guards import CHECKLIST
from review.services import findings, first_reviews, sign_offs

PASSED = ("光谷传感器工厂", "光谷封装测试工厂")
ASKED = "生物制剂二期工厂"
_EVERY = {key: {"answer": "yes", "note": ""} for key, _, _ in CHECKLIST}


def seed(found: Mapping[str, Application]) -> None:
    """Put it there, through the services, as the people of Wuhan would."""
    officer, head, finance = (somebody(name) for name in ("chushen.wuhan", "fuze.wuhan", "huiqian.wuhan"))
    with walls.enter(officer):
        for name in PASSED:
            opinion = "材料完整，条件符合，建议推荐。"
            first_reviews.decide(found[name], passes=True, checklist=_EVERY, opinion=opinion, edition=0, actor=officer)
        row = found[ASKED]
        first_reviews.assign(row, head.person, edition=None, actor=officer)
        current = submission_for(row, row.version)
        text = "生产作业环节的场景描述与装备清单不一致，请核对。"
        findings.annotate(current, section="scenarios", key="", text=text, actor=officer)
        offices = sign_offs.departments(row.city_id, row.round.value.departments)
        question = "请核查申报单位近三年有无本部门掌握的失信或处罚情况，并提出是否同意推荐的意见。"
        due_at = clock.now() + timedelta(days=2)
        sign_offs.ask_about(row, offices[:2], question=question, due_at=due_at, actor=officer)
    with walls.enter(finance):
        findings.record(
            found[PASSED[0]], kind="credit", text="近三年财政专项资金使用绩效评价均为良好以上。",
            source="武汉市财政专项资金绩效台账", is_adverse=False, actor=finance,
        )  # fmt: skip
