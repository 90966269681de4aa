"""The weekly digest: an email of posts that a member missed."""

from microblog.digests.digest import queue_due_digests, skip_overdue_digests

__all__ = ["queue_due_digests", "skip_overdue_digests"]
