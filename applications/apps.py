"""The app of the applications."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The enterprise's case: screening, writing, submitting, mending."""

    name = "applications"
    verbose_name = "申报"

    def ready(self) -> None:
        """Let `rules` know who may do what, whichever app is asked."""
        import applications.rules  # noqa: F401
