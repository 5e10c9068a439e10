"""Is this paper what the portal issued? Answered from the file somebody uploads, or from the codes on its pages."""

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf
from django.core.files.storage import default_storage

from portal.actors import Actor
from portal.errors import Hidden, Refused
from portal.models import Paper, Stamping
from portal.papers import Standing, document, grouped, read_code
from portal.seals.comparing import Comparison, Unreadable, Verdict, compared, page_marks
from portal.selectors.papers import page_of, paper_for, standing_of, versions
from portal.selectors.seals import stampings

UNKNOWN = "没有找到您有权查看的对应文书。请核对核验码；确认无误的，该文件不是本平台出具给您办理的文书。"
_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Page:
    """One page as it was found: its number in what was brought, whether it is right, and what it is if it isn't."""

    number: int
    is_right: bool
    said: str


@dataclass(frozen=True)
class Checked:
    """The answer: the paper it was held against, whether all is equal, sentences, and pages where they were named."""

    paper: Paper
    name: str
    standing: Standing
    is_equal: bool
    sentences: tuple[str, ...]
    pages: tuple[Page, ...] = ()

    @property
    def is_good(self) -> bool:
        """Equal, and still worth something."""
        return self.is_equal and self.standing is Standing.VALID


# -- a file ----------------------------------------------------------------------------------------------------------
def check_file(actor: Actor, content: bytes, typed: str = "") -> Checked:
    """Hold a PDF against what was issued. `typed`: the check code, where the file no longer says it. Raises Refused."""
    row = _issued_as(actor, content)
    if row is not None:
        return _checked(row, is_equal=True, said=["与平台出具的文件逐字节一致。", *_stamped_since(row, content)])
    row = _gate(actor, typed or code_in(content))
    comparison = min((compared(file, content) for file in _files(row)), key=_distance)
    pages = _pages(actor, row, comparison, content)
    return _checked(row, is_equal=False, said=comparison.sentences, pages=pages)


def _issued_as(actor: Actor, content: bytes) -> Paper | None:
    digest = hashlib.sha256(content).hexdigest()
    stamped = Stamping.objects.filter(after=digest).values_list("paper_id", flat=True)
    for row in Paper.objects.filter(digest=digest) | Paper.objects.filter(pk__in=list(stamped)):
        try:
            return paper_for(actor, row.code)
        except Hidden:
            continue
    return None


def _stamped_since(row: Paper, content: bytes) -> list[str]:
    """What an equal file lacks: seals that were put on the paper after it was taken."""
    digest, there = hashlib.sha256(content).hexdigest(), list(stampings(row))
    here = next((place for place, found in enumerate(there, 1) if found.after == digest), 0)
    names = "、".join(found.organisation for found in there[here:])
    return [f"该文件形成后，{names}又在文书上用印，本文件没有该印章。用印后的文件请从平台下载。"] if names else []


def code_in(content: bytes) -> str:
    """The check code that a file of the portal's bears in its description; empty when it has none."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            found = _CODE.search(str(pdf.docinfo.get("/Keywords", "")))
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise Refused("文件不是完整的PDF文件，无法核对。请上传由平台下载或由其打印、另存的PDF文件。") from error
    return found[0] if found else ""


def _gate(actor: Actor, typed: str) -> Paper:
    if not typed.strip():
        raise Refused("文件中没有平台的核验码，请输入印在页脚的12位核验码后再核对。")
    try:
        return paper_for(actor, typed)
    except Hidden as error:
        raise Refused(UNKNOWN) from error


def _files(row: Paper) -> Iterable[bytes]:
    """Every state in which the paper was issued: bare, and after each stamp."""
    for stored in (row.stored, *(stamping.stored for stamping in stampings(row))):
        with default_storage.open(stored) as file:
            yield bytes(file.read())


def _distance(comparison: Comparison) -> int:
    if comparison.verdict is Verdict.UNREADABLE:
        return 10_000
    return len(comparison.altered) + len(comparison.missing) + len(comparison.added) + len(comparison.moved)


def _pages(actor: Actor, row: Paper, comparison: Comparison, content: bytes) -> tuple[Page, ...]:
    """The pages that are not in their place, and what each of them is: an older version's, another paper's, or none."""
    odd = {*comparison.altered, *comparison.added, *(new for _, new in comparison.moved)}
    if not odd:
        return ()
    try:
        marks = page_marks(content)
    except Unreadable:
        return ()
    return tuple(Page(n, False, _whose(actor, row, marks[n - 1])) for n in sorted(odd) if n <= len(marks))


def _whose(actor: Actor, row: Paper, mark: str) -> str:
    """What a page is that isn't in its place, as far as the asker may hear."""
    if mark in row.marks:
        return f"是本文书的第{row.marks.index(mark) + 1}页，位置不对。"
    for other in Paper.objects.filter(marks__contains=[mark])[:20]:
        try:
            paper_for(actor, other.code)
        except Hidden:
            continue
        page, what = other.marks.index(mark) + 1, document(other.kind).name
        if other.kind == row.kind and other.number == row.number:
            return f"是第{other.version}版的第{page}页，不是第{row.version}版的。"
        return f"是另一文书（{what}，{other.number} 第{other.version}版）的第{page}页。"
    return "与平台出具的任何页面都不一致，内容已被改动或替换。"


# -- the codes on paper ----------------------------------------------------------------------------------------------
def check_codes(actor: Actor, typed: str, pages: str) -> Checked:
    """Hold the codes at the feet of a paper copy's pages, in the order they lie, against what was issued.

    Raises Refused.
    """
    row = _gate(actor, typed)
    codes = [code for code in re.split(r"[\s,，、;；]+", pages.strip()) if code]
    if not codes:
        raise Refused("请按页序输入每页页脚的6位页码校验码，用空格或换行分隔。")
    others = [other for other in versions(row) if other.pk != row.pk]
    found = tuple(_page(row, others, number, code) for number, code in enumerate(codes[:1_000], 1))
    said = []
    if len(codes) != row.pages:
        said.append(f"该文书共{row.pages}页，录入了{len(codes)}页的校验码。")
    if wrong := [page.number for page in found if not page.is_right]:
        said.append(f"第{'、'.join(map(str, wrong))}页不是该文书的相应页。")
    return _checked(row, is_equal=not said, said=said or ["每一页的校验码都与平台出具的文书一致。"], pages=found)


def _page(row: Paper, others: list[Paper], number: int, code: str) -> Page:
    if read_code(code, 6) is None:
        return Page(number, False, "校验码应为6位字母或数字，请核对是否录入有误。")
    page = page_of(row, code)
    if page == number:
        return Page(number, True, "一致。")
    if page is not None:
        return Page(number, False, f"是本文书的第{page}页，位置不对。")
    for other in others:
        if (page := page_of(other, code)) is not None:
            return Page(number, False, f"是第{other.version}版的第{page}页，不是第{row.version}版的。")
    return Page(number, False, "不是该文书任何一版的页，可能录入有误，也可能是被替换的页或其他文书的页。")


def _checked(row: Paper, *, is_equal: bool, said: Iterable[str], pages: tuple[Page, ...] = ()) -> Checked:
    standing, sentences = standing_of(row), list(said)
    if standing is not Standing.VALID:
        sentences.insert(0, f"该文书{standing.label}（核验码 {grouped(row.code)}，第{row.version}版）。")
    return Checked(row, document(row.kind).name, standing, is_equal, tuple(sentences), pages)
