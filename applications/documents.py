"""What the portal issues about an application."""

from applications.models import Submission


def receipt(submission: Submission) -> bytes:
    """The receipt."""
    raise NotImplementedError
