"""What the review adds to the pages of an application."""

from applications.models import Application
from applications.selectors.pages import Link
from portal.actors import Actor
from portal.rules import may
from review.selectors.messages import unread_by


def offered(actor: Actor, application: Application) -> list[Link]:
    """The conversation, for those who take part in it."""
    if not may(actor, "message.write", application):
        return []
    return [Link("留言", "conversation", application.ref, unread_by(actor).filter(application=application).count())]
