"""What can go wrong here, in the reader's words."""


class Unable(Exception):
    """What cannot be done, as a sentence for the terminal."""


class AlreadyRunning(Unable):
    """The folder's servers belong to another process."""
