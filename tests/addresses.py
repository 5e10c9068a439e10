"""The addresses of the house: those of its own apps, not of libraries."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver


def house_patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every named pattern of the house's own apps."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            module = getattr(pattern.urlconf_module, "__name__", "")
            if module.split(".")[0] in settings.OWN_APPS:
                yield from house_patterns(pattern)
        elif pattern.name:
            yield pattern
