"""The documents that the portal issues to whoever applies; each is made from the frozen submission alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from applications.models import Submission
from applications.states import Track
from portal.clock import beijing
from portal.pdf import rendered

_PIECE = 16


def receipt(submission: Submission) -> bytes:
    """The receipt of a version (申报回执) as PDF; the same bytes for the same submission each time."""
    document = submission.document
    context = {
        "submission": submission,
        "document": document,
        "project": submission.project,
        "track": Track(document["track"]).label,
        "submitted_at": beijing(submission.submitted_at),
        "committed_at": beijing(datetime.fromisoformat(document["commitment"]["at"])),
        "sections": len(document["sections"]),
        "files": sum(len(files) for fields in document["files"].values() for files in fields.values()),
        "digest": [submission.digest[place : place + _PIECE] for place in range(0, len(submission.digest), _PIECE)],
        "next_steps": next_steps(document),
    }
    return rendered("documents/receipt.html", context, identifier=submission.digest)


def next_steps(document: Mapping[str, Any]) -> list[str]:
    """What follows a submission; without dates, which may still be moved."""
    unit, city = document["round"]["unit"]["name"], document["enterprise"].get("city")
    if document["track"] == Track.DIRECT:
        found = [f"直接申报不参加市州和省级排序，不占推荐名额，由{unit}核对后办理。"]
    elif city:
        found = [f"{city}工业和信息化主管部门会同相关部门初审并报送。", f"{unit}组织评审和推荐。"]
    else:
        found = [f"{unit}组织评审和推荐。"]
    return [
        *found,
        "审核中需要修改的，平台将退回并通知；只开放退回单位列明的内容，重新提交后版本号递增。",
        "企业申报截止前，企业管理员可以撤回修改后重新提交，以最后提交的版本为准。",
        "各环节的期限和办理进度以平台公布的为准。",
    ]
