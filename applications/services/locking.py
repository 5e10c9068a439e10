"""The one order in which applications are locked: the application first, then its parts."""

from applications.models import Application
from portal.errors import Refused


def lock(application: Application) -> Application:
    """The application, fresh and locked until the transaction ends. Raises Refused when it was deleted meanwhile."""
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related(
        "round__unit",
        "round__edition",
        "book",
        "factory__region",
        "factory__industry",
        "enterprise__region",
        "enterprise__industry",
        "enterprise__group",
        "city__region",
    )
    row = rows.defer("round__terms", "round__edition__document", "book__document").filter(pk=application.pk).first()
    if row is None:
        raise Refused("该申报草稿刚刚已被删除，请返回申报列表查看。")
    return row
