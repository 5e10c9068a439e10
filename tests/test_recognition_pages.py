"""Pages of titles: the list and its workbook, entry and correction, review and revocation, the factory."""

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.audit import AuditEvent
from tests import factories
from tests.factories import People
from tests.titles import facts, of_a, recognition
from tiers.models import Recognition

pytestmark = pytest.mark.django_db
ENTRY = {
    "name": "某某公司", "title": "advanced", "project": "某某工厂", "year": "2024", "batch": "1",
    "document": "某〔2024〕1号", "selection_year": "", "passed_acceptance": "",
}  # fmt: skip


def _fresh(row: Recognition) -> Recognition:
    with walls.system("test"):
        return Recognition.objects.select_related("factory").get(pk=row.pk)


def test_list_and_its_workbook_hold_the_same(people: People, client_as: Callable[..., Client]) -> None:
    of_a(people)
    recognition(people.unit_officer, name="=HYPERLINK(甲)", title="hubei_pilot", project="", year=2023)
    client = client_as(people.unit_joint)
    page = client.get(reverse("recognitions"))
    assert [row.name for row in page.context["page"]] == ["甲企业", "=HYPERLINK(甲)"]
    assert "导入名单" not in page.content.decode(), "the joint department reads only"
    both, one = ["甲企业", "=HYPERLINK(甲)"], ["=HYPERLINK(甲)"]
    for query, names in {"": both, "?year=2023": one, "?city=none": one}.items():
        export = client.get(reverse("recognition_export") + query)
        rows = list(openpyxl.load_workbook(BytesIO(export.content)).active.iter_rows())
        assert [row[2].value for row in rows[1:]] == names, query
        assert all(cell.data_type != "f" for row in rows for cell in row)
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="recognition.export").count() == 3


def test_an_enterprise_reads_its_own_and_can_do_nothing(people: People, client_as: Callable[..., Client]) -> None:
    row = of_a(people)
    client = client_as(people.enterprise_clerk_a)
    assert row.ref in client.get(reverse("recognitions")).content.decode()
    page = client.get(reverse("recognition", args=[row.ref])).content.decode()
    assert "鄂经信〔2024〕1号" in page
    for word in ("更正</a>", "复核</a>", "撤销</a>", "选择工厂"):
        assert word not in page
    other = client_as(people.enterprise_admin_b).get(reverse("recognitions")).content.decode()
    assert "还没有荣誉记录" in other


def test_title_is_entered_by_hand(people: People, client_as: Callable[..., Client]) -> None:
    client, code = client_as(people.unit_officer), people.enterprise_a.code
    answer = client.post(reverse("recognition_add"), ENTRY | {"code": code.lower()}, follow=True)
    assert "已登记 RY-" in answer.content.decode()
    twice = client.post(reverse("recognition_add"), ENTRY | {"code": code})
    assert twice.status_code == 422
    assert "已经存在" in twice.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "91"}, "应为18位"),
        ({"title": "lighthouse"}, "不在可选范围"),
        ({"title": "national_demonstration"}, "须填写揭榜年度"),
        ({"year": "2999"}, "年度应在2000年至"),
        ({"year": "abc"}, "整数"),
        ({"batch": "0"}, "1"),
        ({"document": ""}, "必填"),
        ({"project": ""}, "请填写项目（工厂）名称"),
        ({"passed_acceptance": "yes"}, "不涉及验收"),
    ],
)
def test_what_does_not_fit_comes_back_at_its_field(
    people: People, client_as: Callable[..., Client], changes: dict[str, str], sentence: str
) -> None:
    said = ENTRY | {"code": factories.code()} | changes
    answer = client_as(people.unit_officer).post(reverse("recognition_add"), said)
    assert answer.status_code == 422
    (field,) = answer.context["form"].errors
    assert field in changes or field in {"selection_year"}
    assert sentence in str(answer.context["form"].errors) or field == "document"


def test_title_is_corrected(people: People, client_as: Callable[..., Client]) -> None:
    row = of_a(people)
    client = client_as(people.unit_head)
    page = client.get(reverse("recognition_amend", args=[row.ref]))
    said = {name: page.context["form"][name].value() for name in ENTRY | {"code": ""}}
    said = {name: "" if value is None else value for name, value in said.items()}
    unchanged = client.post(reverse("recognition_amend", args=[row.ref]), said)
    assert (unchanged.status_code, "没有变化" in unchanged.content.decode()) == (422, True)
    client.post(reverse("recognition_amend", args=[row.ref]), said | {"document": "某〔2024〕2号"})
    assert _fresh(row).document == "某〔2024〕2号"


def test_title_is_reviewed_restored_and_revoked(people: People, client_as: Callable[..., Client]) -> None:
    row = of_a(people)
    client = client_as(people.unit_officer)

    def post(action: str, **said: str) -> int:
        return client.post(reverse(f"recognition_{action}", args=[row.ref]), said).status_code

    assert post("review") == 422
    assert post("restore", reason="合格") == 409
    assert post("review", reason="到期") == 302
    assert client.get(reverse("recognition_review", args=[row.ref])).status_code == 409, "already under review"
    assert post("restore", reason="合格") == 302
    assert post("revoke", reason="造假", document="某〔2025〕9号", on="2999-01-01") == 422
    assert post("revoke", reason="造假", on="2025-03-01") == 422
    assert _fresh(row).state == "valid"
    assert post("revoke", reason="造假", document="某〔2025〕9号", on="2025-03-01") == 302
    assert (_fresh(row).state, _fresh(row).revoking_document) == ("revoked", "某〔2025〕9号")
    page = client_as(people.enterprise_admin_a).get(reverse("recognition", args=[row.ref])).content.decode()
    for said in ("已撤销", "2025年3月1日", "某〔2025〕9号", "造假", "限制申报"):
        assert said in page


def test_officer_chooses_the_factory(people: People, client_as: Callable[..., Client]) -> None:
    row, mine, foreign = of_a(people), factories.factory(people.enterprise_a), factories.factory(people.enterprise_b)
    client, page = client_as(people.unit_officer), reverse("recognition_factory", args=[row.ref])
    assert client.post(page, {"factory": str(foreign.pk)}).status_code == 422
    assert client.post(page, {"factory": str(mine.pk)}).status_code == 302
    assert _fresh(row).factory == mine
    assert _fresh(row).factory.held_tier == "advanced"
    stranger = recognition(people.unit_officer, **facts())
    page = reverse("recognition_factory", args=[stranger.ref])
    assert "尚未入册" in client.post(page, {"factory": ""}).content.decode()


@pytest.mark.parametrize(
    "query", ["search=%25_%27", "title=x", "year=x", "year=99999999999", "city=999999", "state=x", "page=x"]
)
def test_odd_filters_are_answered(people: People, client_as: Callable[..., Client], query: str) -> None:
    client = client_as(people.unit_officer)
    assert client.get(f"{reverse('recognitions')}?{query}").status_code == 200
    assert client.get(f"{reverse('recognition_export')}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/recognitions/%00/", "/recognitions/import/%00/", "/editions/%00/", "/editions/x/"])
def test_odd_addresses_are_answered(people: People, client_as: Callable[..., Client], path: str) -> None:
    assert client_as(people.unit_officer).get(path).status_code in {400, 404}
