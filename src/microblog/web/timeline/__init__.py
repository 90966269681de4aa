"""Pages that list posts: home, everything, a tag."""
