"""What protects every request: security headers, CSRF, rate limits, repeated posts, the session cookie."""
