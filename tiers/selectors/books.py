"""The books that applications are written in."""

from django.db.models import QuerySet

from portal.errors import Hidden, Refused
from tiers.models import BookForm, Round
from tiers.terms import TIERS


def current_books() -> QuerySet[BookForm]:
    """The newest revision of each book, newest book first."""
    newest = BookForm.objects.order_by("code", "-revision").distinct("code").values("pk")
    return BookForm.objects.filter(pk__in=newest)


def books_for_edition(code: str) -> QuerySet[BookForm]:
    """The books in which tiers of an edition are applied for."""
    return current_books().filter(document__serves__contains=[{"edition": code}])


def book_for(round_: Round) -> BookForm:
    """The book in which a round's applications are written: the newest that serves its edition and tier.

    Raises Refused when there is none.
    """
    row = book_serving(round_)
    if row is None:
        _, tier = TIERS[round_.tier]
        raise Refused(f"本批次（{tier}）尚无对应的申报书格式，暂不能填写申报书，请与受理单位联系。")
    return row


def book_serving(round_: Round) -> BookForm | None:
    """The same, or None."""
    served = {"edition": round_.edition.code, "tiers": [round_.tier]}
    return current_books().filter(document__serves__contains=[served]).first()


def book_form_for(code: str, revision: str = "") -> BookForm:
    """One revision of a book, the newest unless another is asked for. Raises Hidden."""
    rows = BookForm.objects.filter(code=code)
    if revision:
        rows = rows.filter(revision=int(revision)) if revision.isdecimal() and len(revision) < 5 else rows.none()
    if row := rows.first():
        return row
    raise Hidden("book", f"{code} {revision}".strip())
