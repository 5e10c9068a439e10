"""A city's list: its order, what was frozen of it, and who signed."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Deferrable, Q, UniqueConstraint

from applications.models import Application
from portal import clock
from portal.models import City, Enterprise, Office, Unit
from review.models.first_reviews import APPEND_ONLY
from review.models.unit_lists import UnitIssue
from review.states import ListState, SignOffState
from review.transitions import CITY_LIST, SIGN_OFF
from tiers.models import Round
from tiers.models.factories import OfEnterprise

# Positions are 1, 2, … without a gap; looked at when the transaction ends, or when a service asks for it.
CONTIGUOUS = pgtrigger.Trigger(
    name="contiguous",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    timing=pgtrigger.Deferred,
    declare=[("list_id", "bigint"), ("last", "integer"), ("held", "integer")],
    func="""
        list_id := CASE WHEN TG_OP = 'DELETE' THEN OLD.city_list_id ELSE NEW.city_list_id END;
        SELECT coalesce(max(position), 0), count(*) INTO last, held
        FROM review_listentry WHERE city_list_id = list_id;
        IF last <> held THEN
            RAISE EXCEPTION 'positions of list % are not contiguous', list_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)


class OfCity(models.Model):
    """What belongs to a city carries the keys of its walls; enterprises don't see it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")
    city = models.ForeignKey(City, models.PROTECT, related_name="+", verbose_name="市州")

    class Meta:
        abstract = True


class CityList(OfCity):
    """The applications that a city recommends in a round, in priority order (82号 二(三)1).

    `version` is raised with each change of the order; `issued` is the number of the last issue (0: none yet).
    `changes`: the last of them, [{version, by, at, said}]: whoever comes with an older order is told what it missed.
    `sent_with`: the papers' codes and digests, and which offices seal in ink.
    """

    workflow = CITY_LIST

    ref = models.CharField("名单编号", max_length=32, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="city_lists", verbose_name="申报批次")
    state = models.CharField("状态", max_length=12, choices=ListState, default=ListState.DRAFTING)
    version = models.PositiveIntegerField("顺序版本", default=0)
    changes = models.JSONField("近期变动", default=list)
    issued = models.PositiveSmallIntegerField("送签次数", default=0)
    sent_at = models.DateTimeField("报送时间", null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_with = models.JSONField("报送文件", default=dict)
    received_at = models.DateTimeField("接收时间", null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    returned_for = models.TextField("退回理由", blank=True)

    class Meta:
        verbose_name = "市州推荐名单"
        constraints = [
            UniqueConstraint(fields=["round", "city"], name="city_list_once_a_round"),
            UniqueConstraint(fields=["city", "id"], name="city_list_within_city"),
            CheckConstraint(
                condition=~Q(state__in=[ListState.SENT, ListState.ACCEPTED])
                | Q(sent_at__isnull=False, sent_by__isnull=False, issued__gte=1),
                name="city_list_sent_by_somebody",
            ),
        ]
        triggers = [CITY_LIST.trigger()]

    def __str__(self) -> str:
        return self.ref


class ListEntry(OfEnterprise):
    """A place in a city's order. `profile`: what is weighed beside it, out of the version that passed."""

    city_list = models.ForeignKey(CityList, models.PROTECT, related_name="entries")
    application = models.OneToOneField(Application, models.PROTECT, related_name="entry")
    position = models.PositiveSmallIntegerField("顺序")
    version = models.PositiveSmallIntegerField("版本")
    profile = models.JSONField("概况", default=dict)

    class Meta:
        verbose_name = "推荐顺序"
        ordering = ("position",)
        constraints = [
            UniqueConstraint(
                fields=["city_list", "position"], name="list_position_once", deferrable=Deferrable.DEFERRED
            ),
            CheckConstraint(condition=Q(position__gte=1), name="list_position_from_1"),
        ]
        triggers = [CONTIGUOUS]

    def __str__(self) -> str:
        return f"{self.city_list_id} {self.position}"


class ListIssue(OfCity):
    """A list as it went to be signed: table and letter are made from it alone; `digest` is that of its document."""

    city_list = models.ForeignKey(CityList, models.PROTECT, related_name="issues")
    version = models.PositiveSmallIntegerField("版本")
    document = models.JSONField("内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64)
    at = models.DateTimeField("送签时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "名单送签稿"
        ordering = ("-version",)
        constraints = [UniqueConstraint(fields=["city_list", "version"], name="list_issue_version_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.city_list_id} 第{self.version}版"


class SignOff(models.Model):
    """What a joint department is asked to sign: an issue of a list, or a single application; and what it said.

    Departments of a unit (no `city`) sign its list, those of a city theirs.
    `resolution` is what the lead office made of an answer that isn't 同意 about a single application.
    """

    workflow = SIGN_OFF

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+", verbose_name="市州")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="会签部门")
    issue = models.ForeignKey(ListIssue, models.PROTECT, null=True, related_name="sign_offs")
    unit_issue = models.ForeignKey(UnitIssue, models.PROTECT, null=True, related_name="sign_offs")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="sign_offs")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+")
    state = models.CharField("会签意见", max_length=12, choices=SignOffState, default=SignOffState.ASKED)
    question = models.CharField("征求事项", max_length=500, blank=True)
    asked_at = models.DateTimeField("送签时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_at = models.DateTimeField("答复时限")
    reason = models.CharField("理由", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_on_paper = models.BooleanField("纸面会签", default=False)
    resolution = models.CharField("处理意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "会签"
        ordering = ("asked_at", "id")
        constraints = [
            CheckConstraint(
                condition=Q(issue__isnull=False, unit_issue=None, application=None, enterprise=None, city__isnull=False)
                | Q(issue=None, unit_issue__isnull=False, application=None, enterprise=None, city=None)
                | Q(issue=None, unit_issue=None, application__isnull=False, enterprise__isnull=False),
                name="sign_off_of_list_or_application",
            ),
            UniqueConstraint(fields=["issue", "office"], name="sign_off_once_an_issue"),
            UniqueConstraint(fields=["unit_issue", "office"], name="sign_off_once_a_unit_issue"),
            UniqueConstraint(
                fields=["application", "office"], condition=~Q(state=SignOffState.VOID), name="sign_off_once_asked"
            ),
            CheckConstraint(
                condition=Q(state__in=[SignOffState.ASKED, SignOffState.VOID])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="sign_off_said_by_somebody",
            ),
        ]
        triggers = [SIGN_OFF.trigger()]

    def __str__(self) -> str:
        return f"{self.office_id} {self.get_state_display()}"

    @property
    def is_overdue(self) -> bool:
        """The department is still silent after the time that it was given; that changes nothing but what is shown."""
        return self.state == SignOffState.ASKED and self.due_at < clock.now()
