"""What the templates of the review ask for."""
