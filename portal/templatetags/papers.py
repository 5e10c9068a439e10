"""What the templates of papers ask for: each page's own code at its foot, and the square that opens a paper's page."""

import re
from collections.abc import Sequence
from math import sqrt

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_SHARES = 24
_WITHIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z年]|[（“《〔].|.[）”》〕、，的]|智能|工厂|公示|名单|推荐|项目|年度")
_CODE = re.compile(r"[0-9A-Z-]{1,20}")


@register.filter
def page_codes(codes: Sequence[str]) -> SafeString:
    """The style that prints each page's code: page n has the nth. Raises ValueError for what isn't a code."""
    if not all(map(_CODE.fullmatch, codes)):
        raise ValueError("page codes are digits, capitals and hyphens")
    if not codes:
        return SafeString("")
    symbols = " ".join(f'"{code}"' for code in codes)
    return format_html(
        "<style>@counter-style page-code {{ system: fixed 1; symbols: {}; }} {}</style>",
        mark_safe(symbols),  # noqa: S308 — looked over above
        mark_safe('@page { @bottom-center { content: "页码校验码 " counter(page, page-code); } }'),
    )


@register.filter
def shares(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide the columns of a table are, in 24ths of it: by what stands in them; none when there are too many.

    Widths that are given cost nothing. Working them out costs WeasyPrint a minute for a page of text in one cell.
    """
    count = len(rows[0])
    if count > _SHARES // 2:
        return []
    weights = [max(sqrt(max(len(row[column]) for row in rows)), 2) for column in range(count)]
    exact = [1 + weight / sum(weights) * (_SHARES - count) for weight in weights]
    found = [int(share) for share in exact]
    for column in sorted(range(count), key=lambda column: found[column] - exact[column])[: _SHARES - sum(found)]:
        found[column] += 1
    return found


@register.filter
def balanced(title: str, most: int) -> SafeString:
    """A heading in lines of about the same length, none longer than `most`; numbers and words are kept whole."""
    left = title
    lines: list[str] = []
    for count in range(-(-len(title) // most), 1, -1):
        place = _break(left, -(-len(left) // count), most)
        lines, left = [*lines, left[:place]], left[place:]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in [*lines, left]))


def _break(text: str, ideal: int, most: int) -> int:
    """Where a line best ends: before 关于 if it stands near, else as near the middle as no word is torn."""
    about = text.find("关于", 1)
    if 0 < about <= most and len(text) - about <= most:
        return about
    places = [place for place in range(1, min(len(text), most) + 1) if not _WITHIN.search(text[place - 1 : place + 1])]
    return min(places, key=lambda place: (abs(place - ideal), place), default=ideal)


@register.filter
def drawing(svg: str, title: str) -> SafeString:
    """An inline drawing that the portal made itself, with a title for those who don't see it."""
    return mark_safe(svg.replace(">", f">{format_html('<title>{}</title>', title)}", 1))  # noqa: S308
