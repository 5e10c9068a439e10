"""What the templates of papers ask for: each page's own code at its foot, and the square that opens a paper's page."""

import re
from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
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
def drawing(svg: str, title: str) -> SafeString:
    """An inline drawing that the portal made itself, with a title for those who don't see it."""
    return mark_safe(svg.replace(">", f">{format_html('<title>{}</title>', title)}", 1))  # noqa: S308
