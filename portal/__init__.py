"""Ground floor of the portal: who is here, and what is on record."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
