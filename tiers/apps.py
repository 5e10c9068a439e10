"""The app of the ladder."""

from django.apps import AppConfig


class TiersConfig(AppConfig):
    """What is on offer: conditions, factories, self-assessments, titles, rounds."""

    name = "tiers"
    verbose_name = "智能工厂梯度"

    def ready(self) -> None:
        """Let `rules` know who may do what, whichever app is asked."""
        import tiers.rules  # noqa: F401
