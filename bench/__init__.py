"""What the house promises about speed, measured: `make bench`."""
