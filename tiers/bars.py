"""How long a revocation keeps its holder from applying again; pure arithmetic of days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Bar:
    """A revocation that still counts: `until` is the last day on which its holder may not apply."""

    title: str
    revoked_on: date
    document: str
    until: date

    @property
    def sentence(self) -> str:
        """Why, and from when on again, for whoever wants to apply."""
        return (
            f"该企业的“{self.title}”已于{_day(self.revoked_on)}被撤销（{self.document}），"
            f"{_day(self.until)}及以前不得申报。"
        )


def last_day(revoked_on: date, years: int) -> date:
    """The last day of a period of years that begins with an event.

    The day of the event isn't counted (民法典第二百零一条); the period ends on the corresponding day, or on the month's
    last day where there is none (第二百零二条): 29 February 2024 and three years end on 28 February 2027.
    """
    year = revoked_on.year + years
    return date(year, revoked_on.month, min(revoked_on.day, monthrange(year, revoked_on.month)[1]))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
