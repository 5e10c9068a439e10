"""What is read of applications, and by whom."""
