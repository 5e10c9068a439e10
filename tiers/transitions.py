"""Every move that a record of the ladder can make; who may make it is in rules.py."""

from portal.workflow import Workflow

WORKFLOWS: tuple[Workflow, ...] = ()
