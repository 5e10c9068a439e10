"""What officers type in the review."""
