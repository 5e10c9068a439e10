"""The demo's applications: begun, filled in, handed in by their own people; and those of this year's open round."""

import io
import random
from dataclasses import dataclass
from datetime import timedelta

import pikepdf
from django.db.models import QuerySet

from applications import screening
from applications.demo.books import made_up_book, screening_answers
from applications.demo.wording import Pen
from applications.models import Application
from applications.selectors.papers import paper
from applications.services import beginning, course, files, submitting, takeover, writing
from applications.services.course import Item
from applications.services.submitting import COMMITMENTS, Commitment
from portal import clock, walls
from portal.actors import Actor
from portal.declared import Field, Kind, Values
from portal.demo.cast import CITY_ACCOUNTS
from portal.demo.companies import companies
from portal.demo.seed import somebody
from portal.demo.trades import trade_of
from portal.models import Enterprise, Membership
from portal.roles import Role
from portal.selectors.people import hats
from tiers.models import Factory, Round

FOLDER_MARK = "演示附件"


@dataclass(frozen=True)
class Case:
    """One application: its factory's name, how far it has come, and whether it goes the direct way."""

    factory: str
    stage: str
    direct: bool = False


CASES = (
    Case("精密传动部件智能工厂", "draft"),
    Case("光谷传感器工厂", "submitted"),
    Case("光谷封装测试工厂", "submitted"),
    Case("生物制剂二期工厂", "submitted"),
    Case("车身部件智能工厂", "submitted", direct=True),
    Case("十堰车桥工厂", "submitted"),
    Case("猇亭精细化工工厂", "returned"),
)
# How far those have come whose factories the world's seed names: region and industry.
MORE = {
    ("422800", "C15"): "submitted", ("429004", "C13"): "draft", ("429006", "C17"): "submitted",
    ("429021", "C15"): "draft",
}  # fmt: skip


def apply_all(round_: Round, number: int = 1) -> None:
    """This year's applications in the round that accepts them."""
    drawn = {(row.region, row.industry): row.factory for row in companies(number)}
    for case in (*CASES, *(Case(drawn[key], stage) for key, stage in MORE.items())):
        row = begun(round_, case.factory, direct=case.direct)
        writer = writer_of(row.enterprise)
        with walls.enter(writer):
            write(row, writer, only=("unit", "factory") if case.stage == "draft" else (), number=number)
        if case.stage != "draft":
            submitted(row)
        if case.stage == "returned":
            _return(fresh(row))


def begun(round_: Round, name: str, *, direct: bool = False) -> Application:
    """An application of the factory of that name, with everything that is on file taken over."""
    with walls.system("载入演示数据：申报"):
        factory = Factory.objects.select_related("enterprise").get(name=name)
    writer = writer_of(factory.enterprise)
    with walls.enter(writer):
        said = screening_answers(screening.section(round_.value))
        row = beginning.begin(round_, factory, answers=said, actor=writer, direct=direct)
        takeover.take_over(row, actor=writer)
    return fresh(row)


def submitted(row: Application) -> Application:
    """It is handed in by whoever answers for the enterprise."""
    admin = admin_of(row.enterprise)
    with walls.enter(admin):
        every = frozenset(code for code, _, _ in COMMITMENTS)
        vouched = Commitment(admin.person.name, every, "password")
        submitting.submit(row, version=row.version + 1, commitment=vouched, actor=admin)
    return fresh(row)


def fresh(row: Application) -> Application:
    """The row as it stands."""
    with walls.system("载入演示数据：申报"):
        rows = Application.objects.select_related(
            "round__unit", "round__edition", "factory", "enterprise", "city__region"
        )
        return rows.get(pk=row.pk)


def writer_of(enterprise: Enterprise) -> Actor:
    """Whoever fills in for an enterprise of the demo."""
    with walls.system("载入演示数据：由谁填报"):
        return actor_in(Membership.objects.filter(enterprise=enterprise), Role.ENTERPRISE_CLERK, Role.ENTERPRISE_ADMIN)


def admin_of(enterprise: Enterprise) -> Actor:
    """Whoever answers for an enterprise of the demo."""
    with walls.system("载入演示数据：由谁负责"):
        return actor_in(Membership.objects.filter(enterprise=enterprise), Role.ENTERPRISE_ADMIN)


def actor_in(rows: QuerySet[Membership], *roles: Role) -> Actor:
    """Somebody in the first of these roles that is held, under that hat."""
    for role in roles:
        found = rows.filter(role=role, state="active").select_related("user").order_by("pk").first()
        if found is not None:
            return Actor(user=found.user, membership=next(hat for hat in hats(found.user) if hat.pk == found.pk))
    raise LookupError(f"nobody is {roles[0].label}")


def write(row: Application, actor: Actor, only: tuple[str, ...] = (), number: int = 1) -> None:
    """Write what is not answered yet, and attach what has to be; `only` these sections, all when none is named.

    `number`: the world's seed.
    """
    row = Application.objects.select_related("round__edition", "round__unit", "book", "factory", "enterprise").get(
        pk=row.pk
    )
    what = paper(row)
    draw = random.Random(f"book/{number}/{row.factory.name}")  # noqa: S311 — a demo, the same each time
    pen = Pen(trade_of(row.factory.industry_id), draw)
    for key, said in made_up_book(what.form, {}, pen).items():
        held = what.answers[key]
        tables = {name.partition("[")[0] for name in held}
        missing = {name: value for name, value in said.items() if name.partition("[")[0] not in tables}
        missing |= _completed(said, held)
        if "project" in missing:
            missing["project"] = f"{row.factory.name}数字化转型升级项目"
        if missing and (not only or key in only):
            writing.save(row, key, missing, version=what.rows[key].version, actor=actor)
    for section in what.form.sections:
        for asked in section.fields.values():
            if asked.kind is Kind.FILES and asked.required and not only:
                files.add(row, asked.key, io.BytesIO(document(asked)), f"{asked.label}.pdf", actor=actor)


def _completed(said: Values, held: Values) -> dict[str, dict[str, str]]:
    """Rows that were taken over, with the cells that the source didn't know filled in."""
    spare = {name.partition("[")[0]: cells for name, cells in said.items() if isinstance(cells, dict)}
    found = {}
    for name, cells in held.items():
        like = spare.get(name.partition("[")[0])
        if isinstance(cells, dict) and like:
            found[name] = {key: text or like.get(key, "") for key, text in cells.items()}
    return found


def document(asked: Field) -> bytes:
    """An empty page that says what it stands for."""
    made = io.BytesIO()
    with pikepdf.new() as pages:
        pages.add_blank_page()
        pages.docinfo["/Title"] = f"{FOLDER_MARK} {asked.key}"
        pages.save(made, static_id=True)
    return made.getvalue()


def _return(row: Application) -> None:
    returned(
        row,
        Item("factory", "investment", "总投资与审计报告所列固定资产投入不一致，请核对后更正。"),
        Item("effects", "plan", "请补充后续三年的分年度目标和保障措施。"),
    )


def city_of(row: Application) -> str:
    """The accounts of the city that it lies before are called after this."""
    return CITY_ACCOUNTS[row.city.region.name] if row.city else ""


def returned(row: Application, *items: Item) -> None:
    """Its city returns it, with five days to mend."""
    reviewer = somebody(f"chushen.{city_of(row)}")
    with walls.enter(reviewer):
        until = min(clock.now() + timedelta(days=5), row.round.city_until or row.round.unit_until)
        course.return_for_correction(row, items=items, until=until, opinion="材料总体完整。", actor=reviewer)
