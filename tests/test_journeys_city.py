"""A city's journey: a reconsideration, books on the shelf, signatures, papers, and its list with the province."""

from collections.abc import Callable

from applications.models import Application
from portal import clock
from portal.models import Paper
from review.models import CityList, SignOff
from review.selectors.city_lists import papers_of
from tests.browser import Served
from tests.journeys import Traveller, text_of, waited

BATCH, CITY = 3, "荆门市"
POINTS = ("eligible", "complete", "consistent", "true")


def _list() -> CityList:
    rows = CityList.objects.select_related("round", "city__region")
    return rows.get(round__batch=BATCH, round__unit__code="HB", city__region__name=CITY)


def _asked_again() -> str:
    """The application whose enterprise asked its bureau to look again; its reference."""
    rows = Application.objects.filter(round__batch=BATCH, city__region__name=CITY, first_review__state="reconsidering")
    return rows.get().ref


def _sign_offs(listed: CityList) -> list[int]:
    return list(SignOff.objects.filter(issue__city_list=listed, state="asked").values_list("pk", flat=True))


def _made(listed: CityList) -> list[Paper]:
    """The papers of the list's issue, once the press has made them all."""
    found = papers_of(CityList.objects.get(pk=listed.pk))
    return found if found and all(row.state == "made" for row in found) else []


def _decided(officer: Traveller, ref: str) -> None:
    """Each point of the checklist is answered, and the application passes."""
    page = officer.visit(f"/applications/{ref}/first-review/", "first-review")
    officer.sees("企业申请复核")
    officer.press("由我承办")
    officer.sees("该申报由您承办初审")
    for point in POINTS:
        page.locator(f"[name=answer_{point}][value=yes]").check()
    page.locator("[name=opinion]").fill("补充材料完整，自动化作业验收记录属实，同意推荐。")
    officer.press("通过初审")
    officer.sees("已通过初审")


def test_a_city_from_its_inbox_to_a_list_sent_up(traveller: Callable[..., Traveller], installation: Served) -> None:
    listed, ref = installation.ask(_list), installation.ask(_asked_again)
    officer, head = traveller("chushen.jingmen"), traveller("fuze.jingmen")
    officer.visit("/", "city-home")
    officer.visit(f"/rounds/{listed.round.ref}/reviews/", "inbox")
    _decided(head, ref)  # whoever decided the first time doesn't reconsider
    officer.visit(f"/rounds/{listed.round.ref}/copies/", "copies")
    for tick in officer.page.locator("main [name=pick]").all():
        tick.check()
    officer.press("登记所选")
    officer.sees("已登记")

    head.visit(f"/city-lists/{listed.ref}/circulate/")
    head.fill(phone="0724-2300000")
    head.go_through()
    head.sees("已送会签")
    head.see("signing")
    for pk in installation.ask(lambda: _sign_offs(listed)):
        head.visit(f"/sign-offs/{pk}/record/")
        head.fill(signed_by="分管负责人　王明之", signed_on=f"{clock.beijing(clock.now()):%Y-%m-%d}")
        head.go_through()
    assert installation.ask(lambda: _sign_offs(listed)) == []
    table, letter = waited(installation, lambda: _made(listed))
    printed = [text_of(head.get(f"/papers/{paper.code}/file/")) for paper in (table, letter)]
    assert all("荆门" in text for text in printed)

    head.visit(f"/city-lists/{listed.ref}/send/")
    for tick in head.page.locator("main [name=ink]").all():
        tick.check()
    head.see("send")
    head.go_through()
    head.sees("名单已报送省级")
    head.visit(f"/city-lists/{listed.ref}/", "list-sent")
    sent = installation.ask(lambda: CityList.objects.get(pk=listed.pk))
    assert (sent.state, sent.sent_by_id is not None) == ("sent", True)
    entries = installation.ask(lambda: sent.issues.get(version=sent.issued).document["entries"])
    assert len(entries) == 2
    places = [printed[0].index(entry["project"]) for entry in entries]
    assert places == sorted(places), "the paper has the order of the screen"

    province = traveller("jingban")
    province.visit(f"/rounds/{listed.round.ref}/city-lists/", "city-lists")
    province.visit(f"/city-lists/{listed.ref}/")
    province.press("接收")
    province.sees("已接收")
    assert installation.ask(lambda: CityList.objects.get(pk=listed.pk).state) == "accepted"
