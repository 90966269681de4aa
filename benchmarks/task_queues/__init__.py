"""Our outbox among the task queues of Python. See `compare` and docs/decisions/0009-outbox-not-a-task-queue.md."""
