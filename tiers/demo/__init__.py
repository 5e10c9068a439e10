"""What the demo world adds to the ladder; built through the services that people use."""
