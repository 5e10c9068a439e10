"""Which static files browsers are served."""

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig


class ServedFilesConfig(StaticFilesConfig):
    """Static files without those of the libraries that no page uses: packing them took most of a first start."""

    ignore_patterns: ClassVar[list[str]] = [  # type: ignore[misc]
        *StaticFilesConfig.ignore_patterns,
        *("guardian", "rest_framework", "bootstrap-*", "bootstrap.rtl*", "bootstrap.css*"),
        *("ext", "htmx.js", "htmx.amd.js", "htmx.cjs.js", "htmx.esm.*", "*.gz"),
    ]
