"""To the admins: something went wrong that the program was not prepared for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from microblog.email_context import EmailContext
from microblog.error_reports.occurrences import Occurrences, in_words
from microblog.mail import EmailType, QueuedEmail, Rendered, Sample, render_templates


@dataclass(frozen=True)
class ErrorHappened:
    """The error as it was when it happened."""

    title: str
    where: str
    traceback: str
    process: str
    at: datetime
    occurrences: Occurrences


def render(context: EmailContext, email: QueuedEmail[ErrorHappened]) -> Rendered:
    """Render it from its payload alone."""
    error = email.payload
    values = {
        "title": error.title,
        "where": error.where,
        "traceback": error.traceback,
        "process": error.process,
        "at": in_words(error.at),
        "often": error.occurrences.words,
        "home": context.pages.home,
    }
    return render_templates(__name__, "error_report", email.to, values)


SAMPLE_TITLE = "KeyError in register_post"
SAMPLE_PROCESS = "4711 on blog.example, Microblog 0.1.0"
SAMPLE_TRACEBACK = """Traceback (most recent call last):
  File "flask/app.py", line 917, in full_dispatch_request
    rv = self.dispatch_request()
  File "microblog/web/accounts.py", line 120, in register_post
    return welcome[form.username.data]
KeyError: '[hidden]'"""


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render the error of a fictional sign-up."""
    once = Occurrences(times=1, first_at=context.now, untold=1, told_at=None)
    error = ErrorHappened(SAMPLE_TITLE, "POST /register", SAMPLE_TRACEBACK, SAMPLE_PROCESS, context.now, once)
    about = "To the admins, when something goes wrong that the program was not prepared for."
    yield ERROR_REPORT.sample(context, about, error)


ERROR_REPORT = EmailType(
    name="error_report",
    ttl=timedelta(days=3),  # a mail server that is down on a Friday evening is up again on Monday
    payload=ErrorHappened,
    render=render,
    samples=samples,
)
