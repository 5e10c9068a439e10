"""What the portal says when it does not do what was asked."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404


class Refused(Exception):
    """The rules don't allow it now; each reason is a sentence its reader can act on. Pages and API answer 409."""

    def __init__(self, *reasons: str) -> None:
        if not reasons:
            raise ValueError("a refusal needs at least one reason")
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Stale(Refused):
    """Somebody else changed the same answers since; `conflicts` holds both versions of each, nothing was written."""

    def __init__(self, reason: str, *, version: int, conflicts: list[dict[str, Any]]) -> None:
        super().__init__(reason)
        self.version = version
        self.conflicts = conflicts


class Malformed(Exception):
    """A file of reference data can't be used; the text names file, table, key and reason. Nothing of it is loaded."""


class Hidden(Http404):
    """A gate found nothing its visitor may see; absent and forbidden look alike. The attempt goes on record."""

    def __init__(self, what: str, ref: str) -> None:
        super().__init__(f"{what} {ref}")
        self.what = what
        self.ref = ref


class Denied(PermissionDenied):
    """A visitor who may see a thing asked for an act that isn't theirs. The attempt goes on record; answer 403."""
