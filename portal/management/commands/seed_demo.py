"""Put the demo world in place (refused in production); running it again changes nothing."""

from portal.demo.command import SeedCommand
from portal.demo.seed import seed


class Command(SeedCommand):
    """manage.py seed_demo"""

    help = __doc__
    what = "Demo world"
    seed = staticmethod(seed)
