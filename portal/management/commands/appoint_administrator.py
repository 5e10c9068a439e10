"""Invite one of the three administrators of the platform; the invitation's link is printed and mailed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from portal import audit, walls
from portal.actors import Actor
from portal.errors import Refused
from portal.roles import ADMINISTRATORS, Role
from portal.services.invitations import invite
from portal.services.memberships import post_at


class Command(BaseCommand):
    """manage.py appoint_administrator ROLE EMAIL NAME --reason WHY"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Role, address, name and the reason that goes on record."""
        parser.add_argument("role", choices=sorted(ADMINISTRATORS))
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--reason", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Invite, on record."""
        actor, role = Actor(system="管理命令"), Role(options["role"])
        try:
            with walls.system(f"任命{role.label}：{options['reason']}", actor):
                invitation, token = invite(actor, email=options["email"], name=options["name"], post=post_at(role))
                audit.record("administrator.appoint", invitation, actor, role=role, reason=options["reason"])
        except Refused as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        self.stdout.write(settings.PUBLIC_URL + reverse("invitation", args=[token]))
