"""What templates can ask for beside Django's own."""
