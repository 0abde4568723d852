"""The trade's own errors; the site maps each to one status."""


class Refused(Exception):
    """What an action refuses; attempt says whose event it was, so that the refusal can be kept (see market/attempts.py)."""

    attempt: object | None = None


class NotFound(LookupError):
    """There is no such thing, or it is not the asker's to see."""


class NotAllowed(Refused, PermissionError):
    """The asker may not do this."""


class NotSignedIn(PermissionError):
    """Nobody is signed in, and the asker must be."""


class NotPossibleNow(Refused, RuntimeError):
    """The state of things does not let this happen now."""


class InvalidInput(Refused, ValueError):
    """What was given is wrong; the message says what, where, and what to do."""
