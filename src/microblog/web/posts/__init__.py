"""Pages for one post."""
