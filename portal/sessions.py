"""Who is signed in: Django's sessions and allauth's backend, with a quicker way to the two rows of every request."""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from portal import clock
from portal.compiled import Compiled
from portal.models import User

_session = Compiled(lambda key: Session.objects.filter(session_key=key), str)
_user = Compiled(lambda pk: User.objects.filter(pk=pk), int)


class SessionStore(db.SessionStore):
    """Sessions in the database, that end by the portal's clock."""

    def get_expiry_date(self, **more: Any) -> datetime:
        """When it ends, counted from now unless `modification` says otherwise."""
        ends: datetime = super().get_expiry_date(**{"modification": clock.now()} | more)
        return ends

    @classmethod
    def clear_expired(cls) -> None:
        """Remove those that ended."""
        Session.objects.filter(expire_date__lt=clock.now()).delete()

    def _get_session_from_db(self) -> Any:
        # A cookie can hold NUL (quoted, as \000), which PostgreSQL has no text for.
        for row in _session(str(self.session_key).replace("\0", "")):
            if row.expire_date > clock.now():
                return row
        self._session_key = None
        return None


class Backend(AuthenticationBackend):
    """Sign-in by e-mail and password."""

    def get_user(self, user_id: int) -> User | None:
        """The account that a session names; None when it is shut."""
        found: list[User] = [user for user in _user(user_id) if self.user_can_authenticate(user)]
        return found[0] if found else None
