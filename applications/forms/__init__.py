"""What is chosen and typed on the pages of applications, beside the book itself."""
