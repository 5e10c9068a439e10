"""An enterprise's journey: registered, assessed, applied for, handed in; its book made, stamped, verified."""

from collections.abc import Callable
from pathlib import Path

from applications import screening
from applications.demo import seed as applicants
from applications.demo.books import screening_answers
from applications.models import Application, Submission
from portal import walls
from portal.demo.seed import somebody
from portal.models import Membership, Paper, Registration, Stamping, User
from tests import factories
from tests.browser import Served, latest_mail_link
from tests.journeys import Traveller, text_of, waited
from tests.seals import picture
from tests.titles import recognition
from tiers.models import Factory, Round

EMAIL, PASSWORD = "zhao@newcomer.example", "Xin-Lai-Zhi-Zao-2024"
NAME, WORKS = "武汉新来智造（示例）有限公司", "新来减速器智能工厂"


def _round() -> Round:
    return Round.objects.get(batch=1, unit__code="HB", tier="excellent", state="accepting")


def _registered(newcomer: Traveller, officer: Traveller, portal: Served) -> None:
    """Signed up, confirmed by mail, registered, confirmed by the city."""
    newcomer.visit("/accounts/signup/", "sign-up")
    newcomer.fill(name="赵新来", email=EMAIL, password1=PASSWORD, password2=PASSWORD)
    newcomer.press("注册")
    newcomer.sees("请打开邮件，点击其中的链接")
    newcomer.page.goto(latest_mail_link(newcomer, EMAIL))
    newcomer.see()
    newcomer.press("确认")
    newcomer.sign_in(EMAIL, PASSWORD)
    newcomer.page.get_by_role("link", name="登记企业").click()
    newcomer.fill(
        code=factories.code(),
        name=NAME,
        address="示例路1号",
        legal_representative="赵法人",
        contact_phone="027-00000001",
    )
    for field, label in {"region": "武汉市", "industry": "C34 通用设备制造业", "nature": "民营企业"}.items():
        newcomer.page.locator(f"[name={field}]").select_option(label=label)
    newcomer.page.get_by_label("是", exact=True).check()
    newcomer.see("register")
    newcomer.press("提交登记申请")
    newcomer.sees("申请已提交")
    ref = newcomer.page.url.rstrip("/").rpartition("/")[2]
    officer.sign_in_as("chushen.wuhan")
    officer.page.get_by_role("link", name="家企业的登记申请待确认").click()
    officer.page.get_by_role("link", name=ref).click()
    officer.see("registration")
    officer.press("确认登记")
    officer.sees(f"已确认 {ref}")
    assert portal.ask(lambda: Registration.objects.get(ref=ref).state) == "confirmed"


def _begun(owner: Traveller, round_: Round, works: Factory) -> str:
    """The conditions are answered for, and the application begins; its reference."""
    page = owner.visit(f"/rounds/{round_.ref}/apply/?factory={works.ref}")
    for key, value in screening_answers(screening.section(round_.value)).items():
        choice = page.locator(f"main [name='{key}'][value='{value}']")
        field = page.locator(f"main [name='{key}']")
        if choice.count():
            choice.first.check()
        elif field.count() and field.first.evaluate("e => e.matches('textarea, input[type=text]')"):
            field.first.fill(value)
    owner.see("may-we-apply")
    owner.press("开始填写申报书")
    owner.page.wait_for_url("**/applications/**")
    owner.see("task-list")
    return owner.portal.ask(lambda: Application.objects.get(factory=works).ref)


def _filled(ref: str) -> None:
    """The sections that nobody types here, by the service that the page saves with."""
    row = Application.objects.get(ref=ref)
    writer = applicants.writer_of(row.enterprise)
    with walls.enter(writer):
        applicants.write(row, writer)


def _assessed(name: str) -> None:
    """A self-assessment that reaches what is aimed at, and the title that the province has on record for it."""
    works, round_ = Factory.objects.select_related("enterprise").get(name=name), _round()
    owner = applicants.admin_of(works.enterprise)
    said = {"code": works.enterprise.code, "name": works.enterprise.name, "project": works.name, "title": "hubei_pilot"}
    recognition(somebody("jingban"), **said, year=2023)
    factories.assessment(works, owner, year=round_.year, edition=round_.edition.code, aim="excellent", rank=3)


def test_an_enterprise_from_registration_to_a_stamped_book(
    traveller: Callable[..., Traveller], installation: Served, tmp_path: Path
) -> None:
    owner, officer = traveller(), traveller()
    _registered(owner, officer, installation)
    member = installation.ask(lambda: Membership.objects.select_related("enterprise").get(user__email=EMAIL))
    assert (member.role, member.enterprise.name) == ("enterprise_admin", NAME)
    owner.visit("/", "enterprise-home")
    owner.go("/accounts/2fa/totp/activate/")
    owner.set_up_codes()

    owner.visit("/factories/new/")
    owner.fill(name=WORKS, address="示例路1号", started_on="2018-06-01")
    owner.page.locator("main [name=region]").select_option(label="武汉市")
    owner.page.locator("main [name=industry]").select_option(label="C34 通用设备制造业")
    owner.press("保存")
    owner.page.wait_for_url("**/factories/**")
    owner.see()
    installation.ask(lambda: _assessed(WORKS))
    works, round_ = installation.ask(lambda: Factory.objects.get(name=WORKS)), installation.ask(_round)
    owner.visit(f"/factories/{works.ref}/", "factory")
    ref = _begun(owner, round_, works)

    page = owner.visit(f"/applications/{ref}/sections/factory/")
    with page.expect_response(lambda answer: answer.request.method in {"PATCH", "PUT", "POST"}) as answered:
        page.locator("main [name=project]").fill("新来减速器数字化车间升级项目")
    assert answered.value.ok
    owner.see("section")
    installation.ask(lambda: _filled(ref))
    owner.visit(f"/applications/{ref}/check/", "check")
    owner.page.get_by_role("link", name="去承诺并提交").click()
    owner.page.wait_for_url("**/submit/")
    for tick in owner.page.locator("main [type=checkbox]").all():
        tick.check()
    owner.fill(name="赵新来", password=PASSWORD)
    owner.see("submit")
    owner.press("确认承诺并提交")
    owner.sees("申报已提交")
    owner.see("receipt")
    handed_in = installation.ask(lambda: Submission.objects.get(application__ref=ref))
    assert handed_in.document["sections"]["factory"]["project"] == "新来减速器数字化车间升级项目"

    owner.visit(f"/applications/{ref}/versions/1/")
    owner.press("申报书（PDF）")
    owner.page.wait_for_url("**/papers/**")
    owner.until_seen("下载PDF")
    owner.see("book")
    paper = installation.ask(lambda: Paper.objects.get(kind="book", subject=f"{ref}/1"))
    seal = tmp_path / "seal.png"
    seal.write_bytes(picture())
    owner.visit("/seal/")
    owner.page.locator("main [type=file]").set_input_files(seal)
    owner.press("上传并启用")
    owner.sees("启用")
    owner.visit(f"/papers/{paper.code}/seals/")
    owner.page.get_by_role("link", name="用印", exact=True).first.click()
    owner.page.wait_for_url("**/seals/*/")
    owner.fill(code=owner.code())
    owner.see("stamp")
    owner.press("确认用印")
    stamped = waited(installation, lambda: Stamping.objects.filter(paper=paper).first(), 30)
    assert installation.ask(lambda: User.objects.get(pk=stamped.by_id).email) == EMAIL
    owner.visit(f"/papers/{paper.code}/seals/", "stamped")
    book = owner.get(f"/papers/{paper.code}/file/")
    printed = text_of(book)
    assert "新来减速器数字化车间升级项目" in printed
    assert handed_in.number in printed
    stranger = traveller()
    stranger.visit(f"/verify/{paper.code}/", "verify")
    stranger.sees(handed_in.number)
