"""The form of an application: a book with the round's limits and attachments and the edition's names put in. Pure."""

from dataclasses import replace
from functools import lru_cache

from portal.declared import Block, Field, Form, Kind, Section
from tiers.assessment_form import indicator_blocks
from tiers.book import Asked, Book, Chapter, Draws, Part, When
from tiers.editions import Edition, Force
from tiers.terms import Attachment, Limit, Terms

_PICTURES = 10  # of a text, where the round doesn't say


def book_form(book: Book, edition: Edition, terms: Terms, tier: str, names: tuple[str, ...] = ()) -> Form:
    """The form to be filled in for a tier. `names` of scenarios are offered in place of the edition's own.

    Made once for the same book, edition, limits, attachments, tier and names; the same object is handed out again.
    """
    return _form(book, edition, terms.limits, terms.attachments, tier, names)


@lru_cache(maxsize=128)
def _form(
    book: Book,
    edition: Edition,
    limits: tuple[Limit, ...],
    attachments: tuple[Attachment, ...],
    tier: str,
    names: tuple[str, ...],
) -> Form:
    maker = _Maker(edition, {limit.code: limit.most for limit in limits}, attachments, tier, names)
    sections = (maker.section(chapter) for chapter in book.chapters)
    return Form(f"book-{book.code}-{book.revision}", book.name, tuple(s for s in sections if s.blocks))


class _Maker:
    """What a form is made with."""

    def __init__(
        self,
        edition: Edition,
        limits: dict[str, int],
        attachments: tuple[Attachment, ...],
        tier: str,
        names: tuple[str, ...],
    ) -> None:
        self.edition, self.limits, self.attachments = edition, limits, attachments
        self.force = edition.tier(tier).coverage.force
        guide = [*edition.area_of_guide, *([edition.beside] if edition.beside else [])]
        self.guide = tuple((name, name) for name in guide)
        self.names = names or tuple(scenario.name for scenario in edition.scenarios)

    def section(self, chapter: Chapter) -> Section:
        blocks = tuple(block for part in chapter.parts for block in self.blocks(part))
        return Section(chapter.code, chapter.title, blocks, " ".join(filter(None, (chapter.text, chapter.intro))))

    def blocks(self, part: Part) -> tuple[Block, ...]:
        """The blocks a part makes; none when it isn't asked, or has nothing to ask."""
        if part.when is When.COVERAGE_IN_PRINCIPLE and self.force is not Force.IN_PRINCIPLE:
            return ()
        if part.draws is Draws.INDICATORS:
            return indicator_blocks(self.edition)
        drawn = (
            [_file_field(attachment) for attachment in self.attachments]
            if part.draws
            else [self.field(asked, part.clause) for asked in part.asked]
        )
        return (Block(part.code, part.title, tuple(drawn), part.clause, note=part.note),) if drawn else ()

    def field(self, asked: Asked, clause: str) -> Field:
        """The field, with what is the round's or the edition's; a length that the round doesn't limit has none.

        `clause`: its block's, for a question that has none of its own.
        """
        pictures = self.limits.get(asked.pictures, _PICTURES) if asked.pictures else asked.field.pictures
        return replace(
            asked.field,
            clause=asked.field.clause or clause,
            limit=self.limits.get(asked.limit, 0) if asked.limit else asked.field.limit,
            pictures=pictures,
            choices=self.guide if asked.choices_from else asked.field.choices,
            suggestions=self.names if asked.suggestions_from else (),
            columns=tuple(self.field(column, clause) for column in asked.columns),
        )


def _file_field(attachment: Attachment) -> Field:
    return Field(
        f"attachment.{attachment.code}",
        attachment.name,
        Kind.FILES,
        required=attachment.required,
        help=attachment.help,
        clause=attachment.clause,
        formats=attachment.formats,
        most_mb=attachment.most_mb,
        most_files=attachment.most,
    )
