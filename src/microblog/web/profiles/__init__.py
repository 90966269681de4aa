"""Profile pages and editing a profile."""
