"""The replay's own rules: what a ledger takes out before it digests, attachments, shares of the quota, the page."""

import io
import json
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from xlsxwriter import Workbook

from portal.pdf import printed
from portal.seals.pictures import seal_picture
from replay import attachments, ledger, province
from replay.ledger import Ledger, Produced, Step, same_in_every_run
from replay.plan import dossiers_of_2024
from replay.report import markdown
from replay.seals import picture

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "replay-2024.json"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("申报编号SB-7KQ2M9XA", "申报编号SB-22223333"),
        ("核验码 2YTU-DAZ9-C57Z", "核验码 ABCD-EFGH-JKMN"),
        ('"code":"Q6G7DWPW6A9P"', '"code":"26QXFNZ3JTZS"'),
        ("摘要" + "0a" * 32, "摘要" + "f1" * 32),
        ("一行 断\n在这里", "一行断在 这里"),
    ],
)
def test_what_is_drawn_by_lot_makes_no_difference(one: str, other: str) -> None:
    assert same_in_every_run(one) == same_in_every_run(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("受理编号HB-2024-E-0001", "受理编号HB-2024-E-0002"),
        ("统一社会信用代码91420100622111010D", "统一社会信用代码91420100622111011B"),
        ("总投资68900万元", "总投资68901万元"),
        ("2024年11月22日", "2024年11月23日"),
    ],
)
def test_everything_else_does(one: str, other: str) -> None:
    assert same_in_every_run(one) != same_in_every_run(other)


def test_a_paper_is_known_by_what_it_says() -> None:
    pdf = printed("<html lang='zh'><title>标题</title><p>甲方</p></html>", identifier="one")
    first = ledger.paper("文书", pdf, "编号SB-7KQ2M9XA，甲方")
    assert first == ledger.paper("文书", pdf, "编号SB-ZZZZ2222，甲 方")
    assert first.digest != ledger.paper("文书", pdf, "编号SB-7KQ2M9XA，乙方").digest
    assert first.size == "1页"


def test_a_package_is_known_by_its_files(tmp_path: Path) -> None:
    def made(name: str, text: str) -> Produced:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(name, text)
        return ledger.package("包", path)

    assert made("清单.csv", "SB-7KQ2M9XA,甲") == made("清单.csv", "SB-22223333,甲")
    assert made("清单.csv", "甲").digest != made("清单.csv", "乙").digest
    assert made("清单.csv", "甲").digest != made("名单.csv", "甲").digest


def test_another_digest_in_a_step_makes_another_ledger() -> None:
    one, other = Ledger(), Ledger()
    for found, digest in ((one, "0" * 64), (other, "1" * 64)):
        found.steps.append(Step("2024-11-07 09:00:00", "某厅", "开启批次", [Produced("规则", "1项", digest)]))
    assert one.digest != other.digest


def test_a_workbook_is_known_by_its_cells() -> None:
    def made(text: str) -> Produced:
        stream = io.BytesIO()
        with Workbook(stream, {"in_memory": True}) as book:
            book.add_worksheet("表").write_row(0, 0, ["名称", text])
        return ledger.workbook("表", stream.getvalue())

    assert made("甲") == made("甲")
    assert made("甲").digest != made("乙").digest


def test_every_dossier_brings_the_files_that_the_round_asks_for() -> None:
    dossier = dossiers_of_2024(ROOT / "tests" / "dossiers")[0]
    found = {field: (name, content) for field, name, content in attachments.attached(dossier)}
    assert {f"attachment.{name}" for name in ("licence", "audit", "maturity", "credit")} <= set(found)
    for name, content in found.values():
        assert name.endswith(".pdf")
        with pikepdf.open(io.BytesIO(content)) as opened:
            assert len(opened.pages) == 1
    read = subprocess.run(["pdftotext", "-", "-"], input=found["attachment.audit"][1], capture_output=True, check=True)
    text = read.stdout.decode()
    assert dossier.enterprise in text.replace("\n", "")
    assert "虚构示例" in text.replace("\n", "")


@pytest.mark.parametrize(
    ("counts", "quota", "found"),
    [
        ({"甲": 10, "乙": 6, "丙": 6}, 20, {"甲": 9, "乙": 5, "丙": 6}),
        ({"甲": 2, "乙": 1}, 20, {"甲": 2, "乙": 1}),
        ({"甲": 3, "乙": 3, "丙": 3}, 2, {"甲": 0, "乙": 1, "丙": 1}),
    ],
)
def test_the_quota_is_shared_out_whole(counts: dict[str, int], quota: int, found: dict[str, int]) -> None:
    said = province.shares(counts, quota)
    assert said == found
    assert sum(said.values()) == min(quota, sum(counts.values()))
    assert all(said[name] <= counts[name] for name in counts)


def test_experts_lean_a_little_and_always_alike() -> None:
    leaning = province._leaning("甲", "乙", "丙")
    assert leaning == province._leaning("甲", "乙", "丙")
    assert abs(leaning) <= Decimal("0.04")


@pytest.mark.parametrize("name", ["湖北省经济和信息化厅", "武汉砺行精密减速器（示例）股份有限公司"])
def test_an_organisations_seal_can_be_used(name: str) -> None:
    drawn = Image.open(io.BytesIO(seal_picture(picture(name))))
    assert drawn.width == drawn.height >= 240
    assert picture(name) == picture(name)


def test_the_page_of_the_ledger_is_that_of_its_values() -> None:
    """docs/replay-2024.md is written from docs/replay-2024.json's steps, whose digest is the one that stands there."""
    kept = json.loads(KEPT.read_text("utf-8"))
    found = Ledger()
    for step in kept["steps"]:
        produced = [Produced(**one) for one in step["produced"]]
        found.steps.append(Step(step["at"], step["who"], step["what"], produced))
    assert found.digest == kept["digest"]
    count = len(list((ROOT / "tests" / "dossiers").iterdir()))
    assert KEPT.with_suffix(".md").read_text("utf-8") == markdown(found, count)


def test_the_ledger_tells_of_the_round_to_its_end() -> None:
    steps = json.loads(KEPT.read_text("utf-8"))["steps"]
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    said = "\n".join(f"{step['at']} {step['who']} {step['what']}" for step in steps)
    for part in (
        "2024-11-07 09:00:00 湖北省经济和信息化厅 按随平台提供的申报规则开启批次HB-2024-E-1，推荐名额20家",
        "2024-11-22 23:59:59",
        "逾期一秒：企业申报已于2024年11月22日 23:59:59（北京时间）截止，逾期无法受理。",
        "平台定时任务 企业申报截止，批次转入初审",
        "平台定时任务 市州报送截止，批次转入评审",
        "修改后重新提交",
        "在截止前向工业和信息化部上报",
    ):
        assert part in said
    assert sum(step["what"] == "联合行文报送推荐名单" for step in steps) == 17
    chosen = next(step for step in steps if "确定推荐项目" in step["what"])
    assert chosen["produced"][0]["size"] == "20项"
    books = [one for step in steps for one in step["produced"] if step["what"] == "打印申报书并盖章"]
    assert sum(int(one["size"].removesuffix("页")) >= 25 for one in books) >= 3
