"""The emails of this package: one declaration in each module. See "an email" in docs/adding.md."""
