"""Editions of the conditions, as they are offered."""

from tiers.editions import Tier
from tiers.models import Edition


def current_editions() -> list[Edition]:
    """The newest revision of each edition, newest year first."""
    newest: dict[str, Edition] = {}
    for edition in Edition.objects.order_by("-code", "-revision"):
        newest.setdefault(edition.code, edition)
    return list(newest.values())


def edition_of(code: str) -> Edition | None:
    """The newest revision of an edition, or None."""
    return Edition.objects.filter(code=code).order_by("-revision").first()


def tier_steps() -> tuple[Tier, ...]:
    """The steps of the ladder, lowest first, as the newest edition names them; empty before any is loaded."""
    newest = Edition.objects.first()
    return newest.value.tiers if newest else ()
