"""Protections of every request: security headers, CSRF, clients, repeated posts, the session cookie."""
