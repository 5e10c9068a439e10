"""The states of what the review decides, signs and sends."""

from django.db.models import TextChoices


class FirstReviewState(TextChoices):
    """The first review of an application by the office that it lies before (82号 二(三)1)."""

    OPEN = "open", "待初审"
    PASSED = "passed", "通过初审"
    REJECTED = "rejected", "不予推荐"
    RECONSIDERING = "reconsidering", "复核中"


class SignOffState(TextChoices):
    """What a joint department was asked, and what it said; as long as it says nothing it is silent, never agreed."""

    ASKED = "asked", "未答复"
    AGREED = "agreed", "同意"
    DISAGREED = "disagreed", "不同意"
    TO_VERIFY = "to_verify", "需核查"
    VOID = "void", "已作废"


class ListState(TextChoices):
    """A city's list, from being drawn up to being received by the unit (82号 二(三)1)."""

    DRAFTING = "drafting", "编制中"
    SIGNING = "signing", "会签中"
    SENT = "sent", "已报送"
    ACCEPTED = "accepted", "省级已接收"
    RETURNED = "returned", "省级退回"
    LOCKED = "locked", "到期锁定"


# While a list is in one of these, its city may still change what stands on it.
WRITABLE = frozenset({ListState.DRAFTING, ListState.SIGNING, ListState.RETURNED})
# What has gone up: nothing on it changes any more unless the unit returns it.
GONE_UP = frozenset({ListState.SENT, ListState.ACCEPTED})


class CandidateState(TextChoices):
    """An application that reached the unit, until it is taken in to be judged (82号 二(三)3)."""

    ARRIVED = "arrived", "待受理"
    ACCEPTED = "accepted", "已受理"
    SENT_BACK = "sent_back", "退回市州"
    REFUSED = "refused", "不予受理"


class UnitListState(TextChoices):
    """A unit's list, from being drawn up to being sent to the ministry (399号 二(二)3)."""

    DRAFTING = "drafting", "编制中"
    SIGNING = "signing", "会签中"
    SENT = "sent", "已上报"
    RETURNED = "returned", "部级要求补正"


# -- made public, sent up, decided -----------------------------------------------------------------------------------
class PublicityState(TextChoices):
    """A list that is made public before it is final; what was published is withdrawn, never deleted."""

    DRAFT = "draft", "草拟"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class ObjectionState(TextChoices):
    """An objection to somebody on such a list."""

    LODGED = "lodged", "待受理"
    HANDLING = "handling", "核查中"
    REFUSED = "refused", "不予受理"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


# An objection in one of these keeps its list from being final.
UNSETTLED = frozenset({ObjectionState.LODGED, ObjectionState.HANDLING})


class DispatchState(TextChoices):
    """What a unit sent to the ministry, version by version."""

    SENT = "sent", "已上报"
    RECEIVED = "received", "部级已接收"
    SUPPLEMENTING = "supplementing", "要求补正"
    SUPERSEDED = "superseded", "已由新版本代替"
    DECIDED = "decided", "已公布结果"


class Result(TextChoices):
    """What became of an application in the end."""

    RECOGNISED = "recognised", "认定"
    NOT_RECOGNISED = "not_recognised", "不予认定"
    NOT_RECOMMENDED = "not_recommended", "未列入推荐"


# -- experts
class PanelState(TextChoices):
    """A panel of experts, from being drawn up to having done its work (82号 二(三)3)."""

    FORMING = "forming", "组建中"
    SCORING = "scoring", "评分中"
    OPENED = "opened", "已开放互看"
    CLOSED = "closed", "已结束"


class SeatState(TextChoices):
    """An expert's place on a panel."""

    INVITED = "invited", "待答复"
    CONSENTED = "consented", "已同意"
    DECLINED = "declined", "已谢绝"
    RELEASED = "released", "已退出"


class SheetState(TextChoices):
    """An expert's sheet about one candidate: what was asked of them, and what came of it."""

    ASSIGNED = "assigned", "待声明"
    OPEN = "open", "评分中"
    SIGNED = "signed", "已签署"
    RECUSED = "recused", "已回避"
    RELEASED = "released", "已撤换"


# Sheets that count as an expert's: those they were asked for and still have.
HELD_SHEETS = (SheetState.ASSIGNED, SheetState.OPEN, SheetState.SIGNED)


class VisitState(TextChoices):
    """A visit on site."""

    PLANNED = "planned", "已安排"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"
