"""A province's journey: an expert is invited and scores, twenty are chosen, their list is signed and packed."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal import clock
from portal.actors import Actor
from portal.services.rehearsal import set_clock
from review.models import Candidate, Dispatch, Panel, Publicity, ScoreSheet, Seat, SignOff, UnitList
from review.selectors import unit_lists
from tests.browser import Served, latest_mail_link
from tests.journeys import Traveller, text_of, waited
from tiers.models import Recommendation, Round

EMAIL, NAME, PASSWORD = "xinzhuanjia@official.example", "单若谷", "Xin-Zhuan-Jia-2024"
REASON = "两家得分相同，该项目已通过验收、成效数据更完整。"


def _round() -> Round:
    return Round.objects.get(batch=2, unit__code="HB", tier="excellent", state="expert_review")


def _panel() -> Panel:
    return Panel.objects.select_related("round").get(round=_round(), name="医药化工专家组")


def _weights() -> list[tuple[str, Decimal]]:
    return [(one.code, one.weight) for one in _round().value.criteria]


def _open_sheets(email: str) -> list[str]:
    rows = ScoreSheet.objects.filter(panel=_panel(), user__email=email).exclude(state="signed")
    return list(rows.order_by("number").values_list("ref", flat=True))


def _enrolled(one: Traveller) -> None:
    """They open their account by the link in the mail, and set up their second factor."""
    one.page.goto(latest_mail_link(one, EMAIL))
    one.fill(password1=PASSWORD, password2=PASSWORD)
    one.see("invited")
    one.press("建立账户并接受邀请")
    one.sign_in(EMAIL, PASSWORD)
    one.sees("您的角色须启用两步验证后方可使用平台")
    one.set_up_codes()


def _scored(one: Traveller, ref: str, weights: list[tuple[str, Decimal]], picture: str = "") -> None:
    """Declared, read, scored, signed."""
    one.visit(f"/sheets/{ref}/declare/", picture and f"{picture}-declare")
    one.page.locator("main [name=agreed]").check()
    one.press("声明并查阅申报书")
    one.page.wait_for_url(f"**/sheets/{ref}/")
    for criterion, weight in weights:
        share = (weight * Decimal("0.86")).quantize(Decimal("0.1"))
        one.page.locator(f"main [name='score:{criterion}']").fill(str(share))
    one.page.locator("main [name=opinion]").fill("装备联网完整，工艺参数全程可追溯，成效数据与附件一致，具有示范意义。")
    one.see(picture)
    one.press("保存并签署")
    one.page.wait_for_url("**/sign/")
    one.see()
    one.fill(code=one.code())
    one.press("签署")
    one.page.wait_for_url(lambda url: "/sign/" not in url)


def _made(round_ref: str) -> list[Any]:
    """The papers of the unit's list that is being signed, once the press has made them all."""
    listed = UnitList.objects.get(round__ref=round_ref)
    found = unit_lists.papers_of(listed)
    return found if found and all(row.state == "made" for row in found) else []


def _made_public(officer: Traveller, head: Traveller, anybody: Traveller, round_ref: str) -> None:
    """Those recommended are shown to everybody for the days that the round asks; nobody objects."""
    officer.visit(f"/rounds/{round_ref}/")
    officer.follow("公示草稿", exact=True)  # of before they were chosen
    officer.press("重新生成（含直接申报）")
    officer.sees("名单已按当前推荐重新生成")
    officer.see()
    officer.follow("修改", exact=True)
    officer.fill(phone="027-87230000", email="gongshi@demo.example", address="湖北省武汉市示例路1号")
    officer.see()
    officer.press("保存草稿")
    officer.sees("公示草稿已保存")
    row: Publicity = officer.portal.ask(lambda: Publicity.objects.get(round__ref=round_ref))
    head.visit(f"/publicity/{row.ref}/")
    head.press("发布公示")
    head.page.locator("dialog[open]").get_by_role("button", name="发布公示").click()
    head.sees("公示已发布")
    anybody.visit("/publicity/")
    anybody.visit(f"/publicity/{row.ref}/", "publicity")
    until = officer.portal.ask(lambda: Publicity.objects.get(pk=row.pk).until)
    officer.portal.ask(lambda: set_clock(until + timedelta(hours=9), actor=Actor(system="演练")))
    anybody.visit(f"/publicity/{row.ref}/")
    anybody.sees("已期满")
    for one in (officer, head):  # the portal's sessions go by the rehearsal's clock, too
        one.sign_in_as(one.account)


def test_from_an_experts_invitation_to_the_package(rehearser: Callable[..., Traveller], rehearsal: Served) -> None:
    """On a rehearsal's clock: a publicity takes five working days."""
    traveller, installation = rehearser, rehearsal
    panel, weights = installation.ask(_panel), installation.ask(_weights)
    ref = panel.round.ref
    officer, head, expert = traveller("jingban"), traveller("fuze"), traveller()
    # An expert is invited, comes, is given a book, reads and signs.
    officer.visit("/people/invite/")
    officer.fill(name=NAME, email=EMAIL)
    officer.page.get_by_label("专家", exact=True).check()
    officer.press("发送邀请")
    officer.sees(f"已向 {EMAIL} 发送邀请")
    _enrolled(expert)
    page = expert.visit("/sheets/profile/")
    expert.fill(employer="楚北化工装备研究院（示例）", title="高级工程师", phone="027-80000099")
    page.locator("main [name=industries]").select_option(["C26", "C27"])
    expert.go_through()
    officer.visit(f"/panels/{panel.ref}/invite/")
    officer.page.locator("main label", has_text=NAME).click()
    officer.go_through()
    seat = installation.ask(lambda: Seat.objects.get(panel=panel, user__email=EMAIL).pk)
    expert.visit(f"/seats/{seat}/answer/")
    expert.page.get_by_label("同意参加").check()
    expert.go_through()
    expert.sees("已答复")
    candidate = installation.ask(lambda: Candidate.objects.filter(panel=panel, industry="C26")[0].number)
    officer.visit(f"/panels/{panel.ref}/give/")
    officer.page.locator("main [name=candidate]").select_option(candidate)
    expert_choice = officer.page.locator("main [name=expert] option", has_text=NAME).get_attribute("value")
    officer.page.locator("main [name=expert]").select_option(expert_choice)
    officer.fill(reason="增加一名化工工艺专家。")
    officer.go_through()
    (sheet,) = installation.ask(lambda: _open_sheets(EMAIL))
    expert.visit("/sheets/", "expert-desk")
    _scored(expert, sheet, weights, "sheet")
    late = traveller("zhuanjia1")
    for one in installation.ask(lambda: _open_sheets("zhuanjia1@demo.example")):
        _scored(late, one, weights)
    chair = traveller("zhuanjia2")
    chair.visit(f"/panels/{panel.ref}/open/")
    chair.see("open-up")
    chair.press("开放互看")
    chair.sees("已开放")
    assert installation.ask(lambda: Panel.objects.get(pk=panel.pk).state) == "opened"

    # Twenty are chosen by score; the tie at the last place needs a reason.
    officer.visit(f"/rounds/{ref}/choice/", "choice")
    officer.press("按得分顺序推荐")
    officer.sees("已按得分顺序推荐")
    within = Recommendation.objects.filter(round__ref=ref, outside_quota=False)
    held = installation.ask(within.count)
    assert held < 20, "who of those that are level goes up is decided by people"
    recommend = officer.page.locator("a[href$='/recommend/']")
    officer.page.locator("tr", has_text="线上并列", has=recommend).first.locator("a[href$='/recommend/']").click()
    officer.fill(reason=REASON)
    officer.go_through()
    officer.sees("已推荐")
    assert installation.ask(within.count) == held + 1 == 20

    _made_public(officer, head, traveller(), ref)

    # The list is circulated, agreed to, set onto paper, packed.
    head.visit(f"/rounds/{ref}/unit-list/circulate/")
    head.fill(phone="027-87230000")
    head.go_through()
    head.sees("已送会签")
    head.see("unit-list")
    joint = traveller("huitong")
    asked = SignOff.objects.filter(unit_issue__unit_list__round__ref=ref, state="asked")
    mine = installation.ask(lambda: asked.get(office__name="湖北省发展和改革委员会").pk)
    joint.visit(f"/sign-offs/{mine}/", "sign-off")
    joint.page.get_by_label("同意", exact=True).check()
    joint.press("答复")
    waited(installation, SignOff.objects.filter(pk=mine, state="agreed").exists, 30)
    for pk in installation.ask(lambda: list(asked.values_list("pk", flat=True))):
        head.visit(f"/sign-offs/{pk}/record/")
        head.fill(signed_by="分管负责人　周行健", signed_on=f"{clock.beijing(installation.ask(clock.now)):%Y-%m-%d}")
        head.go_through()
    assert not installation.ask(asked.exists)
    papers = waited(installation, lambda: _made(ref))
    texts = [(paper.kind, text_of(head.get(f"/papers/{paper.code}/file/"))) for paper in papers]
    table = next(text for kind, text in texts if kind == "unit_table")
    names = installation.ask(lambda: list(within.order_by("position").values_list("enterprise__name", flat=True)))
    places = [table.index(name.replace("　", "")) for name in dict.fromkeys(names)]
    assert places == sorted(places), "the paper has the order of the screen"
    assert any(REASON in text for _, text in texts), "the minutes say why one of those that are level goes up"

    officer.visit(f"/rounds/{ref}/copies/")
    for tick in officer.page.locator("main [name=pick]").all():
        tick.check()
    officer.press("登记所选")
    officer.sees("已登记")

    # It goes up; the ministry has it, and everything that belongs to it in one file.
    head.visit(f"/rounds/{ref}/unit-list/send/")
    for tick in head.page.locator("main [name=ink]").all():
        tick.check()
    head.see("send-up")
    head.go_through()
    head.sees("推荐名单已上报")
    sent = installation.ask(lambda: Dispatch.objects.get(round__ref=ref))
    ministry = traveller("buji")
    ministry.visit(f"/dispatches/{sent.ref}/", "sent-up")
    with zipfile.ZipFile(io.BytesIO(ministry.get(f"/dispatches/{sent.ref}/package.zip"))) as package:
        assert package.testzip() is None
        document = json.loads(package.read("dispatch.json"))
        assert [line["name"] for line in document["entries"]] == names
        books = [name for name in package.namelist() if name.startswith("申报书/")]
        assert len(books) == len(names) + len(document["direct"])
        assert names[0].replace("　", "") in text_of(package.read(min(books)))
