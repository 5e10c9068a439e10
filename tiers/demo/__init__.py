"""What the demo world has of the ladder."""
