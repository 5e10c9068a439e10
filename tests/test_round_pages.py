"""The pages of rounds: what readers see, how officers edit, what comes back with sentences."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.models import Mail
from tests import factories
from tests import rounds as given
from tests.factories import People
from tests.rounds import DAY
from tiers.eligibility import RULE_KINDS
from tiers.models import Extension, Round, RoundChange, SpecialDay
from tiers.services import calendar, round_dates
from tiers.services import rounds as services
from tiers.services.round_effects import tell_waiting
from tiers.states import RoundState as S

pytestmark = pytest.mark.django_db


def _text(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


def _form(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    answer = client.get(url)
    form = answer.context.get("rows") or answer.context["form"]
    sent: dict[str, Any] = {"version": str(answer.context["round"].version)}
    many = list(form) if "rows" in answer.context else [form]
    many += [answer.context["beside"]] if answer.context.get("beside") else []
    if "rows" in answer.context:
        sent |= {form.management_form.add_prefix(k): str(v) for k, v in form.management_form.initial.items()}
    for one in many:
        for field in one:
            value = field.value()
            if not (value is None or value is False or value == ""):
                shown = field.field.widget.format_value(value)
                sent[field.html_name] = shown if isinstance(shown, list) else "on" if value is True else str(shown)
    return sent


# -- readers
def test_applicants_read_dates_rules_material_and_that_it_is_free(
    people: People, client_as: Callable[..., Client]
) -> None:
    made = given.current(people)
    page = _text(client_as(people.enterprise_admin_a), "round", made.ref)
    until = clock.beijing(made.enterprise_until)
    assert f"{until.year}年{until.month}月{until.day}日 23:59:59" in page
    assert f'data-deadline="{until.isoformat()}"' in page
    assert "申报不收取任何费用" in page
    assert "近年来被评为湖北省智能制造试点示范企业" in page
    assert "82号 二(一)2" in page
    assert "石油和天然气开采业" in page, "industries by name"
    assert "智能制造能力成熟度自评估报告" in page
    assert "国家部委评审认定" in page
    for hidden in ("待核实", "办理", "期限调整"):
        assert hidden not in page, "that is the officers' own"


def test_each_floor_sees_its_own_next_deadline_on_the_first_page(
    people: People, client_as: Callable[..., Client]
) -> None:
    made = given.current(people)
    for who, what, until in [
        ("enterprise_admin_a", "企业申报", made.enterprise_until),
        ("city_reviewer_a", "市州初审报送", made.city_until),
        ("unit_officer", "审核推荐", made.unit_until),
    ]:
        page = _text(client_as(people.actors()[who]), "home")
        local = clock.beijing(until)
        assert f"1 个批次的{what}正在进行" in page
        assert f"最近截止：{local.year}年{local.month}月{local.day}日 23:59:59（北京时间），还剩" in page
    assert "个批次" not in _text(client_as(people.unit_head_hunan), "home")
    assert "1 个申报批次尚在草拟" not in _text(client_as(people.unit_officer), "home")


def test_an_applicants_own_deadline_is_shown_to_them_alone(people: People, client_as: Callable[..., Client]) -> None:
    made = given.current(people)
    url = reverse("round_extend", args=[made.ref])
    until = clock.beijing(made.enterprise_until + DAY)
    data = {"code": people.enterprise_a.code, "until": f"{until:%Y-%m-%dT%H:%M:%S}", "reason": "园区停电"}
    assert client_as(people.unit_officer).post(url, data).status_code == 302
    own = _text(client_as(people.enterprise_admin_a), "round", made.ref)
    assert "园区停电" in own
    assert f'data-deadline="{until.isoformat()}"' in own
    assert "园区停电" not in _text(client_as(people.enterprise_admin_b), "round", made.ref)
    assert "园区停电" in _text(client_as(people.city_head_a), "round", made.ref)
    assert "园区停电" not in _text(client_as(people.city_head_b), "round", made.ref)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "91350100M000100Y43"}, "本单位名册中没有"),
        ({"code": "123"}, "应为18位"),
        ({"until": "2024-01-01T00:00:00"}, "延期须晚于当前时间"),
        ({"until": "0001-01-01T00:00:00"}, "until"),
        ({"reason": ""}, "reason"),
    ],
)
def test_extension_form_says_what_is_wrong(
    people: People, client_as: Callable[..., Client], change: dict[str, str], said: str
) -> None:
    made = given.current(people)
    until = clock.beijing(made.enterprise_until + DAY)
    data = {"code": people.enterprise_a.code, "until": f"{until:%Y-%m-%dT%H:%M:%S}", "reason": "停电"}
    answer = client_as(people.unit_officer).post(reverse("round_extend", args=[made.ref]), data | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with walls.system("test"):
        assert not Extension.objects.exists()


# -- officers
def test_new_round_from_a_programme(people: People, client_as: Callable[..., Client]) -> None:
    edition = given.edition()
    client = client_as(people.unit_officer)
    data = {
        "programme": "2024-excellent-HB", "year": "2026", "batch": "1", "edition": edition.pk, "opens_on": "2026-03-02",
    }  # fmt: skip
    answer = client.post(reverse("round_add"), data)
    assert answer["Location"] == reverse("round", args=["HB-2026-E-1"])
    page = _text(client, "round", "HB-2026-E-1")
    assert "可以发布" in page
    assert "“企业申报截止”2026年3月17日" not in page, "a Tuesday"
    assert "项内容的来源未经核实" in page
    assert ">发布<" not in page, "the head publishes"
    assert ">发布<" in _text(client_as(people.unit_head), "round", "HB-2026-E-1")
    again = client.post(reverse("round_add"), data)
    assert again.status_code == 422
    assert "已存在" in again.content.decode()
    other = client.post(reverse("round_add"), data | {"programme": "2024-excellent-group"})
    assert other.status_code == 422, "another unit's programme is not offered"


def test_clone_from_last_years(people: People, client_as: Callable[..., Client]) -> None:
    source, client = given.current(people), client_as(people.unit_officer)
    url = reverse("round_clone", args=[source.ref])
    data = {"year": "2031", "batch": "2", "edition": source.edition_id, "opens_on": "2031-05-01"}
    assert client.post(url, data)["Location"] == reverse("round", args=["HB-2031-E-2"])
    with walls.system("test"):
        made = Round.objects.get(ref="HB-2031-E-2")
    assert clock.beijing(made.opens_at).date() == date(2031, 5, 1)
    assert made.based_on == source


def test_dates_of_a_draft(people: People, client_as: Callable[..., Client]) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_basics", args=[made.ref])
    data = _form(client, url)
    assert data["enterprise_until"] == "2024-11-22T23:59:59"
    wrong = client.post(url, data | {"enterprise_until": "2024-11-27T23:59:59"})
    assert wrong.status_code == 422
    assert "“市州报送截止”（2024年11月25日 23:59:59）不能早于“企业申报截止”" in wrong.content.decode()
    assert "2024-11-27T23:59:59" in wrong.content.decode(), "what was typed stays"
    assert client.post(url, data | {"quota": "", "name": "新名称"}).status_code == 302
    after = given.fresh(made)
    assert (after.quota, after.name, after.enterprise_until) == (None, "新名称", made.enterprise_until)
    stale = client.post(url, data)
    assert stale.status_code == 422
    assert "刚被他人修改" in stale.content.decode()


@pytest.mark.parametrize("part", ["limit", "attachment", "criterion", "column"])
def test_a_part_sent_back_unchanged_stays_as_it_was(
    people: People, client_as: Callable[..., Client], part: str
) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_rows", args=[made.ref, part])
    assert client.post(url, _form(client, url)).status_code == 302
    after = given.fresh(made)
    assert after.version == 2
    assert after.value == made.value


def test_rules_sent_back_unchanged_stay_as_they_were(people: People, client_as: Callable[..., Client]) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_rules", args=[made.ref])
    assert client.post(url, _form(client, url)).status_code == 302
    assert given.fresh(made).value == made.value


def test_general_part_sent_back_unchanged_stays_as_it_was(people: People, client_as: Callable[..., Client]) -> None:
    for programme in ("2024-excellent-HB", "2024-advanced-HB"):
        made, client = given.draft(people.unit_officer, programme), client_as(people.unit_officer)
        url = reverse("round_general", args=[made.ref])
        assert client.post(url, _form(client, url)).status_code == 302
        assert given.fresh(made).value == made.value


def test_score_sheet_is_edited_row_by_row(people: People, client_as: Callable[..., Client]) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_rows", args=[made.ref, "criterion"])
    data = _form(client, url)
    data |= {"rows-0-DELETE": "on", "rows-1-ORDER": "9", "aggregation-decimals": "1"}
    data |= {"rows-6-name": "安全可控", "rows-6-weight": "12.5", "rows-6-clause": "厅务会"}
    answer = client.post(url, data, follow=True)
    assert "评分表各项权重之和应为100，现为92.5，请调整。" in answer.content.decode()
    value = given.fresh(made).value
    assert [c.name for c in value.criteria][-2:] == ["信息基础", "安全可控"]
    assert (len(value.criteria), value.criteria[-1].code, value.aggregation.decimals) == (6, "criterion_1", 1)
    assert "发布前还缺" in _text(client, "round", made.ref)


def test_rule_of_each_kind_can_be_added_and_is_then_edited(people: People, client_as: Callable[..., Client]) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_rules", args=[made.ref])
    for kind in RULE_KINDS:
        answer = client.post(url, _form(client, url) | {"add": "1", "kind": kind})
        assert answer.status_code == 302, kind
    assert [rule.kind for rule in given.fresh(made).value.rules][-len(RULE_KINDS) :] == list(RULE_KINDS)
    assert client.post(url, _form(client, url)).status_code == 302
    assert client.post(url, _form(client, url) | {"add": "1", "kind": "luck"}).status_code in {200, 422}
    assert len(given.fresh(made).value.rules) == 17 + len(RULE_KINDS)


def test_rule_is_changed_in_sentence_force_and_what_it_compares_with(
    people: People, client_as: Callable[..., Client]
) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_rules", args=[made.ref])
    data, codes = _form(client, url), [rule.code for rule in made.value.rules]
    title, maturity = f"rows-{codes.index('title')}", f"rows-{codes.index('maturity')}"
    data |= {f"{title}-value": ["national_demonstration"], f"{title}-force": "in_principle"}
    data |= {f"{maturity}-value": "4", f"{maturity}-text": "四级及以上"}
    assert client.post(url, data).status_code == 302
    rules = {rule.code: rule for rule in given.fresh(made).value.rules}
    assert (rules["title"].value, rules["title"].force) == (("national_demonstration",), "in_principle")
    assert (rules["maturity"].value, rules["maturity"].text) == (4, "四级及以上")


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("criterion", {"rows-0-weight": "-3"}, "第1项 权重"),
        ("criterion", {"rows-0-weight": "NaN"}, "第1项 权重"),
        ("criterion", {"rows-2-name": ""}, "第3项 评分项"),
        ("criterion", {"aggregation-trim_from": "1"}, "去高去低的最少份数"),
        ("column", {"rows-0-code": "code"}, "只能用于一个栏目"),
        ("column", {"rows-0-code": "horoscope"}, "第1项 内容"),
        ("attachment", {"rows-0-formats": ["exe"]}, "第1项 格式"),
        ("limit", {"rows-0-most": "0"}, "第1项 上限"),
        ("limit", {"rows-0-code": "scenario_text"}, "编号重复"),
    ],
)
def test_bad_rows_come_back_with_their_place(
    people: People, client_as: Callable[..., Client], part: str, change: dict[str, Any], said: str
) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    url = reverse("round_rows", args=[made.ref, part])
    answer = client.post(url, _form(client, url) | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert given.fresh(made).version == 1


@pytest.mark.parametrize("garbage", [{}, {"rows-TOTAL_FORMS": "x"}, {"rows-TOTAL_FORMS": "9999"}, {"version": "-1"}])
def test_garbage_never_breaks_a_page(people: People, client_as: Callable[..., Client], garbage: dict[str, str]) -> None:
    made, client = given.draft(people.unit_officer), client_as(people.unit_officer)
    for url in (
        reverse("round_rules", args=[made.ref]),
        *(reverse("round_rows", args=[made.ref, part]) for part in ("criterion", "column")),
        *(reverse(name, args=[made.ref]) for name in ("round_basics", "round_general", "round_clone")),
    ):
        assert client.post(url, garbage | {"x": "1"}).status_code in {302, 422}, url
    assert client.get(reverse("round_rows", args=[made.ref, "moon"])).status_code == 404
    assert client.post(reverse("round_act", args=[made.ref, "accept"])).status_code == 404, "time does that, not people"


def test_edit_pages_of_a_published_round_say_where_to_go(people: People, client_as: Callable[..., Client]) -> None:
    made, client = given.current(people), client_as(people.unit_officer)
    for name in ("round_basics", "round_general", "round_rules"):
        answer = client.get(reverse(name, args=[made.ref]))
        assert answer.status_code == 409
        assert "期限调整" in answer.content.decode()


def test_a_rounds_whole_life_by_its_buttons(people: People, client_as: Callable[..., Client]) -> None:
    today = clock.beijing(clock.now()).date()
    made = given.draft(people.unit_officer, opens_on=today + timedelta(days=3), year=today.year)
    head = client_as(people.unit_head)

    def press(action: str) -> str:
        head.post(reverse("round_act", args=[made.ref, action]))
        return str(given.fresh(made).state)

    assert press("publish") == S.PUBLISHED
    assert press("retract") == S.DRAFT
    assert press("publish") == S.PUBLISHED
    assert press("announce") == S.PUBLISHED, "a publicity does that, with its list"
    given.put_in_state(made, S.PUBLICITY)
    assert press("finish") == S.PUBLICITY, "the ministries come first"
    assert press("report") == S.PUBLICITY, "what is sent to the ministries does that"
    given.put_in_state(made, S.REPORTING)
    assert press("finish") == S.FINISHED


def test_moving_dates_by_page_tells_everybody(people: People, client_as: Callable[..., Client]) -> None:
    factories.factory(people.enterprise_a)
    made, client = given.current(people), client_as(people.unit_officer)
    url = reverse("round_dates", args=[made.ref])
    data = _form(client, url) | {"reason": "系统拥堵"}
    assert "opens_at" not in data, "an opening that has come can not be moved"
    unchanged = client.post(url, data)
    assert unchanged.status_code == 422
    assert "期限没有变化" in unchanged.content.decode()
    until = clock.beijing(made.enterprise_until + DAY)
    assert client.post(url, data | {"enterprise_until": f"{until:%Y-%m-%dT%H:%M:%S}"}).status_code == 302
    tell_waiting()
    assert Mail.objects.filter(to=people.enterprise_admin_a.user.email, subject__contains="有调整").exists()
    assert "系统拥堵" in _text(client_as(people.city_head_b), "round", made.ref)


def test_quota_by_page(people: People, client_as: Callable[..., Client]) -> None:
    made, client = given.current(people), client_as(people.unit_officer)
    url = reverse("round_quota", args=[made.ref])
    assert client.post(url, {"quota": "0", "reason": "x"}).status_code == 422
    assert client.post(url, {"quota": "18", "reason": "国家调整"}).status_code == 302
    assert given.fresh(made).quota == 18
    with walls.system("test"):
        assert RoundChange.objects.get().lines == [("推荐名额", "20", "18")]


def test_list_and_page_agree_for_every_role_and_state(people: People, client_as: Callable[..., Client]) -> None:
    made = {state: given.draft(people.unit_officer, batch=n) for n, state in enumerate(S.values, start=1)}
    for state, row in made.items():
        given.put_in_state(row, state)
    for name, actor in people.actors().items():
        client = client_as(actor)
        listed = client.get(reverse("rounds"))
        text = listed.content.decode() if listed.status_code == 200 else ""
        for state, row in made.items():
            status = client.get(reverse("round", args=[row.ref])).status_code
            assert (status == 200) == (f'"{reverse("round", args=[row.ref])}"' in text), (name, state)


# -- the calendar
def test_calendar_by_page(people: People, client_as: Callable[..., Client]) -> None:
    calendar.load(actor=given.LOADER)
    client = client_as(people.system_admin)
    assert "国庆节" in client.get(reverse("calendar") + "?year=2025").content.decode()
    assert client.get(reverse("calendar") + "?year=xx").status_code == 200
    data = {"day": "2027-01-01", "name": "元旦", "is_working": "no"}
    assert client.post(reverse("calendar"), data).status_code == 302
    assert client.post(reverse("calendar"), data).status_code == 422, "it is so already"
    assert client.post(reverse("calendar"), data | {"day": "0001-01-01"}).status_code == 422
    with walls.system("test"):
        row = SpecialDay.objects.get(date=date(2027, 1, 1))
    assert client_as(people.unit_head).post(reverse("calendar"), data).status_code == 403
    assert client.post(reverse("calendar_remove", args=[row.pk])).status_code == 302
    assert not SpecialDay.objects.filter(date__year=2027).exists()


def test_services_of_the_page_are_those_of_the_house() -> None:
    assert set(services.ACTS) == {"publish", "retract", "finish"}
    assert set(round_dates.MOVABLE) == set(S) - {S.DRAFT, S.FINISHED}


def test_round_offers_to_apply_to_those_who_write_for_an_enterprise_while_it_is_open(
    people: People, client_as: Callable[..., Client]
) -> None:
    row = given.current(people)
    page, apply = f"/rounds/{row.ref}/", f'href="/rounds/{row.ref}/apply/"'
    assert apply in client_as(people.enterprise_clerk_a).get(page).content.decode()
    assert apply not in client_as(people.city_head_a).get(page).content.decode()
    with walls.system("test"):
        Round.objects.filter(pk=row.pk).update(enterprise_until=clock.now() - timedelta(seconds=1))
    assert apply not in client_as(people.enterprise_clerk_a).get(page).content.decode()
