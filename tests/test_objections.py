"""Objections: never anonymous, never known to the enterprise, looked up by a code, decided with what follows."""

import io
from collections.abc import Callable

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.models import Mail, Notice
from review.models import Asked, Objection, ObjectionFile, ObjectionNotice, Publicity
from review.selectors.application_page import offered
from review.selectors.objections import notice_for, objection_for, objections
from review.selectors.publicity import lacking
from review.services import objections as services
from review.states import ObjectionState
from tests import publicities as made
from tests.factories import People
from tests.rounds import DAY, MICROSECOND
from tests.uploads import PDF
from tiers.models import Recommendation

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


@pytest.fixture
def public(people: People) -> Publicity:
    return made.published(people, made.judged(people))


def _form(row: Publicity, **changes: str) -> dict[str, str]:
    said = made.said(row)
    asked = {"about": said.about, "kind": "person", "name": said.name, "phone": said.phone, "facts": said.facts}
    return asked | changes


# -- lodging -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"name": ""}, "匿名异议不予受理"),
        ({"name": "匿名"}, "匿名异议不予受理"),
        ({"phone": "", "email": ""}, "匿名异议不予受理"),
        ({"facts": "有问题"}, "没有具体事实的异议不予受理"),
        ({"about": "GC-NOTTHERE"}, "请选择异议所涉"),
        ({"is_organisation": True, "code": "91420100", "person": "某"}, "统一社会信用代码"),
        ({"is_organisation": True, "code": "91110108551385082Q"}, "单位联系人"),
    ],
)
def test_what_is_anonymous_or_says_nothing_is_refused_with_the_rule(
    public: Publicity, changes: dict[str, object], match: str
) -> None:
    with pytest.raises(Refused, match=match) as refused:
        made.lodged(public, **changes)
    if "不予受理" in match:
        assert public.round.value.publicity_clause in str(refused.value)
    with walls.system("test"):
        assert not Objection.objects.exists()


def test_the_database_keeps_no_anonymous_one(public: Publicity) -> None:
    row, _ = made.lodged(public)
    with walls.system("test"):
        for change in ({"name": ""}, {"phone": "", "email": ""}, {"facts": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Objection.objects.filter(pk=row.pk).update(**change)


def test_a_visitor_objects_and_looks_it_up_with_the_code(public: Publicity, people: People) -> None:
    visitor = Client()
    page = reverse("objection_lodge", args=[public.ref])
    assert "匿名" in visitor.get(page).content.decode()
    refused = visitor.post(page, _form(public, name="", phone=""))
    assert refused.status_code == 422
    assert "匿名异议不予受理" in refused.content.decode()
    file = SimpleUploadedFile("照片.pdf", PDF, "application/pdf")
    assert visitor.post(page, _form(public, email="sun@test.example") | {"evidence": file}).status_code == 302
    receipt = visitor.get(reverse("objection_receipt")).content.decode()
    with walls.system("test"):
        row = Objection.objects.get()
        assert ObjectionFile.objects.get(objection=row).name == "照片.pdf"
        assert Mail.objects.filter(to="sun@test.example", body__contains=row.ref).exists()
        assert Notice.objects.filter(user=people.unit_officer.user, text__contains=row.ref).exists()
    assert row.ref in receipt
    code = receipt.split('<dd class="code">')[2].split("<")[0]
    assert code.replace("-", "") not in row.secret, "only its digest is kept"
    look = reverse("objection_lookup")
    for ref, typed in ((row.ref, "AAAA-AAAA-AAAA"), ("YY-NOTTHERE", code)):
        assert visitor.post(look, {"ref": ref, "code": typed}).status_code == 422
    found = Client().post(look, {"ref": row.ref, "code": code.lower()})
    assert found.status_code == 200
    assert "待受理" in found.content.decode()
    assert "孙知秋" not in found.content.decode()


def test_only_while_it_runs(public: Publicity) -> None:
    assert public.until
    with time_machine.travel(public.until, tick=False):
        made.lodged(public)
    with time_machine.travel(public.until + MICROSECOND, tick=False), pytest.raises(Refused, match="不在进行中"):
        made.lodged(public)


def test_files_are_looked_through(public: Publicity) -> None:
    for content, name in ((b"MZ\x90\x00 program", "a.pdf"), (PDF + b"0" * 3_000_000, "b.pdf")):
        with walls.enter(Actor()), pytest.raises(Refused):
            services.lodge(made.fresh(public), made.said(public), [(io.BytesIO(content), name)])
    many = [(io.BytesIO(PDF), f"{n}.pdf") for n in range(6)]
    with walls.enter(Actor()), pytest.raises(Refused, match="最多5个"):
        services.lodge(made.fresh(public), made.said(public), many)


def test_many_from_one_address_are_slowed_down(public: Publicity, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"objection": "2/h/ip", "objection_lookup": "1/h/ip"}  # type: ignore[attr-defined]
    visitor, page = Client(), reverse("objection_lodge", args=[public.ref])
    assert [visitor.post(page, {}).status_code for _ in range(3)] == [422, 422, 429]
    assert visitor.get(page).status_code == 200
    look = reverse("objection_lookup")
    assert [visitor.post(look, {"ref": "x"}).status_code for _ in range(2)] == [422, 429]


def test_an_officer_records_what_came_on_paper(public: Publicity, people: People, client_as: ClientAs) -> None:
    page = reverse("objection_record", args=[public.ref])
    assert client_as(people.unit_officer).post(page, _form(public)).status_code == 302
    with walls.enter(people.unit_officer):
        assert Objection.objects.get().received_by == people.unit_officer.user
    assert client_as(people.unit_head_hunan).post(page, _form(public)).status_code == 404


# -- who sees what -----------------------------------------------------------------------------------------------------
def test_the_enterprise_never_sees_who_objected(public: Publicity, people: People, client_as: ClientAs) -> None:
    objector = {"name": "孙知秋", "phone": "13900001111", "email": "sun@test.example"}
    row = made.handled(made.lodged(public, **objector)[0], people.unit_officer)
    notice = made.asked(row, people.unit_officer)
    for actor in (people.enterprise_admin_a, people.enterprise_clerk_a, people.city_head_a, people.ministry):
        with walls.enter(actor), connection.cursor() as cursor:
            for table in ("review_objection", "review_objectionfile", "review_asked"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), (actor.name, table)
            with pytest.raises(Hidden):
                objection_for(actor, row.ref)
    with walls.enter(people.enterprise_admin_a), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM review_objectionnotice n")
        (kept,) = cursor.fetchone()
        assert not any(part in kept for part in objector.values())
        assert row.ref not in kept
        told = " ".join(Notice.objects.filter(user=people.enterprise_admin_a.user).values_list("text", flat=True))
    assert "书面说明" in told
    page = client_as(people.enterprise_admin_a).get(reverse("objection_notice", args=[notice.ref])).content.decode()
    assert notice.text in page
    mails = " ".join(Mail.objects.filter(to=people.enterprise_admin_a.user.email).values_list("body", flat=True))
    for part in (*objector.values(), row.ref):
        assert part not in page
        assert part not in told
        assert part not in mails
    assert client_as(people.enterprise_admin_a).get(reverse("objection", args=[row.ref])).status_code == 404


def test_neighbours_see_neither_objection_nor_notice(public: Publicity, people: People) -> None:
    row = made.handled(made.lodged(public)[0], people.unit_officer)
    notice = made.asked(row, people.unit_officer)
    for actor in (people.unit_head_hunan, people.group_head, people.enterprise_admin_b, people.city_head_a):
        with walls.enter(actor):
            assert not objections(actor).exists()
            with pytest.raises(Hidden):
                notice_for(actor, notice.ref)
            assert not ObjectionNotice.objects.filter(pk=notice.pk).exists()


def test_reading_it_is_on_record(public: Publicity, people: People, client_as: ClientAs) -> None:
    row, _ = made.lodged(public)
    shown = client_as(people.unit_officer).get(reverse("objection", args=[row.ref])).content.decode()
    assert "孙知秋" in shown
    with walls.system("test"):
        event = AuditEvent.objects.filter(verb="objection.view").latest("at")
        assert event.subject_label == row.ref, "the record names the objection, not the objector"


def test_what_is_asked_can_not_name_the_objector(public: Publicity, people: People) -> None:
    row = made.handled(made.lodged(public)[0], people.unit_officer)
    for text in ("孙知秋反映设备不符，请说明。", "来电13900001111反映，请说明。"):
        with pytest.raises(Refused, match="身份须保密"):
            made.asked(row, people.unit_officer, text)
    made.asked(row, people.unit_officer)
    with pytest.raises(Refused, match="核实过一次"):
        made.asked(row, people.unit_officer)


# -- handling ----------------------------------------------------------------------------------------------------------
def test_the_enterprise_answers_once_and_in_time(public: Publicity, people: People) -> None:
    row = made.handled(made.lodged(public)[0], people.unit_officer)
    notice, admin = made.asked(row, people.unit_officer), people.enterprise_admin_a
    with walls.enter(people.enterprise_clerk_a), pytest.raises(Denied):
        services.answer(notice, text="说明", actor=people.enterprise_clerk_a)
    late = time_machine.travel(notice.due_at + MICROSECOND, tick=False)
    with late, walls.enter(admin), pytest.raises(Refused, match="已过"):
        services.answer(notice, text="说明", actor=admin)
    with time_machine.travel(notice.due_at, tick=False), walls.enter(admin):
        services.answer(notice, text="设备均已安装投用，附清单。", actor=admin)
        with pytest.raises(Refused, match="已提交"):
            services.answer(notice, text="另", actor=admin)
    with walls.enter(people.unit_officer):
        assert Asked.objects.get(objection=row).notice.answer == "设备均已安装投用，附清单。"
        assert Notice.objects.filter(user=people.unit_officer.user, text__contains="书面说明").count() == 1


def test_upheld_the_recommendation_goes_in_the_same_act(public: Publicity, people: People) -> None:
    row = made.handled(made.lodged(public)[0], people.unit_officer)
    with walls.enter(people.unit_officer), pytest.raises(Denied):
        services.uphold(row, finding="情况属实", actor=people.unit_officer)
    with walls.enter(people.unit_head):
        with pytest.raises(Refused, match="核查结论"):
            services.uphold(row, finding=" ", actor=people.unit_head)
        assert Recommendation.objects.filter(round=public.round).count() == 2
        done = services.uphold(row, finding="情况属实。", decision="鄂经信函〔2024〕1号", actor=people.unit_head)
        assert done.state == ObjectionState.UPHELD
        assert not Recommendation.objects.filter(round=public.round, factory=row.factory).exists()
    with walls.enter(people.enterprise_admin_a):
        told = Notice.objects.filter(user=people.enterprise_admin_a.user, text__contains="不再列入")
        assert told.count() == 1


def test_an_open_one_keeps_the_round_and_a_settled_one_does_not(public: Publicity, people: People) -> None:
    row, code = made.lodged(public)
    with time_machine.travel(made.over(public)):
        with walls.enter(people.unit_head):
            assert lacking(public.round, clock.now()) == ["有1件公示异议尚未办结。"]
        taken = made.handled(row, people.unit_officer)
        with walls.enter(people.unit_head):
            services.dismiss(taken, finding="经核查，设备数量与申报一致。", actor=people.unit_head)
            assert lacking(public.round, clock.now()) == []
    with walls.enter(Actor()):
        found = services.looked_up(row.ref, code)
        assert found
        assert "设备数量与申报一致" in found.finding


def test_not_taken_up_needs_a_reason_that_the_objector_reads(public: Publicity, people: People) -> None:
    row, code = made.lodged(public)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="理由"):
            services.refuse(row, reason="", actor=people.unit_officer)
        services.refuse(row, reason="所反映事项与本批次无关。", actor=people.unit_officer)
        with pytest.raises(Refused):
            services.accept(row, due_at=clock.now() + DAY, actor=people.unit_officer)
    with walls.enter(Actor()):
        found = services.looked_up(row.ref, code)
        assert found
        assert found.reason == "所反映事项与本批次无关。"


def test_what_is_overdue_is_shown(public: Publicity, people: People, client_as: ClientAs) -> None:
    made.handled(made.lodged(public)[0], people.unit_officer)
    with time_machine.travel(clock.now() + 2 * DAY):
        client = client_as(people.unit_officer)
        assert "已超期" in client.get(reverse("objections")).content.decode()
        assert "已超过办结时限" in client.get(reverse("home")).content.decode()


def test_from_taking_up_to_the_end_by_the_pages(public: Publicity, people: People, client_as: ClientAs) -> None:
    row, _ = made.lodged(public)
    officer, head = client_as(people.unit_officer), client_as(people.unit_head)

    def page(name: str) -> str:
        return reverse(name, args=[row.ref])

    due = f"{clock.beijing(clock.now() + DAY):%Y-%m-%dT%H:%M:%S}"
    assert officer.post(page("objection_accept"), {"due_at": due}).status_code == 302
    assert officer.post(page("objection_ask"), {"text": "孙知秋说", "due_at": due}).status_code == 422
    assert officer.post(page("objection_ask"), {"text": "请说明设备情况。", "due_at": due}).status_code == 302
    assert officer.get(page("objection_uphold")).status_code == 403
    with walls.system("test"):
        notice = ObjectionNotice.objects.get()
        application = notice.factory.applications.get()
    admin = client_as(people.enterprise_admin_a)
    link = reverse("objection_notice", args=[notice.ref])
    with walls.enter(people.enterprise_admin_a):
        offered_here = [(one.page, one.ref) for one in offered(people.enterprise_admin_a, application)]
    assert ("objection_notice", notice.ref) in offered_here
    assert admin.post(link, {"text": "设备齐全。"}).status_code == 302
    assert "设备齐全" in head.get(page("objection")).content.decode()
    assert head.post(page("objection_uphold"), {"finding": "属实"}).status_code == 302
    assert "推荐已撤回" in head.get(page("objection")).content.decode()
