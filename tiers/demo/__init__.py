"""The ladder's part of the demo world."""
