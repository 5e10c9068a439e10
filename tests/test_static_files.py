"""What browsers are served beside pages: what pages name and no more, under names that change with it, and packed."""

import json
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command

_NAMED = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files as a start puts them in place, under their names and not packed."""
    folder = tmp_path_factory.mktemp("static")
    with pytest.MonkeyPatch.context() as patch:
        plain = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
        patch.setattr(settings, "STORAGES", settings.STORAGES | {"staticfiles": plain})
        patch.setattr(settings, "STATIC_ROOT", folder)
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_every_file_that_a_page_names_is_there(collected: Path) -> None:
    paths = json.loads((collected / "staticfiles.json").read_text())["paths"]
    named = {
        name
        for page in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for name in _NAMED.findall(page.read_text())
    }
    assert named
    assert named <= set(paths)
    assert all((collected / paths[name]).is_file() for name in named)


def test_of_libraries_only_what_pages_use_is_there(collected: Path) -> None:
    """Packing all that the libraries bring took longer than everything else of a first start."""
    paths = json.loads((collected / "staticfiles.json").read_text())["paths"]
    there = {name for name in paths if not name.startswith(("css/", "js/", "img/", "account/", "mfa/", "fonts/"))}
    assert there == {
        "vendor/bootstrap/css/bootstrap.min.css",
        "vendor/bootstrap/css/bootstrap.min.css.map",
        "vendor/htmx/htmx.min.js",
    }


def test_they_are_kept_packed_for_browsers_that_take_them_so(tmp_path: Path, settings: Any) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("p { color: #123456 }\n" * 200)
    (source / "one.css.map").write_text("{}" * 2_000)
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES |= {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    kept = {file.name for file in (tmp_path / "static").iterdir()}
    assert {"one.css", "one.css.br", "one.css.gz", "one.css.map"} <= kept
    assert "one.css.map.br" not in kept
    packed = (tmp_path / "static" / "one.css.br").read_bytes()
    assert brotli.decompress(packed) == (source / "one.css").read_bytes()
