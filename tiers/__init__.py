"""What is on offer: the ladder of tiers, and where a factory stands on it."""
