"""How passwords are kept."""

import threading

from django.contrib.auth.hashers import ScryptPasswordHasher

_TURN = threading.Lock()


class TurnHasher(ScryptPasswordHasher):
    """scrypt as Django sets it up, one password at a time in each process.

    On the evening of a deadline everybody proves who they are in the same minute. Weighing a password takes a third of
    a second of a core: without turns it would take every core from those who are still writing.
    """

    def encode(self, *args: object, **kwargs: object) -> str:
        """The hash, when it is its turn."""
        with _TURN:
            encoded: str = super().encode(*args, **kwargs)  # type: ignore[arg-type]
            return encoded
