"""The states that records of the ladder go through."""
