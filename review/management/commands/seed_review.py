"""Put the demo world's part of the review in place (refused in production); running it again changes nothing."""

from portal.demo.command import SeedCommand
from review.demo.seed import seed


class Command(SeedCommand):
    """manage.py seed_review"""

    help = __doc__
    what = "The demo's part of the review"
    seed = staticmethod(seed)
