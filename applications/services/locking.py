"""The one order in which applications are locked: the application first, then its parts."""

from django.db.models import QuerySet

from applications.models import Application
from portal.compiled import Compiled
from portal.errors import Refused
from tiers.models import BookForm, Edition, kept

# What a frozen document says of the applicant.
_BESIDE = (
    "round__unit", "factory__region", "factory__industry", "enterprise__region", "enterprise__industry",
    "enterprise__group", "city__region",
)  # fmt: skip


def lock(application: Application) -> Application:
    """The application, fresh and locked until the transaction ends. Raises Refused when it was deleted meanwhile."""
    rows = _lockable().select_related(*_BESIDE).filter(pk=application.pk)
    return _locked(list(rows))


def lock_to_save(application: Application) -> Application:
    """The same with no more around it than a save reads: one comes at every pause in typing. Raises Refused."""
    return _locked(_to_save(application.pk))


def _lockable() -> QuerySet[Application]:
    return Application.objects.select_for_update(of=("self",), no_key=True).defer("round__terms").order_by()


_to_save = Compiled(lambda pk: _lockable().select_related("round").filter(pk=pk), int)


def _locked(found: list[Application]) -> Application:
    if not found:
        raise Refused("该申报草稿刚刚已被删除，请返回申报列表查看。")
    (row,) = found
    row.book, row.round.edition = kept(BookForm, row.book_id), kept(Edition, row.round.edition_id)
    return row
