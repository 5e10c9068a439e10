"""What the ground floor keeps."""

from portal.audit import AuditBlock, AuditEvent
from portal.models.drafts import DraftSection
from portal.models.enterprises import Enterprise, EnterpriseFacts, Nature, Registration
from portal.models.files import StoredFile
from portal.models.notices import Notice
from portal.models.packages import Package, PackageItem
from portal.models.papers import Paper
from portal.models.people import Invitation, Membership, User
from portal.models.places import City, Department, Industry, Office, OfficeLevel, Region, RegionLevel, Unit, UnitKind
from portal.models.seals import Mark, Seal, Stamping
from portal.models.upkeep import Heartbeat, Mail, RehearsalClock

__all__ = [
    "AuditBlock",
    "AuditEvent",
    "City",
    "Department",
    "DraftSection",
    "Enterprise",
    "EnterpriseFacts",
    "Heartbeat",
    "Industry",
    "Invitation",
    "Mail",
    "Mark",
    "Membership",
    "Nature",
    "Notice",
    "Office",
    "OfficeLevel",
    "Package",
    "PackageItem",
    "Paper",
    "Region",
    "RegionLevel",
    "Registration",
    "RehearsalClock",
    "Seal",
    "Stamping",
    "StoredFile",
    "Unit",
    "UnitKind",
    "User",
]
