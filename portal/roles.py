"""The thirteen roles: where each stands, what it is called, whom it may appoint."""

from dataclasses import dataclass

from django.db.models import TextChoices


class Level(TextChoices):
    """The floor of the tenancy on which a role stands."""

    ENTERPRISE = "enterprise", "企业"
    CITY = "city", "市州"
    UNIT = "unit", "推荐单位"
    EXPERT = "expert", "专家"
    MINISTRY = "ministry", "部级"
    ADMINISTRATION = "administration", "平台管理"


class Role(TextChoices):
    """Every role the programme and the platform know."""

    ENTERPRISE_ADMIN = "enterprise_admin", "企业管理员"
    ENTERPRISE_CLERK = "enterprise_clerk", "填报员"
    CITY_REVIEWER = "city_reviewer", "市州初审员"
    CITY_HEAD = "city_head", "市州负责人"
    CITY_JOINT = "city_joint", "市州会签部门"
    UNIT_OFFICER = "unit_officer", "省级经办"
    UNIT_HEAD = "unit_head", "省级负责人"
    UNIT_JOINT = "unit_joint", "省级会同部门"
    EXPERT = "expert", "专家"
    MINISTRY = "ministry", "部级"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDITOR = "auditor", "审计员"

    @property
    def level(self) -> Level:
        """The floor this role stands on."""
        return ROLES[self].level

    @property
    def needs_second_factor(self) -> bool:
        """Staff and experts sign in with a second factor; an enterprise's people may."""
        return self.level is not Level.ENTERPRISE


@dataclass(frozen=True)
class Post:
    """What belongs to a role: its floor, the roles it may appoint, and the name it has in a group of 中央企业."""

    level: Level
    appoints: tuple[Role, ...] = ()
    in_group: str = ""


_R = Role
ROLES: dict[Role, Post] = {
    _R.ENTERPRISE_ADMIN: Post(Level.ENTERPRISE, (_R.ENTERPRISE_ADMIN, _R.ENTERPRISE_CLERK)),
    _R.ENTERPRISE_CLERK: Post(Level.ENTERPRISE),
    _R.CITY_REVIEWER: Post(Level.CITY),
    _R.CITY_HEAD: Post(Level.CITY, (_R.CITY_HEAD, _R.CITY_REVIEWER, _R.CITY_JOINT)),
    _R.CITY_JOINT: Post(Level.CITY),
    _R.UNIT_OFFICER: Post(Level.UNIT, (_R.EXPERT,), "集团经办"),
    _R.UNIT_HEAD: Post(
        Level.UNIT, (_R.UNIT_HEAD, _R.UNIT_OFFICER, _R.UNIT_JOINT, _R.EXPERT, _R.CITY_HEAD), "集团负责人"
    ),
    _R.UNIT_JOINT: Post(Level.UNIT, (), "集团会同部门"),
    _R.EXPERT: Post(Level.EXPERT),
    _R.MINISTRY: Post(Level.MINISTRY, (_R.MINISTRY,)),
    _R.SYSTEM_ADMIN: Post(Level.ADMINISTRATION, (_R.UNIT_HEAD, _R.MINISTRY)),
    _R.SECURITY_ADMIN: Post(Level.ADMINISTRATION),
    _R.AUDITOR: Post(Level.ADMINISTRATION),
}

# 三员分立: the platform's three administrators. One person holds at most one of them, and no other role beside it.
ADMINISTRATORS: frozenset[Role] = frozenset(r for r, post in ROLES.items() if post.level is Level.ADMINISTRATION)

# The joint departments' people; everybody else of a city or a unit works in its lead office.
JOINT: frozenset[Role] = frozenset({_R.CITY_JOINT, _R.UNIT_JOINT})

# Who keeps and uses their organisation's seal. A joint department has no head here: its people sign for it.
SEALERS: frozenset[Role] = frozenset({_R.ENTERPRISE_ADMIN, _R.CITY_HEAD, _R.CITY_JOINT, _R.UNIT_HEAD, _R.UNIT_JOINT})

# Without at least one of these an organisation could neither work nor let anybody in.
HEADS: frozenset[Role] = frozenset({_R.ENTERPRISE_ADMIN, _R.CITY_HEAD, _R.UNIT_HEAD, _R.MINISTRY})


def may_appoint(appointer: Role | None, role: Role) -> bool:
    """Whether somebody in the first role may give, take or hand over the second (within their own place)."""
    return appointer is not None and role in ROLES[appointer].appoints
