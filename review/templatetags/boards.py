"""The rows of the board of candidates, put together in one pass: a thousand of them cost a template half a second."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_PLACE = "PLACE"


@register.simple_tag
def board_rows(lines: Iterable[Any]) -> SafeString:
    """A table row for each line (review.selectors.standings.Line); everything that people wrote is escaped."""
    before, _, after = reverse("candidate", args=[_PLACE]).partition(_PLACE)
    return mark_safe("\n".join(_row(line, before, after) for line in lines))  # noqa: S308 — escaped below


def _row(line: Any, before: str, after: str) -> str:
    rank = f"<strong>{line.rank}</strong>{'（并列）' if line.is_tied else ''}　" if line.rank else ""
    city = f"{escape(line.city)}（{line.city_position}）" if line.city_position else escape(line.city)
    warned = '<br><span class="tag tag--bad">需核实</span>' if line.warnings else ""
    spread = f"　离散{line.spread}" if line.signed > 1 else ""
    far_off = '<br><span class="tag tag--bad">有离群分</span>' if line.far_off else ""
    return (
        f'<tr><td data-label="行业组、名次">{rank}<span class="soft">{escape(line.group)}</span></td>'
        f'<td data-label="申报单位"><a class="row-link" href="{before}{line.ref}{after}">{escape(line.name)}</a>'
        f'<br><span class="soft">{escape(line.project)}　<span class="code">{escape(line.number)}</span></span></td>'
        f'<td data-label="市州（顺序）">{city}</td>'
        f'<td data-label="状态"><span class="tag {line.tag}">{line.label}</span>{warned}</td>'
        f'<td data-label="得分" class="num">{line.score_label}</td>'
        f'<td data-label="评分表">{line.signed}/{line.asked}{spread}{far_off}</td>'
        f'<td data-label="校正分" class="num">{line.adjusted_label}</td>'
        f'<td data-label="核查">{line.visit or "—"}</td><td data-label="推荐">{line.place_label}</td></tr>'
    )
