"""Editions of the conditions and books of applications, kept as they were loaded."""

from typing import Any, TypeVar

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from tiers import book, book_file, edition_file, editions

Loaded = TypeVar("Loaded", "Edition", "BookForm")
_KEPT: dict[tuple[str, type[models.Model], Any], Any] = {}
_BOOKS: dict[str, book.Book] = {}
_VALUES: dict[str, editions.Edition] = {}


def kept(model: type[Loaded], pk: Any) -> Loaded:
    """An edition or a book, read once in each process: the database refuses to change a row of either."""
    name = connection.settings_dict["NAME"], model, pk
    if name not in _KEPT:
        _KEPT[name] = model._base_manager.get(pk=pk)
    found: Loaded = _KEPT[name]
    return found


class Edition(models.Model):
    """One revision of a year's conditions, as its file had it when it was loaded.

    What is measured against it must be found again years later, so it never changes: a correction is a new revision.
    """

    code = models.SlugField("版本", max_length=20)
    revision = models.PositiveSmallIntegerField("修订")
    name = models.CharField("名称", max_length=100)
    document = models.JSONField("内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64)
    loaded_at = models.DateTimeField("载入时间")

    class Meta:
        verbose_name = "要素条件版本"
        ordering = ("-code", "-revision")
        constraints = [
            UniqueConstraint(fields=["code", "revision"], name="edition_revision_once"),
            CheckConstraint(condition=Q(revision__gte=1), name="edition_revision_from_1"),
        ]
        triggers = [pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.code} r{self.revision}"

    @property
    def value(self) -> editions.Edition:
        """The conditions as a value; made once for each content, because a loaded revision never changes."""
        if self.digest not in _VALUES:
            _VALUES[self.digest] = edition_file.parse(dict(self.document), str(self))
        return _VALUES[self.digest]


class BookForm(models.Model):
    """One revision of an application's book, as its file had it when it was loaded.

    An application is written, submitted and read under the revision it was begun with, so it never changes.
    """

    code = models.SlugField("申报书", max_length=20)
    revision = models.PositiveSmallIntegerField("修订")
    name = models.CharField("名称", max_length=100)
    document = models.JSONField("内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64)
    loaded_at = models.DateTimeField("载入时间")

    class Meta:
        verbose_name = "申报书格式"
        ordering = ("-code", "-revision")
        constraints = [
            UniqueConstraint(fields=["code", "revision"], name="book_revision_once"),
            CheckConstraint(condition=Q(revision__gte=1), name="book_revision_from_1"),
        ]
        triggers = [pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.code} r{self.revision}"

    @property
    def value(self) -> book.Book:
        """What it asks, as a value; made once for each content, because a loaded revision never changes."""
        if self.digest not in _BOOKS:
            _BOOKS[self.digest] = book_file.parse(dict(self.document), str(self))
        return _BOOKS[self.digest]
