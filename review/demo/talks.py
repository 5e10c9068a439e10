"""The demo's conversations: a bureau guides a draft, and explains what it returned."""

from collections.abc import Mapping

from applications.models import Application
from portal import walls
from portal.demo.seed import somebody
from review.services import messages

# Factory, then who says what, in turn; the last line is still unread.
TALKS = (
    (
        "精密传动部件智能工厂",
        (
            ("chushen.wuhan", "距企业申报截止时间不多，请抓紧填报，并上传成熟度自评估报告和近三年审计报告。"),
            ("tianbao", "已收到。审计报告今年更换了会计师事务所，前两年由原事务所出具，是否可以？"),
            ("chushen.wuhan", "可以，三个年度各一份即可，不要求同一家事务所。"),
        ),
    ),
    (
        "猇亭精细化工工厂",
        (
            ("qiye.yichang", "总投资按项目备案金额还是审计确认金额填写？"),
            ("chushen.yichang", "按审计报告所列固定资产投入填写，并与申报书中的建设内容对应；请在修改时限内重新提交。"),
        ),
    ),
)  # fmt: skip


def talk(found: Mapping[str, Application]) -> None:
    """Let them talk, at the applications of these factories."""
    for factory, lines in TALKS:
        for account, text in lines:
            actor = somebody(account)
            with walls.enter(actor):
                messages.mark_read(found[factory], actor=actor)
                messages.write(found[factory], text=text, actor=actor)
