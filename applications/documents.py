"""The documents that the portal issues to whoever applies; each is made from the frozen submission alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from applications.book_layout import attached, chapters
from applications.models import Attachment, Submission
from applications.selectors.papers import Paper as Draft
from applications.selectors.papers import recommender, submitted_edition, submitted_form
from applications.selectors.printing import draft_source, standing, submission_source
from applications.services.files import opened
from applications.services.submitting import COMMITMENTS
from applications.states import Track
from portal.clock import beijing
from portal.papers import Document
from portal.pdf import rendered
from portal.uploads.pictures import for_paper
from tiers.names import TIER_NAMES

_PIECE = 16


def receipt(submission: Submission) -> bytes:
    """The receipt of a version (申报回执) at once, as whoever hands in gets it: no worker, no codes.

    The same bytes for the same submission each time.
    """
    return rendered("documents/receipt.html", receipt_facts(submission), identifier=submission.digest)


def receipt_facts(submission: Submission) -> dict[str, Any]:
    """What stands on the receipt of a version."""
    document = submission.document
    return {
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


# -- the book --------------------------------------------------------------------------------------------------------
def book(submission: Submission) -> dict[str, Any]:
    """What stands in the book (申报书) of a version, all of it frozen."""
    said = submission.document
    form = submitted_form(submission)
    return _titled(said["round"]["tier"]) | {
        "project": submission.project,
        "applicant": said["enterprise"]["name"],
        "recommender": said["round"]["unit"].get("office") or recommender(submission.unit),
        "commitments": said["commitment"]["texts"],
        "commitment": said["commitment"],
        "committed_at": beijing(datetime.fromisoformat(said["commitment"]["at"])),
        "submitted_at": beijing(submission.submitted_at),
        "chapters": chapters(form, said["sections"], said["files"], submitted_edition(submission).value),
        "attached": attached(form, said["files"]),
        "lines": said["screening"],
    }


def book_pictures(submission: Submission) -> dict[str, bytes]:
    """The pictures that its texts show."""
    handed_in = {
        file["id"] for held in submission.document["files"].values() for files in held.values() for file in files
    }
    return _pictures(submission.application.files.filter(pk__in=handed_in))


def draft(what: Draft) -> dict[str, Any]:
    """The book of an application as it stands before it is handed in."""
    row, form, round_ = what.application, what.form, what.application.round
    return _titled(round_.tier) | {
        "project": what.answers.get("factory", {}).get("project", ""),
        "applicant": row.enterprise.name,
        "recommender": recommender(round_.unit),
        "commitments": [text for _, text, _ in COMMITMENTS],
        "chapters": chapters(form, what.answers, _held(what), round_.edition.value),
        "attached": attached(form, _held(what)),
    }


def draft_pictures(what: Draft) -> dict[str, bytes]:
    """The pictures that a draft's texts show."""
    return _pictures(file for held in what.handed_in.values() for file in held)


def _titled(tier: str) -> dict[str, str]:
    name = TIER_NAMES[tier]
    return {"title": f"{name}智能工厂项目申报书", "tier": name}


def _held(what: Draft) -> dict[str, dict[str, list[dict[str, Any]]]]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for field, files in what.handed_in.items():
        for file in files:
            said = {"id": file.pk, "name": file.name, "size": file.size, "digest": file.digest}
            found.setdefault(file.section, {}).setdefault(field, []).append(said)
    return found


def _pictures(files: Iterable[Attachment]) -> dict[str, bytes]:
    """By number; those that were attached for their own sake are left out."""
    found = {}
    for file in files:
        if file.media_type.startswith("image/") and not file.field.startswith("attachment."):
            with opened(file) as content:
                found[str(file.pk)] = for_paper(content)
    return found


def _submission_page(key: str) -> str:
    ref, _, version = key.partition("/")
    return reverse("submission", args=[ref, version])


def _draft_page(key: str) -> str:
    return reverse("application_check", args=[key])


DOCUMENTS = {
    "receipt": Document(
        "申报回执", "documents/receipt.html", "paper.book", submission_source, receipt_facts, standing,
        page=_submission_page,
    ),
    "book": Document(
        "智能工厂项目申报书", "documents/book.html", "paper.book", submission_source, book, standing, book_pictures,
        page=_submission_page,
    ),
    "draft": Document(
        "智能工厂项目申报书（草稿）", "documents/book.html", "paper.book", draft_source, draft, standing,
        draft_pictures, page=_draft_page,
    ),
}  # fmt: skip
