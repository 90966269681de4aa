"""What an administrator does to an account: end its sessions, deactivate it, reactivate it."""

from microblog.moderation.deactivation import deactivate, reactivate, sign_out_everywhere

__all__ = [
    "deactivate",
    "reactivate",
    "sign_out_everywhere",
]
