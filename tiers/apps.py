"""Django's handle on the ladder."""

from django.apps import AppConfig


class TiersConfig(AppConfig):
    """What is on offer."""

    name = "tiers"
    verbose_name = "梯度"
