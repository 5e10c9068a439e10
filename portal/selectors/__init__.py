"""What each role may list, and the gates that fetch and authorise one object in one act."""
