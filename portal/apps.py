"""Django's handle on the ground floor."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal's ground floor."""

    name = "portal"
    verbose_name = "平台"
