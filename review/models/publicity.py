"""公示: lists made public before they are final, objections to them, and what an enterprise is asked about one."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from portal.models import StoredFile
from review.models.unit_lists import OfUnit
from review.states import ObjectionState, PublicityState
from review.transitions import OBJECTION, PUBLICITY
from tiers.models import Factory, Round
from tiers.models.factories import OfEnterprise

# What a list is once it is public: a correction is another one.
_FIXED = (
    "ref", "unit_id", "round_id", "number", "title", "basis", "rows", "begins_at", "until", "workdays", "contact",
    "phone", "email", "address", "document", "digest",
)  # fmt: skip
_FIXED_CHANGE = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FIXED)


class Publicity(OfUnit):
    """Whom a unit is going to recommend or recognise, for objections; `number` 2 and on follow a change of the list.

    `rows`: [{factory, application, name, project, place, outside_quota}], of which name, project and place are shown.
    Without `begins_at` a draft begins when it is published; `until` is written then: `workdays` working days after the
    day on which it begins. `document` is everything the paper says, frozen; `digest` is that of its canonical text.
    """

    workflow = PUBLICITY

    ref = models.CharField("公示编号", max_length=16, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="publicities", verbose_name="申报批次")
    number = models.PositiveSmallIntegerField("次序", default=1)
    state = models.CharField("状态", max_length=12, choices=PublicityState, default=PublicityState.DRAFT)
    title = models.CharField("标题", max_length=120)
    basis = models.CharField("公示依据", max_length=500)
    rows = models.JSONField("名单", encoder=DjangoJSONEncoder, default=list)
    begins_at = models.DateTimeField("公示开始", null=True)
    workdays = models.PositiveSmallIntegerField("公示工作日")
    until = models.DateTimeField("公示期满", null=True)
    contact = models.CharField("联系人", max_length=30)
    phone = models.CharField("联系电话", max_length=30)
    email = models.EmailField("电子邮箱", blank=True)
    address = models.CharField("通信地址", max_length=120, blank=True)
    document = models.JSONField("公示内容", encoder=DjangoJSONEncoder, null=True)
    digest = models.CharField("摘要", max_length=64, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    reason = models.CharField("撤回理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "公示"
        ordering = ("-begins_at", "-id")
        constraints = [
            UniqueConstraint(fields=["round", "number"], name="publicity_number_once"),
            UniqueConstraint(fields=["unit", "id"], name="publicity_within_unit"),
            CheckConstraint(condition=Q(number__gte=1, workdays__gte=1), name="publicity_counts_from_1"),
            CheckConstraint(
                condition=Q(state=PublicityState.DRAFT)
                | Q(published_at__isnull=False, published_by__isnull=False, document__isnull=False)
                & Q(begins_at__isnull=False, until__gt=F("begins_at")),
                name="publicity_published_by_somebody",
            ),
            CheckConstraint(
                condition=~Q(state=PublicityState.WITHDRAWN) | (Q(withdrawn_at__isnull=False) & ~Q(reason="")),
                name="publicity_withdrawn_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "-begins_at"], name="publicity_shown")]
        triggers = [
            PUBLICITY.trigger(),
            pgtrigger.Protect(
                name="fixed_once_published",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.state <> 'draft' AND ({_FIXED_CHANGE})"),
            ),
            pgtrigger.Protect(
                name="kept_once_published",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class Objection(OfUnit):
    """An objection in somebody's own name to one on a list; the unit alone knows whose it is.

    `secret` is the SHA-256 of the code with which the objector asks how it stands. `received_by` is whoever recorded
    one that came on paper; without it the objector lodged it here.
    """

    workflow = OBJECTION

    ref = models.CharField("异议编号", max_length=16, unique=True)
    secret = models.CharField(max_length=64)
    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="objections", verbose_name="公示")
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="+", verbose_name="异议所涉工厂")
    about = models.CharField("异议所涉单位及项目", max_length=420)
    state = models.CharField("状态", max_length=12, choices=ObjectionState, default=ObjectionState.LODGED)
    name = models.CharField("姓名（单位名称）", max_length=100)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    person = models.CharField("单位联系人", max_length=30, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    facts = models.TextField("事实与理由", max_length=4_000)
    lodged_at = models.DateTimeField("收到时间")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField("办理时限", null=True)
    reason = models.CharField("不予受理的理由", max_length=500, blank=True)
    finding = models.TextField("核查结论", max_length=4_000, blank=True)
    decision = models.CharField("处理文件", max_length=100, blank=True)
    decided_at = models.DateTimeField("办结时间", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "公示异议"
        ordering = ("lodged_at", "id")
        constraints = [
            CheckConstraint(condition=~Q(name="") & ~Q(facts=""), name="objection_not_anonymous"),
            CheckConstraint(condition=~Q(phone="") | ~Q(email=""), name="objection_with_contact"),
            CheckConstraint(condition=~Q(state=ObjectionState.REFUSED) | ~Q(reason=""), name="objection_refused_why"),
            CheckConstraint(
                condition=~Q(state__in=[ObjectionState.UPHELD, ObjectionState.DISMISSED])
                | (~Q(finding="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="objection_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="objection_unit_state")]
        triggers = [OBJECTION.trigger()]

    def __str__(self) -> str:
        return self.ref  # never whose it is: this goes on record


class ObjectionFile(OfUnit, StoredFile):
    """Evidence that came with an objection; nobody signed in when its author sent it themselves."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files")
    uploaded_by = models.ForeignKey(  # type: ignore[assignment]
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta(StoredFile.Meta):
        verbose_name = "异议证明材料"


class ObjectionNotice(OfEnterprise):
    """What the office asks an enterprise about an objection, in its own words, and the one answer in writing.

    It does not point at the objection (`Asked` knows): nothing here leads to who objected.
    """

    ref = models.CharField("编号", max_length=16, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="+", verbose_name="申报批次")
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="+", verbose_name="工厂")
    text = models.TextField("须说明的事项", max_length=2_000)
    due_at = models.DateTimeField("答复时限")
    at = models.DateTimeField("发出时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField("书面说明", max_length=4_000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "异议核实函"
        ordering = ("at", "id")
        constraints = [
            CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="objection_notice_answered_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.ref


class Asked(OfUnit):
    """Which notice asks about which objection: known to the unit alone."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="asked")
    notice = models.OneToOneField(ObjectionNotice, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "异议核实"

    def __str__(self) -> str:
        return f"{self.objection_id}"
