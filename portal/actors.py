"""Who acts: a person under one of their hats, or the portal itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.errors import Denied
from portal.roles import Level, Role

if TYPE_CHECKING:
    from portal.models import Membership, User


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something; without a membership they stand nowhere and see only what is their own."""

    user: "User | None" = None
    membership: "Membership | None" = None
    system: str = ""

    @property
    def role(self) -> Role | None:
        """The role under which they act."""
        return Role(self.membership.role) if self.membership else None

    @property
    def person(self) -> "User":
        """The person behind the act. Raises Denied when there is none."""
        if self.user is None:
            raise Denied("this needs a person")
        return self.user

    @property
    def name(self) -> str:
        """The person's name, or what the portal calls itself."""
        return self.user.name if self.user else (self.system or "未登录访客")

    @property
    def role_label(self) -> str:
        """The role's name as its organisation calls it."""
        return self.membership.role_label if self.membership else ""

    @property
    def place_label(self) -> str:
        """The organisation's name."""
        return self.membership.place_label if self.membership else ""

    def stands(self, level: str) -> Any:
        """The key of the unit, city or enterprise they belong to, or None."""
        return getattr(self.membership, f"{level}_id") if self.membership else None

    def place(self) -> "Place":
        """What the walls let them see: their own floor and what lies within it, no more."""
        user_id = self.user.pk if self.user else None
        role = self.role
        if role is None:
            return Place(user=user_id)
        match role.level:
            case Level.ENTERPRISE:
                return Place(user=user_id, enterprise=self.stands("enterprise"))
            case Level.CITY:
                return Place(user=user_id, city=self.stands("city"))
            case Level.UNIT:
                return Place(user=user_id, unit=self.stands("unit"))
            case Level.EXPERT:
                return Place(user=user_id)
            case _:
                return Place(user=user_id, office=role.value)


@dataclass(frozen=True)
class Place:
    """What a transaction may see: exactly one floor of the tenancy, or an office that crosses walls. Empty: nothing."""

    user: int | None = None
    unit: int | None = None
    city: int | None = None
    enterprise: int | None = None
    office: str = ""

    @classmethod
    def at_door(cls, user: int | None) -> "Place":
        """Where it is found out which hats a person has: their memberships, and the names of those enterprises."""
        return cls(user=user, office="door" if user else "")


NOBODY = Actor()
NOWHERE = Place()
