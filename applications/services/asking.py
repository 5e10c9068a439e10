"""A clerk asks the enterprise's administrators to look over and hand in what is ready."""

from datetime import timedelta

from django.db import transaction

from applications.models import Application
from applications.selectors.applications import people_of
from applications.services import notices
from applications.services.locking import lock
from applications.services.writing import open_for_writing
from portal import audit, clock
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.roles import Role
from portal.rules import may

PAUSE = timedelta(minutes=10)


def ask_to_submit(application: Application, *, actor: Actor) -> int:
    """Tell the administrators; how many. Raises Denied, Refused: nobody to tell, told a moment ago, too late."""
    if not may(actor, "application.ask", application):
        raise Denied("application.ask")
    with transaction.atomic():
        row = lock(application)
        open_for_writing(row)
        admins = people_of(row, Role.ENTERPRISE_ADMIN)
        if not admins:
            raise Refused("本企业目前没有可办理的企业管理员，请联系所在市州工业和信息化主管部门。")
        now = clock.now()
        asked = AuditEvent.objects.filter(verb="application.ask", subject_id=str(row.pk), at__gt=now - PAUSE)
        if asked.exists():
            raise Refused("刚刚已提请过企业管理员，请稍后再试，或直接联系。")
        notices.asked(row, actor.person)
        audit.record("application.ask", row, actor, count=len(admins))
    return len(admins)
