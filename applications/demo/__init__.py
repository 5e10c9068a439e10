"""The demo world's applications."""
