"""People, the hats they wear, and the invitations that bring them in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from portal.models.enterprises import Enterprise
from portal.models.places import City, Office, Unit, UnitKind
from portal.roles import ADMINISTRATORS, ROLES, Level, Role
from portal.states import InvitationState, MembershipState
from portal.transitions import INVITATION, MEMBERSHIP


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail, whatever the case of its letters."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of that e-mail address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """A new account; without a password it can only come in by reset or identity provider."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person's account. It carries no rights: those come with memberships. There is no superuser."""

    email = models.EmailField("电子邮箱", max_length=254, unique=True)
    name = models.CharField("姓名", max_length=50)
    is_active = models.BooleanField("启用", default=True)
    date_joined = models.DateTimeField("注册时间", auto_now_add=True)
    # Raised to end all sessions of the account at once.
    session_epoch = models.PositiveIntegerField(default=0)
    notices_read_at = models.DateTimeField("消息已读至", null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_staff = is_superuser = False

    objects = UserManager()

    class Meta:
        verbose_name = "账户"
        constraints = [UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The person's name."""
        return self.name

    def has_perm(self, _perm: str, _obj: Any = None) -> bool:
        """Never: rights come from rules about memberships, not from stored permissions."""
        return False

    def has_module_perms(self, _app_label: str) -> bool:
        """Never, for the same reason."""
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(
            "portal.User.session", f"{self.password}:{self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


_AT_ENTERPRISE = [r for r in Role if r.level is Level.ENTERPRISE]
_AT_CITY = [r for r in Role if r.level is Level.CITY]
_AT_UNIT = [r for r in Role if r.level is Level.UNIT]


def _place_fits_role(name: str) -> CheckConstraint:
    """Each role stands on its own floor, with the keys of that floor and those above, and no others."""
    return CheckConstraint(
        name=name,
        condition=Q(role__in=_AT_ENTERPRISE, enterprise__isnull=False, unit__isnull=False, office=None)
        | Q(role__in=_AT_CITY, office__isnull=False, unit__isnull=False, city__isnull=False, enterprise=None)
        | Q(role__in=_AT_UNIT, office__isnull=False, unit__isnull=False, city=None, enterprise=None)
        | Q(role=Role.EXPERT, office=None, unit__isnull=False, city=None, enterprise=None)
        | Q(role=Role.MINISTRY, office__isnull=False, unit=None, city=None, enterprise=None)
        | Q(role__in=sorted(ADMINISTRATORS), office=None, unit=None, city=None, enterprise=None),
    )


class Post(models.Model):
    """A role at a place: what a membership grants and an invitation offers."""

    role = models.CharField("角色", max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def place(self) -> dict[str, Any]:
        """The keys of the place and of the walls around it, as columns."""
        return {f"{key}_id": getattr(self, f"{key}_id") for key in ("unit", "city", "enterprise")}

    @property
    def columns(self) -> dict[str, Any]:
        """The whole post as columns: the role, its place, its office."""
        return {"role": Role(self.role), "office_id": self.office_id, **self.place}

    @property
    def role_label(self) -> str:
        """The role's name as its organisation calls it (a group's people are not 省级)."""
        if self.unit and self.unit.kind == UnitKind.CENTRAL_GROUP and (name := ROLES[Role(self.role)].in_group):
            return name
        return Role(self.role).label

    @property
    def place_label(self) -> str:
        """The organisation's name."""
        if self.enterprise_id:
            return self._enterprise_name()
        if self.office:
            return self.office.name
        return f"{self.unit.name}专家库" if self.unit else "平台管理"

    def _enterprise_name(self) -> str:
        try:
            return self.enterprise.name if self.enterprise else "所属企业"
        except Enterprise.DoesNotExist:  # it stands behind its wall, and whoever asks stands elsewhere
            return "所属企业"


class Membership(Post):
    """A person's role in an organisation: one hat."""

    workflow = MEMBERSHIP

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    state = models.CharField("状态", max_length=12, choices=MembershipState, default=MembershipState.ACTIVE)
    since = models.DateTimeField("起始时间")
    reason = models.CharField("停用理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "任职"
        ordering = ("id",)
        constraints = [
            _place_fits_role("membership_place_fits_role"),
            UniqueConstraint(
                fields=["user", "role", "office", "enterprise", "unit"],
                condition=Q(state="active"),
                name="membership_once",
                nulls_distinct=False,
            ),
            # 三员分立: nobody holds two of the three.
            UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=sorted(ADMINISTRATORS), state="active"),
                name="membership_one_administrator_a_person",
            ),
        ]
        triggers = [MEMBERSHIP.trigger()]

    def __str__(self) -> str:
        return f"{self.user.name}（{self.role_label}）"

    @property
    def label(self) -> str:
        """The hat's name where a person chooses between theirs."""
        return f"{self.place_label} · {self.role_label}"


class Invitation(Post):
    """An offer of a role, sent to an e-mail address. Only a digest of its secret link is kept."""

    workflow = INVITATION

    email = models.EmailField("电子邮箱")
    name = models.CharField("姓名", max_length=50)
    token_digest = models.CharField(max_length=64, unique=True)
    state = models.CharField("状态", max_length=12, choices=InvitationState, default=InvitationState.OPEN)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField("邀请时间")
    expires_at = models.DateTimeField("失效时间")

    class Meta:
        verbose_name = "邀请"
        ordering = ("-invited_at", "-id")
        constraints = [
            _place_fits_role("invitation_place_fits_role"),
            UniqueConstraint(
                Lower("email"),
                "role",
                "office",
                "enterprise",
                "unit",
                condition=Q(state="open"),
                name="invitation_open_once",
                nulls_distinct=False,
            ),
        ]
        triggers = [INVITATION.trigger()]

    def __str__(self) -> str:
        return f"{self.name}（{self.role_label}）"
