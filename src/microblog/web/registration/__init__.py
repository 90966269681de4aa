"""Pages for signing up."""
