"""Files in the storage: what no row points at any more is removed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.core.files.storage import default_storage

from portal import clock


def sweep(folder: str, known: Callable[[set[str]], set[str]]) -> int:
    """Remove what lies in the folders below this one and is not `known` of those names; how many went.

    What is younger than a day stays: its row may not be committed yet. Twice at once does no harm.
    """
    old, gone = clock.now() - timedelta(days=1), 0
    for below in _listed(folder, 0):
        stored = {f"{folder}/{below}/{name}" for name in _listed(f"{folder}/{below}", 1)}
        for name in sorted(stored - known(stored)):
            with suppress(FileNotFoundError):  # another sweep was quicker
                if default_storage.get_modified_time(name) < old:
                    default_storage.delete(name)
                    gone += 1
    return gone


def _listed(folder: str, part: int) -> list[str]:
    """The folders (part 0) or files (part 1) in a folder; none when nothing was ever put there."""
    try:
        return sorted(default_storage.listdir(folder)[part])
    except FileNotFoundError:
        return []
