"""The outbox key of reset emails."""


def reset_email_key(identifier_key: str) -> str:
    """Return what the reset emails for one identifier share: a newer one takes the place of one that waits."""
    return f"reset {identifier_key}"
