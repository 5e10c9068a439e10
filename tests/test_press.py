"""A press under its limits: what it can't make it refuses, and the machine is afterwards as it was."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from portal.press import Unmade, pressed

LINK = '<link rel="stylesheet" href="asset:css/paper.css">'
HEAD = f"<!doctype html><html lang=zh-CN><head><title>纸</title>{LINK}</head><body>"
PAPER = HEAD + "<p>面向水泵〔䶮〕喆 ㎡</p>" * 60


def test_a_press_that_takes_too_long_or_too_much_is_ended_and_says_so() -> None:
    many = "<p>字</p>" * 10_000
    with pytest.raises(Unmade, match="超过1秒"):
        pressed(many, identifier="x", pictures={}, seconds=1, megabytes=2_000)
    with pytest.raises(Unmade, match="内存"):
        pressed(many, identifier="x", pictures={}, seconds=300, megabytes=20)


REFUSED = hashlib.sha256(b"").hexdigest()
# In a process of its own: what other tests have freed would be there for the fonts, and hide what this looks for.
LIMITS = """
import django, hashlib, pathlib
django.setup()
from portal.press import Unmade, pressed
from tests.test_press import PAPER
for megabytes in (2000, 0, 1, 10, 35, 75, 100, 150):
    try:
        made = pressed(PAPER, identifier="x", pictures={}, seconds=60, megabytes=megabytes)
    except Unmade:
        made = b""
    cache = b"".join(file.name.encode() + file.read_bytes() for file in sorted(pathlib.Path("cache").iterdir()))
    made, kept = (hashlib.sha256(content).hexdigest() for content in (made, cache))
    print(made, len(cache) > 1_000, kept)
"""


def test_too_little_memory_never_costs_a_paper_its_fonts_nor_the_machine_its_own(tmp_path: Path) -> None:
    """A cache of the machine's fonts that is this test's own, and the paper at several limits: whole, or refused."""
    own = tmp_path / "fonts.conf"
    own.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>/usr/share/fonts</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    environment = dict(os.environ, FONTCONFIG_FILE=str(own), PYTHONPATH=str(settings.BASE_DIR))
    done = subprocess.run(
        [sys.executable, "-c", LIMITS], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    papers, known, caches = zip(*(line.split() for line in done.stdout.splitlines()), strict=True)
    assert set(papers) == {papers[0], REFUSED}
    assert papers[0] != REFUSED
    assert set(known) == {"True"}
    assert len(set(caches)) == 1, "the machine's fonts are as they were"


def test_what_an_ended_press_leaves_lying_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Unmade):
        pressed(PAPER * 300, identifier="x", pictures={}, seconds=2, megabytes=2_000)
    assert list(tmp_path.iterdir()) == []
