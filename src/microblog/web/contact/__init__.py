"""Pages for the email addresses of an account."""
