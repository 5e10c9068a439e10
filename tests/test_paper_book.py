"""The book on paper: the same, field by field, as what was handed in; marked on each page; set in the fonts it names."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from applications.documents import DOCUMENTS
from applications.models import Submission
from applications.selectors.papers import paper as draft_of
from applications.selectors.papers import submitted_form
from portal import richtext, walls
from portal.declared import Field, Form, Kind
from tests import applications as made
from tests import factories
from tests import papers
from tests.papers import Read
from tests.uploads import picture
import io
from applications.services import files

ODD = "企业䶮喆〔2024〕①Ⅳ㎡CO₂ ≥90% “甲—乙” <b>&</b> ×10³"
RICH = (
    f"总体架构：{ODD}。\n第二行紧接其后。\n\n- 数据统一采集\n- 装备互联互通\n\n3. 第三步\n4. 第四步\n\n"
    "| 系统 | 建设前 | 建设后 |\n|---|---|---|\n| MES | 45天 | 30天 |\n| 能源管理 | 1,200吨 | 980吨 |\n\n"
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    """A submission with something of every kind in it, and a draft beside it; each printed once."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = factories.cast()
        row = made.filled(people)
        by = people.enterprise_clerk_a
        with walls.enter(by):
            held = files.add(made.fresh(row), "integration", io.BytesIO(picture()), "架构图.png", actor=by)
        rows = {f"scenarios[extra{n}]": _scenario(n) for n in range(2)}
        made.save(row, "scenarios", {**rows, "integration": f"{RICH}![系统架构图](图片:{held.pk})", "overview": RICH}, by)
        made.save(row, "factory", {"project": "面向水泵〔䶮〕的智能工厂项目"}, by)
        with walls.system("test"):
            draft = papers.paper(DOCUMENTS["draft"], draft_of(made.fresh(row)), papers.DRAFT)
        made.submit(row, people.enterprise_admin_a)
        with walls.system("test"):
            submission = Submission.objects.select_related("application__round", "unit").get(application=row)
            form = submitted_form(submission)
            book = papers.paper(DOCUMENTS["book"], submission)
        yield {"submission": submission, "form": form, "book": book, "draft": draft}
        transaction.set_rollback(True)


def _scenario(number: int) -> dict[str, str]:
    area = "质量管控"
    return {
        "area": area,
        "name": f"在线智能检测{number}",
        "instance": f"总装线视觉检测{number}",
        "ai": "yes" if number else "no",
        "text": RICH,
        "equipment": f"相机、{ODD}\n边缘服务器（供应商甲）",
        "effect": "漏检率由0.8%降至0.05%",
    }


@pytest.fixture(scope="module")
def book(world: dict[str, Any]) -> Read:
    return world["book"]


def test_x(book, world):
    from pathlib import Path
    Path("/tmp/book.pdf").write_bytes(book.content)
    Path("/tmp/draft.pdf").write_bytes(world["draft"].content)
