"""How a page without a script asks that a line of a list be moved."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.errors import Refused

_STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Move:
    """An application that is to move in a list of that version: so many places (`by`), or to a place, from 1 (`to`)."""

    application: str
    version: int
    step: dict[str, int]


def asked_move(said: Mapping[str, str]) -> Move:
    """What a form of an order asks for. Raises Refused."""
    act, application = _wanted(said)
    version, to = said.get("version", ""), said.get(f"to:{application}", "").strip()
    if not version.isdecimal() or act not in {*_STEPS, "to"}:
        raise Refused("页面内容不完整，请返回后重试。")
    if act == "to" and not (to.isascii() and to.isdecimal() and len(to) < 5):
        raise Refused("请填写位次（正整数）。")
    return Move(application, int(version), {"to": int(to)} if act == "to" else {"by": _STEPS[act]})


def _wanted(said: Mapping[str, str]) -> tuple[str, str]:
    """What is to be done to which application; Enter in a field presses no row's button, so the filled one speaks."""
    act, _, application = said.get("move", "").partition(":")
    if act == "filled":
        filled = [name.removeprefix("to:") for name, value in said.items() if name.startswith("to:") and value.strip()]
        return "to", filled[0] if filled else ""
    return act, application
