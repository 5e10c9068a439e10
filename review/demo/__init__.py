"""The demo world's part of the review."""
