"""What the ladder does when something on a lower floor has changed; called in the same transaction."""

from tiers.services.factories import follow_enterprise

ENTERPRISE_AMENDED = (follow_enterprise,)
