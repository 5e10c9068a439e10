"""Enterprises, and the requests by which they come in."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.credit_code import credit_code_error
from portal.models.places import City, Industry, Region, Unit
from portal.states import RegistrationState
from portal.transitions import REGISTRATION


class Nature(models.TextChoices):
    """企业性质."""

    STATE = "state", "国有企业"
    COLLECTIVE = "collective", "集体企业"
    PRIVATE = "private", "民营企业"
    FOREIGN = "foreign", "外商投资企业"
    HMT = "hmt", "港澳台投资企业"
    MIXED = "mixed", "混合所有制企业"
    OTHER = "other", "其他"


def validate_credit_code(value: str) -> None:
    """Raise ValidationError with a sentence when the 统一社会信用代码 is not well-formed."""
    if error := credit_code_error(value):
        raise ValidationError(error)


class EnterpriseFacts(models.Model):
    """What an enterprise says of itself (附3 第1项), the same in a request and in the register."""

    code = models.CharField("统一社会信用代码", max_length=18, validators=[validate_credit_code])
    name = models.CharField("企业名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="注册地（市州）")
    address = models.CharField("注册地址", max_length=200)
    industry = models.ForeignKey(Industry, models.PROTECT, related_name="+", verbose_name="所属行业")
    nature = models.CharField("企业性质", max_length=12, choices=Nature)
    is_above_scale = models.BooleanField("规模以上工业企业", default=False)
    group = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属中央企业集团"
    )
    branch_of_code = models.CharField(
        "所属法人统一社会信用代码", max_length=18, blank=True, validators=[validate_credit_code]
    )
    branch_of_name = models.CharField("所属法人名称", max_length=100, blank=True)
    legal_representative = models.CharField("法定代表人（负责人）", max_length=50)
    contact_name = models.CharField("联系人", max_length=50)
    contact_phone = models.CharField("联系电话", max_length=30)
    contact_email = models.EmailField("联系邮箱")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="市州")

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                condition=Q(branch_of_code="", branch_of_name="") | (~Q(branch_of_code="") & ~Q(branch_of_name="")),
                name="%(class)s_branch_names_its_legal_person",
            ),
        ]

    @property
    def is_central(self) -> bool:
        """Whether it belongs to a group of 中央企业, which has a channel of its own (82号 二)."""
        return self.group_id is not None

    @property
    def is_branch(self) -> bool:
        """Whether it is a branch of a legal person rather than one itself (82号 二(一)1)."""
        return bool(self.branch_of_code)


FACTS = tuple(f.name for f in EnterpriseFacts._meta.local_fields)


class Enterprise(EnterpriseFacts):
    """An enterprise whose registration was confirmed: the innermost wall."""

    confirmed_at = models.DateTimeField("确认时间")

    class Meta(EnterpriseFacts.Meta):
        verbose_name = "企业"
        ordering = ("name", "id")
        constraints = [
            *EnterpriseFacts.Meta.constraints,
            UniqueConstraint(fields=["code"], name="enterprise_code_once"),
            UniqueConstraint(fields=["unit", "id"], name="enterprise_within_unit"),
            UniqueConstraint(fields=["city", "id"], name="enterprise_within_city"),
        ]
        indexes = [
            models.Index(fields=["city", "name"], name="enterprise_city_name"),
            models.Index(fields=["unit", "name"], name="enterprise_unit_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Registration(EnterpriseFacts):
    """A person's request to act for an enterprise.

    Where the code is new, the city (or, without one, the unit) decides, and a yes puts the enterprise on the register.
    Where it is known, `enterprise` is set, the facts typed are not kept, and that enterprise's administrator decides.
    """

    workflow = REGISTRATION

    ref = models.CharField("登记编号", max_length=16, unique=True)
    user = models.ForeignKey("portal.User", models.PROTECT, related_name="registrations")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="registrations")
    state = models.CharField("状态", max_length=12, choices=RegistrationState, default=RegistrationState.PENDING)
    submitted_at = models.DateTimeField("提交时间")
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.ForeignKey("portal.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField("办理意见", max_length=500, blank=True)

    class Meta(EnterpriseFacts.Meta):
        verbose_name = "企业登记"
        ordering = ("submitted_at", "id")
        constraints = [
            *EnterpriseFacts.Meta.constraints,
            UniqueConstraint(
                fields=["user", "code"], condition=Q(state="pending"), name="registration_one_pending_a_person"
            ),
        ]
        indexes = [models.Index(fields=["city", "state"], name="registration_city_state")]
        triggers = [REGISTRATION.trigger()]

    def __str__(self) -> str:
        return self.ref
