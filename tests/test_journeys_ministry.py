"""A journey to a title: the ministry takes what was sent and imports its results; an enterprise climbs a tier."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

from applications.demo import seed as applicants
from portal import clock
from review.models import Dispatch, Outcome
from review.selectors.dispatches import entries
from tests.browser import Served
from tests.journeys import Traveller, text_of, waited
from tiers.models import Factory, Recognition

DOCUMENT = "工信厅联通装函〔示例〕1号"


def _sent() -> tuple[str, str, list[tuple[str, str]]]:
    """What the province's fifth batch sent: its reference, its round's, and of each entry the code and the project."""
    row = Dispatch.objects.select_related("round").get(round__batch=5, round__unit__code="HB")
    return row.ref, row.round.ref, [(line["code"], line["project"]) for line in entries(row)]


def _filled(template: bytes, results: dict[str, str], day: str) -> bytes:
    """The ministry's template with a result in each line, by credit code."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    for line in sheet.iter_rows(min_row=2):
        cells = dict(zip(names, line, strict=False))
        if cells["统一社会信用代码"].value in results:
            cells["结果"].value = results[cells["统一社会信用代码"].value]
            cells["文号"].value, cells["公布日期"].value = DOCUMENT, day
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _owner(code: str) -> str:
    """The account of whoever answers for an enterprise."""
    factory = Factory.objects.select_related("enterprise").filter(enterprise__code=code)[0]
    return applicants.admin_of(factory.enterprise).person.email.partition("@")[0]


def test_from_the_ministrys_results_to_an_enterprises_new_tier(
    traveller: Callable[..., Traveller], installation: Served, tmp_path: Path
) -> None:
    ref, round_ref, lines = installation.ask(_sent)
    (winner, project), (loser, _) = lines
    ministry = traveller("buji")
    ministry.visit("/", "ministry-home")
    ministry.visit(f"/dispatches/{ref}/", "dispatch")
    with zipfile.ZipFile(io.BytesIO(ministry.get(f"/dispatches/{ref}/package.zip"))) as package:
        assert {"dispatch.json", "summary.xlsx"} <= {Path(name).name for name in package.namelist()}
        table = next(name for name in package.namelist() if name.endswith(".pdf") and "汇总表" in name)
        assert project[:8] in text_of(package.read(table)), "the paper in the package names the project"

    ministry.visit("/dispatches/")
    template = ministry.download(ministry.page.get_by_role("link", name="下载结果模板"))
    file = tmp_path / "结果.xlsx"
    file.write_bytes(_filled(template, {winner: "认定", loser: "不予认定"}, f"{clock.beijing(clock.now()):%Y-%m-%d}"))
    ministry.follow("导入评审结果")
    ministry.see()
    ministry.page.locator("main [type=file]").set_input_files(file)
    ministry.press("上传并预览")
    ministry.page.wait_for_url("**/imports/**")
    ministry.see("results-preview")
    button = ministry.page.locator("main").get_by_role("button", name=re.compile("导入|公布"))
    button.first.click()
    if ministry.page.locator("dialog[open]").count():
        ministry.page.locator("dialog[open]").get_by_role("button").first.click()
    done = Outcome.objects.filter(round__ref=round_ref)
    told = waited(installation, lambda: dict(done.values_list("enterprise__code", "result")))
    assert (told[winner], told[loser]) == ("recognised", "not_recognised")
    assert installation.ask(lambda: Dispatch.objects.get(ref=ref).state) == "decided"

    held = Recognition.objects.filter(enterprise__code=winner, document=DOCUMENT)
    assert installation.ask(lambda: held.get().title) == "excellent"
    owner = traveller(installation.ask(lambda: _owner(winner)))
    owner.visit("/", "recognised-home")
    factory = installation.ask(lambda: Factory.objects.get(pk=held.get().factory_id))
    assert factory.held_tier == "excellent"
    owner.visit(f"/factories/{factory.ref}/", "new-tier")
    owner.sees("卓越级")
    owner.sees(DOCUMENT)
    application = installation.ask(lambda: done.get(enterprise__code=loser).application.ref)
    other = traveller(installation.ask(lambda: _owner(loser)))
    other.visit(f"/applications/{application}/", "not-recognised")
    other.sees("不予认定")
