"""Everything that writes to an application."""
