"""What the tiers are called: the same in every edition."""

TIER_NAMES = {"basic": "基础级", "advanced": "先进级", "excellent": "卓越级", "leading": "领航级"}
TIERS = tuple(TIER_NAMES.items())
