"""The ways that are compared: which library, in which settings, and the command that starts its worker."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """One way to deliver in the background.

    `worker` is a shell command for AT_ONCE letters at a time, in MANY processes where one cannot do it.
    """

    name: str
    library: str
    settings: str
    worker: str = ""
    """Empty: the application is its own worker."""
    ticker: str = ""
    """The worker of jobs that do nothing, where it is another one."""

    @property
    def ours(self) -> bool:
        """Ours runs in the product's environment, all others in one of their own."""
        return self.library == "outbox"


def many(command: str) -> str:
    """Start that command so many times, and stay for as long as they do."""
    return f"for i in $(seq $MANY); do {command} & done; wait"


OURS = {"worker": many("microblog worker"), "ticker": many("python on_outbox.py")}
RQ_SAFEST = many(
    "rq worker --quiet --url $REDIS_URL --worker-ttl 30 --job-monitoring-interval 5 --maintenance-interval 10"
)
PROCRASTINATE = "procrastinate --app on_procrastinate.app worker --concurrency $THREADS"

WAYS = (
    Way("a thread for each letter", "threads", "default"),
    Way("Huey, SQLite", "huey", "default", "huey_consumer on_huey.huey -w $AT_ONCE"),
    Way("Huey, SQLite, retries and fsync", "huey", "safest", "huey_consumer on_huey.huey -w $AT_ONCE"),
    Way("RQ", "rq", "default", "rq worker-pool --quiet --url $REDIS_URL -n $AT_ONCE"),
    Way("RQ, retries, cleaned every 10 s", "rq", "safest", RQ_SAFEST.replace("$MANY", "$AT_ONCE")),
    Way("Dramatiq", "dramatiq", "default", "dramatiq on_dramatiq -p 2 -t $((AT_ONCE / 2))"),
    Way("Dramatiq, dead after 15 s", "dramatiq", "safest", "dramatiq on_dramatiq -p 2 -t $((AT_ONCE / 2))"),
    Way("Celery", "celery", "default", "celery -A on_celery worker -c $AT_ONCE"),
    Way("Celery, acknowledged late", "celery", "safest", "celery -A on_celery worker -c $AT_ONCE"),
    Way("Procrastinate", "procrastinate", "default", many(PROCRASTINATE)),
    Way("Procrastinate, with a sweeper", "procrastinate", "safest", many(PROCRASTINATE)),
    Way("our outbox, SQLite", "outbox", "sqlite", **OURS),
    Way("our outbox, PostgreSQL", "outbox", "postgresql", **OURS),
)
