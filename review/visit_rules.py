"""What a visit on site looks at, made from what was handed in, and what its record must hold. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from portal.declared import rows_of
from tiers.answers import figures
from tiers.assessment_form import INDICATORS, MATURITY, SCENARIOS
from tiers.editions import Edition

FINDINGS = {"met": "符合", "partly": "部分符合", "unmet": "不符合"}
MOST_NOTE, MOST_OPINION = 500, 3_000
# What every visit looks at (82号 二(三)3 asks for 评审核查; the lines are common practice).
_ALWAYS = (
    ("site", "一致性", "工厂名称、地址、生产线与申报书一致。"),
    ("evidence", "真实性", "营业执照、审计报告、成熟度评估报告等原件与所附材料一致。"),
    ("safety", "安全环保", "现场安全生产、环境保护状况良好，无重大隐患。"),
)


def indicators_of(document: Mapping[str, Any], edition: Edition) -> list[tuple[str, str]]:
    """The indicators for which a value was given: number, and name with the value."""
    sections = document["sections"]
    said = {INDICATORS: sections.get("effects", {}), SCENARIOS: sections.get("scenarios", {}), MATURITY: {}}
    return [
        (str(f.indicator.number), f"{f.indicator.name}：{f.value:g}{f.indicator.unit}")
        for f in figures(edition, said)
        if f.value is not None
    ]


def checklist(document: Mapping[str, Any], edition: Edition, numbers: Collection[str]) -> list[dict[str, str]]:
    """The lines of a visit: what always is looked at, every scenario, and the chosen indicators."""
    lines = [_line(key, kind, text) for key, kind, text in _ALWAYS]
    areas = edition.area_of_guide
    for row, said in rows_of(document["sections"].get("scenarios", {}), "scenarios").items():
        area = edition.area_names.get(areas.get(said.get("area", ""), ""), "")
        name = said.get("instance") or said.get("name") or "所列场景"
        lines.append(_line(f"s{row}", "场景", f"{area}“{name}”已建成并在用，与描述一致。"))
    for number, text in indicators_of(document, edition):
        if number in numbers:
            lines.append(_line(f"i{number}", "指标", f"{text}，有原始数据和计算依据。"))
    return lines


def _line(key: str, kind: str, text: str) -> dict[str, str]:
    return {"key": key, "kind": kind, "text": text, "finding": "", "note": ""}


def recorded(lines: Sequence[Mapping[str, str]], said: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    """The lines with what was found; texts stay as they were drawn up."""
    found = []
    for line in lines:
        part = said.get(line["key"], {})
        finding = part.get("finding", "")
        note = part.get("note", "").strip()[:MOST_NOTE]
        found.append({**line, "finding": finding if finding in FINDINGS else "", "note": note})
    return found


def lacking(lines: Sequence[Mapping[str, str]], conclusion: str, opinion: str) -> list[str]:
    """What keeps a visit from being concluded, a sentence each."""
    reasons = [f"“{line['text']}”尚未填写核查情况。" for line in lines if not line["finding"]]
    reasons += [
        f"“{line['text']}”未完全符合的，请说明情况。"
        for line in lines
        if line["finding"] in {"partly", "unmet"} and not line["note"]
    ]
    if not conclusion:
        reasons.append("请选择核查结论。")
    if not opinion.strip():
        reasons.append("请填写核查意见。")
    return reasons
