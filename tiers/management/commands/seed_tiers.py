"""Put the ladder's part of the demo world in place (refused in production); running it again changes nothing."""

from portal.demo.command import SeedCommand
from tiers.demo.seed import seed


class Command(SeedCommand):
    """manage.py seed_tiers"""

    help = __doc__
    what = "The ladder's demo data"
    seed = staticmethod(seed)
