"""Archives: what can be opened as one, whatever else the file is."""

import struct
import zipfile
from typing import BinaryIO


def is_archive(stream: BinaryIO) -> bool:
    """Whether a zip archive with something in it can be read from the end of the file, as archivers do."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError, LookupError):
        return False
