"""What the review reads."""
