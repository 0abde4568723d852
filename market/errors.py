"""The trade's own errors; the site maps each to one status."""


class NotFound(LookupError):
    """There is no such thing, or it is not the asker's to see."""


class NotAllowed(PermissionError):
    """The asker may not do this."""


class NotSignedIn(PermissionError):
    """Nobody is signed in, and the asker must be."""


class NotPossibleNow(RuntimeError):
    """The state of things does not let this happen now."""


class InvalidInput(ValueError):
    """What was given is wrong; the message says what, where, and what to do."""
