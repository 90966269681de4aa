"""Microblog: a self-hosted microblog whose members always get back in."""

__version__ = "0.1.0"
