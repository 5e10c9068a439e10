"""What the review writes."""
