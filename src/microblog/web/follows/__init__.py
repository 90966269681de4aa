"""Following members."""
