"""Put the demo world's applications in place (refused in production); running it again changes nothing."""

from applications.demo.seed import seed
from portal.demo.command import SeedCommand


class Command(SeedCommand):
    """manage.py seed_applications"""

    help = __doc__
    what = "The demo's applications"
    seed = staticmethod(seed)
