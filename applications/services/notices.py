"""Who is told what about an application: the applicant's own people, and whoever returned it; nobody else."""

from django.urls import reverse

from applications.models import Application, Submission
from applications.selectors.applications import people_of
from portal.models import User
from portal.roles import Role
from portal.services.notices import tell
from tiers.rounds import said

_FILLING = (Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK)


def _own(application: Application) -> list[User]:
    return [membership.user for membership in people_of(application, *_FILLING)]


def _page(application: Application) -> str:
    return reverse("application", args=[application.ref])


def _until(application: Application) -> str:
    return said(application.correct_until or application.round.enterprise_until)


def submitted(submission: Submission) -> None:
    """The applicant's people have it in writing; whoever returned the version before learns that it is back."""
    row = submission.application
    text = f"{row.factory.name}的申报已提交，受理编号{submission.number}，第{submission.version}版。"
    tell(_own(row), text, address=_page(row), template="application_submitted", submission=submission, application=row)
    if correction := row.corrections.filter(version=submission.version - 1).first():
        again = f"{row.enterprise.name}已按退回意见重新提交（{submission.number}，第{submission.version}版）。"
        tell([correction.returned_by], again, address=_page(row))


def withdrawn(application: Application) -> None:
    """The applicant's people learn that nothing stands for them until they submit again."""
    until = application.round.enterprise_until
    text = f"{application.factory.name}的申报（{application.number}）已撤回，须在{said(until)}前重新提交。"
    tell(_own(application), text, address=_page(application), template="application_withdrawn", application=application)


def returned(application: Application) -> None:
    """The applicant's people learn what to mend, and until when."""
    text = f"{application.factory.name}的申报（{application.number}）被退回修改，请于{_until(application)}前重新提交。"
    correction = application.corrections.first()
    tell(
        _own(application),
        text,
        address=_page(application),
        template="application_returned",
        application=application,
        correction=correction,
    )


def extended(application: Application) -> None:
    """The applicant's people learn of the time they were given."""
    text = f"{application.factory.name}的申报（{application.number}）修改时限延至{_until(application)}。"
    tell(_own(application), text, address=_page(application), template="application_extended", application=application)


def lapsed(application: Application) -> None:
    """The applicant's people and the reviewer learn that what was submitted before stands."""
    text = f"{application.factory.name}的申报（{application.number}）未在修改时限内重新提交，按原提交内容继续审核。"
    tell(_own(application), text, address=_page(application), template="application_lapsed", application=application)
    if correction := application.corrections.first():
        tell([correction.returned_by], f"{application.enterprise.name}：{text}", address=_page(application))


def asked(application: Application, asker: User) -> None:
    """The enterprise's administrators learn that a colleague has it ready for them to submit."""
    admins = [membership.user for membership in people_of(application, Role.ENTERPRISE_ADMIN)]
    until = _until(application)
    text = f"{asker.name}提请您检查并提交{application.factory.name}的申报，截止时间为{until}（北京时间）。"
    tell(
        admins,
        text,
        address=reverse("application_submit", args=[application.ref]),
        template="application_asked",
        application=application,
        asker=asker,
        until=until,
    )
