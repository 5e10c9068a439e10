"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: OWASP's recommended setting (Password Storage Cheat Sheet).

    It is hard on whoever guesses because of the memory, not because of the time, so that on the evening of a deadline,
    when everybody proves in the same minute who they are, those who are still writing get their share of the machine.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
