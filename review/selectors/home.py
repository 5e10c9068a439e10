"""What the review adds to the home page."""

from portal.actors import Actor
from portal.rules import may
from portal.selectors.home import Waiting
from review.selectors.messages import unread_by


def waiting(actor: Actor) -> list[Waiting]:
    """What waits in the review."""
    return [Waiting(unread_by(actor).count(), "条留言未读", "messages")] if may(actor, "message.list") else []
