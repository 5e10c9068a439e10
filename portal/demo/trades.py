"""What the demo's enterprises make, and in whose words they write: one trade for each division they are in."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trade:
    """A trade in the words of its own people; a book, an assessment and an opinion are put together from them.

    `steps`: how the product is made, in order; `devices`: what makes it; `fault`: what inspection looks for;
    `burden`: what takes most energy; `customers`: who buys.
    """

    industry: str
    firm: str
    product: str
    steps: tuple[str, ...]
    devices: tuple[str, ...]
    fault: str
    burden: str
    customers: str


def _read() -> dict[str, Trade]:
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["trade"]
    return {
        row["industry"]: Trade(**row | {"steps": tuple(row["steps"]), "devices": tuple(row["devices"])}) for row in rows
    }


TRADES = _read()
_ANY = "C34"


def trade_of(industry: str) -> Trade:
    """The trade of a division; of one that the demo has no words for, that of general machinery."""
    return TRADES.get(industry, TRADES[_ANY])
