"""What the review does when something happened to an application; called in the same transaction."""

from review.services.ranking import follow

APPLICATION_MOVED = (follow,)
