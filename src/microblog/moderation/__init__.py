"""Moderation: an administrator ends the sessions of an account, deactivates or reactivates it."""

from microblog.moderation.deactivation import deactivate, reactivate, sign_out_everywhere

__all__ = [
    "deactivate",
    "reactivate",
    "sign_out_everywhere",
]
