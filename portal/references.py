"""Public references: readable, and not to be guessed from one another."""

import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that can be mistaken for another


def new_ref(prefix: str) -> str:
    """A fresh reference such as DJ-7KQ2M9XA."""
    return f"{prefix}-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
