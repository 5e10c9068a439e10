"""A declared section in a real browser: the rich text's toolbar, its pictures, rows added by script, uploads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route

from portal.declared import Block, Field, Kind, Section
from portal.views.declared import Filled, drawn
from tests.uploads import PNG

ROOT = Path(__file__).parent.parent
SITE = "http://portal.test"
PICTURES = {"pictures": 2, "formats": ("jpg", "png"), "most_mb": 1}
SECTION = Section(
    "s",
    "节",
    (
        Block("b", "正文", (Field("body", "正文", Kind.RICH, limit=20, required=True, **PICTURES),)),
        Block("t", "场景", (Field("t", "场景", Kind.ROWS, columns=(
            Field("name", "名称", Kind.TEXT), Field("text", "描述", Kind.RICH, limit=5, **PICTURES),
        )),)),
        Block("f", "附件", (Field("f", "执照", Kind.FILES, formats=("pdf",), most_mb=1, most_files=2),)),
    ),
)  # fmt: skip
HTML = """<!doctype html><html lang="zh-CN"><title>节</title><link rel="stylesheet" href="/css/declared.css">
<script src="/js/richtext.js" defer></script><script src="/js/autosave.js" defer></script>
<form method="post" data-autosave="/save/" data-upload="/files/" data-download="/files/0/">
<input type="hidden" name="csrfmiddlewaretoken" value="t"><input type="hidden" name="version" value="0">
<p role="status" data-save-state></p><p><span data-answered></span><span data-asked></span></p>
<section data-clash hidden tabindex="-1"><p data-clash-reason></p><div data-clash-list></div></section>
{blocks}</form></html>"""


class Server:
    """Answers as the portal does, and remembers what was sent."""

    def __init__(self, page: Page) -> None:
        self.saved: list[dict[str, Any]] = []
        self.fields: list[str] = []
        self.removed: list[str] = []
        self.others: dict[str, Any] = {}
        page.route(f"{SITE}/**", self.answer)

    def answer(self, route: Route) -> None:
        path, method = route.request.url.removeprefix(SITE), route.request.method
        if path.startswith(("/js/", "/css/")):
            route.fulfill(path=ROOT / f"static{path}")
        elif path == "/save/":
            self.saved.append(json.loads(route.request.post_data or ""))
            said = {"version": len(self.saved), "saved_at": "2024-11-20T10:00:00+08:00", "answered": 1, "asked": 1}
            route.fulfill(json=said | {"problems": [], "notes": {}, "others": self.others})
        elif path == "/files/":
            body = route.request.post_data_buffer or b""
            self.fields.append(body.partition(b'name="field"\r\n\r\n')[2].partition(b"\r\n")[0].decode())
            made = {"id": str(10 + len(self.fields)), "field": self.fields[-1], "name": "架构[1].png", "size": 2048}
            route.fulfill(status=201, json=made)
        elif method == "DELETE":
            self.removed.append(path)
            route.fulfill(status=204)
        elif path.startswith("/files/"):
            route.fulfill(body=PNG, content_type="image/png")
        else:
            blocks = drawn(SECTION, Filled({}, download="/files/0/"))
            parts = (render_to_string("declared/_block.html", {"drawn": d, "forloop": {"counter": 1}}) for d in blocks)
            route.fulfill(body=HTML.format(blocks="".join(parts)), content_type="text/html; charset=utf-8")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN")
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    yield tab
    context.close()
    assert wrong == []


@pytest.fixture
def server(page: Page) -> Server:
    made = Server(page)
    page.goto(f"{SITE}/")
    return made


def test_list_goes_on_by_itself_and_ends_at_an_empty_item(page: Page, server: Server) -> None:
    area = page.locator("#f-body")
    area.click()
    page.keyboard.type("1. 甲")
    page.keyboard.press("Enter")
    page.keyboard.type("乙")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("丙")
    assert area.input_value() == "1. 甲\n2. 乙\n丙"
    assert page.locator("#f-body_count").inner_text() == "3/20 字"


def test_toolbar_is_one_stop_and_its_buttons_are_reached_by_arrows(page: Page, server: Server) -> None:
    area, tools = page.locator("#f-body"), page.locator("[data-files=body] [data-rich-tools]")
    area.fill("甲\n乙")
    area.select_text()
    tools.locator("button").first.focus()
    page.keyboard.press("Enter")
    assert area.input_value() == "- 甲\n- 乙"
    area.select_text()
    tools.locator("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert area.input_value() == "1. 甲\n2. 乙"
    assert tools.locator("button[tabindex='-1']").count() == 3
    area.press("Control+z")
    assert area.input_value() == "- 甲\n- 乙", "the browser's own undo knows of it"


def test_picture_is_uploaded_under_its_field_and_put_into_the_text(page: Page, server: Server) -> None:
    area, field = page.locator("#f-body"), page.locator("[data-files=body]")
    area.fill("前文")
    field.locator("summary").click()
    field.locator("[data-rich-file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    field.locator("[data-rich-insert]").wait_for()
    assert (server.fields, area.input_value().strip()) == (["body"], "前文\n\n![架构 1](图片:11)")
    assert field.locator("figure img").get_attribute("src") == "/files/11/"
    assert page.locator("#f-body_count").inner_text() == "6/20 字"
    field.locator("[data-remove-file]").click()
    page.wait_for_function("!document.querySelector('#f-body').value.includes('图片')")
    assert (server.removed, area.input_value().strip()) == (["/files/11/"], "前文")


def test_added_row_has_an_editor_of_its_own(page: Page, server: Server) -> None:
    for _ in range(2):
        page.locator("[data-add-row]").click()
    row = page.locator("[data-row]:not([data-spare])").last
    area = row.locator("textarea")
    area.fill("一二三四五六")
    assert "超出 1 字" in row.locator(".counter").inner_text()
    row.locator("[data-rich-do=list]").click()
    assert area.input_value() == "- 一二三四五六"
    row.locator("[data-rich-file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    row.locator("[data-rich-insert]").wait_for()
    name = area.get_attribute("name")
    assert server.fields == [name]
    assert "图片:11" in area.input_value()
    page.wait_for_function("document.querySelector('[data-save-state]').textContent.startsWith('已保存')")
    key = (name or "").removesuffix(".text")
    assert "图片:11" in server.saved[-1]["answers"][key]["text"]
    assert page.locator(f"[id='{area.get_attribute('id')}']").count() == 1, "ids stay unique"


def test_file_too_large_is_told_before_it_is_sent(page: Page, server: Server) -> None:
    field = page.locator("[data-files=f]")
    assert "PDF格式，每个文件不超过1 MB，最多2个" in field.inner_text()
    large = {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"x" * (1024 * 1024 + 1)}
    small = {"name": "c.pdf", "mimeType": "application/pdf", "buffer": b"x"}
    field.locator("input").set_input_files([large, small])
    field.locator("[data-file]").wait_for()
    assert "b.pdf（1.0 MB）超过1 MB，未上传。" in field.inner_text()
    assert server.fields == ["f"]


def test_what_a_colleague_wrote_is_counted_and_shown(page: Page, server: Server) -> None:
    server.others = {"body": "- 同事所写"}
    page.locator("[data-files=body] summary").click()
    page.locator("[data-add-row]").click()
    page.locator("[data-row]:not([data-spare]) input[type=text]").fill("甲")
    page.locator("[data-files=body] li").get_by_text("同事所写").wait_for()
    assert page.locator("#f-body").input_value() == "- 同事所写"
    assert page.locator("#f-body_count").inner_text() == "4/20 字"
