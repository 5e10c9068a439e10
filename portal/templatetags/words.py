"""How names are shown: where long ones break, and what a code stands for."""

import re
import tomllib
from functools import cache
from pathlib import Path

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

register = template.Library()
_INDUSTRIES = Path(__file__).resolve().parent.parent / "reference" / "industries.toml"
_SHORT = 6  # letters: what is longer has to break somewhere
_WORD = re.compile(
    r"(\d{4}年度|(?:基础|先进|卓越|领航)级|智能工厂|申报|（第\d+批）|（示例）|(?:股份)?有限(?:责任)?公司|[^（）]{2,4}分公司)"
)


@register.filter
def in_words(name: str) -> SafeString:
    """The name of a round or of an enterprise, breaking only between its words: 年度, 层级, 批; 有限公司."""
    parts = [part for part in _WORD.split(name) if part]
    return SafeString(
        "".join(
            format_html('<span class="nowrap">{}</span>', part)
            if len(part) <= _SHORT or _WORD.fullmatch(part)
            else conditional_escape(part)
            for part in parts
        )
    )


@register.filter
def after_at(address: str) -> SafeString:
    """An e-mail address that breaks after its @ and nowhere else."""
    before, at, after = address.partition("@")
    return format_html('<span class="keep">{}{}<wbr>{}</span>', before, at, after)


@register.filter
def division(code: str) -> str:
    """A division of GB/T 4754 with its name, "C27 医药制造业"; what isn't known stays as it is."""
    return f"{code} {name}" if (name := _divisions().get(code)) else code


@cache
def _divisions() -> dict[str, str]:
    return {row["code"]: row["name"] for row in tomllib.loads(_INDUSTRIES.read_text())["industry"]}
