"""The only code of the ground floor that writes."""
