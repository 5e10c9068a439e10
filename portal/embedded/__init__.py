"""PostgreSQL and Redis out of Python wheels, and the whole portal on them, for a machine that has neither."""

from portal.embedded.environment import services
from portal.embedded.errors import AlreadyRunning, Unable
from portal.embedded.postgres_server import postgres
from portal.embedded.redis_server import redis

__all__ = ["AlreadyRunning", "Unable", "postgres", "redis", "services"]
