"""Which dossiers there are, and whose takes which turn."""

from pathlib import Path

from portal.declared import Form
from replay.chain import PROGRAMME, Turns
from replay.dossiers import Dossier, dossiers
from tiers import book_file, edition_file
from tiers.book_form import book_form
from tiers.editions import Edition
from tiers.selectors.rounds import programmes
from tiers.services.catalogue import BOOKS, FOLDER

TURNS = Turns(late="22-wuhan-laser", rejected="14-jingzhou-drilling", returned="04-yichang-yeast")


def form_of_2024() -> tuple[Form, Edition]:
    """The book of the round, and the conditions it is measured by, from the shipped files."""
    edition = edition_file.read(FOLDER / "2024.toml")
    programme = next(found for found in programmes() if found.code == PROGRAMME)
    return book_form(book_file.read(BOOKS / "2024.toml"), edition, programme.terms, "excellent"), edition


def dossiers_of_2024(folder: Path) -> list[Dossier]:
    """Every dossier of the folder, read under that form."""
    return dossiers(folder, *form_of_2024())
