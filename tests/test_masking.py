"""Blind review: nothing in a masked book says whose it is, and nothing else is lost."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from review.masking import MASK, masked, masked_text, secrets

NAME, FACTORY = "武汉光谷激光股份有限公司", "光谷激光未来工厂"


def document() -> dict[str, Any]:
    text = (
        f"{NAME}（以下简称光谷激光）位于武汉市东湖高新区光谷大道1号，联系人李四，电话13812345678或027-87654321，"
        "邮箱li.si@ggjg.com.cn，见 https://www.ggjg.com.cn/about 。统一社会信用代码91420100MA4KABCD1X。投资1200万元。"
    )
    return {
        "number": "HB-2024-E-0001",
        "enterprise": {
            "name": NAME, "code": "91420100MA4KABCD1X", "address": "武汉市东湖高新区光谷大道1号", "region": "武汉市",
            "city": "武汉市", "industry": "C39 计算机",
        },
        "factory": {"name": FACTORY, "address": "光谷大道2号", "region": "武汉市", "ref": "GC-1"},
        "sections": {
            "unit": {"name": NAME, "legal_representative": "张三", "contact": "李四", "phone": "13812345678"},
            "factory": {"project": f"{FACTORY}智能化改造", "integrators[a1]": {"name": "华中数控", "scope": text}},
            "scenarios": {"overview": f"<p>{text}张三</p>", "pick": ["a", NAME]},
        },
        "files": {"unit": {"licence": [{"id": 7, "name": f"{NAME}营业执照.PDF", "size": 9, "digest": "d"}]}},
        "commitment": {"by": "王五", "texts": ["真实"]},
        "submitted_by": "王五",
        "count": 3,
    }  # fmt: skip


def test_nothing_is_left_that_says_whose_it_is() -> None:
    said = json.dumps(masked(document()), ensure_ascii=False)
    for word in (
        NAME, "光谷激光", FACTORY, "武汉", "光谷大道", "张三", "李四", "王五", "13812345678", "027-87654321", "ggjg",
        "91420100MA4KABCD1X", "营业执照",
    ):  # fmt: skip
        assert word not in said, word
    assert "华中数控" in said
    assert "投资1200万元" in said
    assert "HB-2024-E-0001" in said


def test_files_keep_their_keys_under_neutral_names() -> None:
    (file,) = masked(document())["files"]["unit"]["licence"]
    assert (file["id"], file["name"], file["digest"]) == (7, "附件1.pdf", "")


def test_what_was_frozen_is_not_touched() -> None:
    whole = document()
    masked(whole)
    assert whole == document()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_shapes_stay(value: Any) -> None:
    found = masked(document() | {"sections": {"x": {"y": value}}})["sections"]["x"]["y"]

    def shape(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: shape(inner) for key, inner in part.items()}
        return [shape(inner) for inner in part] if isinstance(part, list) else type(part)

    assert shape(found) == shape(value)


@given(st.text(alphabet="武汉光谷激光股份有限公司ab1×", max_size=40))
def test_no_secret_survives_however_it_is_put_together(text: str) -> None:
    words = secrets(document())
    said = masked_text(text, words)
    assert not [word for word in words if word in said]
    assert masked_text(said, words) == said


def test_a_mask_is_not_repeated() -> None:
    assert masked_text(NAME + NAME, [NAME]) == MASK
