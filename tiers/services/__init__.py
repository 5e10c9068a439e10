"""The only code of the ladder that writes."""
