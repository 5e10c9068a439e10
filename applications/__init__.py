"""The enterprise's case: from the question whether it may apply to a submission that stands."""
