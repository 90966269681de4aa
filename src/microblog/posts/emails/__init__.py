"""The emails of this package: one declaration in each module, its templates beside it. See docs/adding.md."""
