"""The app of judgement: what cities, provinces and experts make of the applications."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """First review, ranking, panels, scores, recommendation, 公示, and the paper that comes of them."""

    name = "review"
    verbose_name = "评审推荐"

    def ready(self) -> None:
        """Let `rules` know who may do what, whichever app is asked."""
        import review.rules  # noqa: F401
