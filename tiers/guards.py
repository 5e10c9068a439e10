"""Conditions of the ladder's moves: each gives a reason, or None when it is satisfied."""
