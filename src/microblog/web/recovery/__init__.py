"""Pages for members who cannot sign in, and for owners who report a takeover."""
