"""Flask-Mail compatibility, and the local mailbox."""
