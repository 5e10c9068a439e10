"""What a sample is, and groups of people that samples name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.factories import People


@dataclass
class Sample:
    """How one address is asked: its arguments, its method, who gets an answer there and what everybody else gets."""

    who: set[str] | None  # None: everybody who is signed in
    args: Callable[["World"], list[Any]] = field(default=lambda world: [])
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    else_: int = 404
    public: bool = False
    # Those who may see the thing but not do this to it.
    but: dict[str, int] = field(default_factory=dict)


@dataclass
class World:
    """What the samples point at, by name: all of it in Wuhan."""

    people: People
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            raise AttributeError(name) from None


STAFF_A = {"city_reviewer_a", "city_head_a"}
ABOVE_A = {"city_reviewer_a", "city_head_a", "city_joint_a", "unit_officer", "unit_head", "unit_joint"}
DECIDING = STAFF_A | {
    "city_reviewer_b", "city_head_b", "unit_officer", "unit_head", "unit_head_hunan", "group_officer", "group_head",
    "enterprise_admin_a", "enterprise_admin_b", "enterprise_admin_group",
}  # fmt: skip
HEADS = {
    "enterprise_admin_a", "enterprise_admin_b", "enterprise_admin_group", "city_head_a", "city_head_b", "unit_officer",
    "unit_head", "unit_head_hunan", "group_officer", "group_head", "ministry", "system_admin",
}  # fmt: skip
ABOVE = ABOVE_A | {"city_reviewer_b", "city_head_b", "unit_head_hunan", "group_officer", "group_head"}
