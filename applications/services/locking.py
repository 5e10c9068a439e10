"""The one order in which applications are locked: the application first, then its parts."""

from applications.models import Application
from portal.errors import Refused
from tiers.models import BookForm, Edition, kept

# What a frozen document says of the applicant.
_BESIDE = (
    "round__unit", "factory__region", "factory__industry", "enterprise__region", "enterprise__industry",
    "enterprise__group", "city__region",
)  # fmt: skip


def lock(application: Application) -> Application:
    """The application, fresh and locked until the transaction ends. Raises Refused when it was deleted meanwhile."""
    return _locked(application, *_BESIDE)


def lock_to_save(application: Application) -> Application:
    """The same with no more around it than a save reads: one comes at every pause in typing. Raises Refused."""
    return _locked(application, "round")


def _locked(application: Application, *beside: str) -> Application:
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related(*beside)
    try:
        row = rows.defer("round__terms").get(pk=application.pk)
    except Application.DoesNotExist as error:
        raise Refused("该申报草稿刚刚已被删除，请返回申报列表查看。") from error
    row.book, row.round.edition = kept(BookForm, row.book_id), kept(Edition, row.round.edition_id)
    return row
