"""Where long names may break."""

from django.utils.html import strip_tags

from portal.templatetags.words import after_at, division, in_words


def test_a_rounds_name_breaks_between_its_words_and_stays_the_same_text() -> None:
    name = "湖北省2026年度卓越级智能工厂申报（第3批）"
    shown = in_words(name)
    assert strip_tags(shown) == name
    for word in ("2026年度", "卓越级", "智能工厂", "申报", "（第3批）"):
        assert f'<span class="nowrap">{word}</span>' in shown


def test_an_enterprises_name_keeps_its_form_together() -> None:
    name = "宜昌峡江新材料（示例）股份有限公司黄石分公司"
    shown = in_words(name)
    assert strip_tags(shown) == name
    for word in ("（示例）", "股份有限公司", "黄石分公司"):
        assert f'<span class="nowrap">{word}</span>' in shown


def test_a_long_stretch_without_such_words_may_break_anywhere() -> None:
    assert in_words("关于组织开展有关工作的补充通知") == "关于组织开展有关工作的补充通知"
    assert "&lt;b&gt;" in in_words("<b>申报")


def test_an_address_breaks_after_its_at() -> None:
    assert after_at("a.b@demo.example") == '<span class="keep">a.b@<wbr>demo.example</span>'
    assert "<i>" not in after_at("<i>@demo.example")


def test_a_division_is_shown_with_its_name() -> None:
    assert division("C27") == "C27 医药制造业"
    assert [division(code) for code in ("", "C99", "C27 医药制造业")] == ["", "C99", "C27 医药制造业"]
