"""What comes with an application as files, set from the dossier's own words: licence, audit, maturity, credit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template import engines

from portal.pdf import printed
from replay.dossiers import Dossier
from replay.workbooks import BARE

_NOTE = "本件由演练程序按申报材料中企业填写的内容排版，所载企业、机构和数据均为虚构示例。"
_TEMPLATE = Path(__file__).with_name("attachment.html")


@dataclass(frozen=True)
class Page:
    """One attachment: its title, who issued it, what it says in paragraphs, and a table."""

    title: str
    issuer: str
    facts: Sequence[tuple[str, str]] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    paragraphs: Sequence[str] = ()


def attached(dossier: Dossier) -> Iterator[tuple[str, str, bytes]]:
    """The field, the file's name and its content, for each."""
    template = engines["django"].from_string(_TEMPLATE.read_text("utf-8"))
    for name, said in dossier.attachments.items():
        page = _PAGES[name](dossier, said)
        html = template.render({"page": page, "applicant": dossier.enterprise, "note": _NOTE})
        yield f"attachment.{name}", f"{page.title}.pdf", printed(html, identifier=f"{dossier.name}/{name}")


def _licence(dossier: Dossier, said: Mapping[str, Any]) -> Page:
    facts = [
        ("名称", dossier.enterprise),
        ("统一社会信用代码", dossier.said("unit", "code")),
        ("住所", dossier.said("unit", "address")),
        ("法定代表人", dossier.said("unit", "legal_representative")),
        ("注册资本", said["capital"]),
        ("成立日期", dossier.said("unit", "founded_on")),
        ("经营范围", said["scope"]),
    ]
    return Page("营业执照（副本内容摘录）", "登记机关（示例）", facts)


def _audit(_: Dossier, said: Mapping[str, Any]) -> Page:
    facts = [("出具机构", said["firm"]), ("审计意见", said["opinion"])]
    return Page("近三年财务审计报告摘要", said["firm"], facts, BARE["attachments.audit.years"], said["years"])


def _maturity(dossier: Dossier, said: Mapping[str, Any]) -> Page:
    facts = [
        ("依据", "GB/T 39116-2020《智能制造能力成熟度模型》"),
        ("总分", dossier.said("factory", "maturity.score")),
        ("评估日期", dossier.said("factory", "maturity.date")),
        ("评估方式", dossier.said("factory", "maturity.organisation") or "自评估"),
    ]
    advice = [f"改进方向：{line}" for line in said["advice"].splitlines() if line]
    head = BARE["attachments.maturity.domains"]
    return Page("智能制造能力成熟度自评估报告", dossier.enterprise, facts, head, said["domains"], advice)


def _credit(_: Dossier, said: Mapping[str, Any]) -> Page:
    return Page("信用查询报告", "公共信用信息查询（示例）", [("查询日期", said["on"])], paragraphs=[said["text"]])


def _honours(dossier: Dossier, said: Mapping[str, Any]) -> Page:
    return Page("获奖与认定情况", dossier.enterprise, paragraphs=said["text"].splitlines())


_PAGES: dict[str, Callable[[Dossier, Mapping[str, Any]], Page]] = {
    "licence": _licence,
    "audit": _audit,
    "maturity": _maturity,
    "credit": _credit,
    "honours": _honours,
}
