"""The letters of this room, written for nobody."""

from datetime import datetime, timedelta

from microblog.error_reports.faults import Fault
from microblog.error_reports.letters import ERROR_LETTER, MORE_LETTER, PACKAGE, in_words
from microblog.links import Pages
from microblog.mail import ALICES_ADDRESS, Sample, render

PROCESS = "4711 on blog.example, Microblog 0.1.0"
FAULT = Fault(
    key="KeyError in register_post 6f0c2d8e9b1a4f7d3c5e",
    title="KeyError in register_post",
    traceback="""Traceback (most recent call last):
  File "flask/app.py", line 917, in full_dispatch_request
    rv = self.dispatch_request()
  File "microblog/web/accounts.py", line 120, in register_post
    return welcome[form.username.data]
KeyError: '[hidden]'""",
)


def samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now."""
    at = in_words(now)
    error = {
        "title": FAULT.title,
        "where": "POST /register",
        "at": at,
        "often": "for the first time",
        "process": PROCESS,
        "traceback": FAULT.traceback,
        "home": pages.home,
    }
    often = {"title": FAULT.title, "often": f"7 times since {at}, 6 of them after {at}"}
    often["last"] = in_words(now + timedelta(minutes=40))
    silent = {"title": "OSError in send", "often": f"2 times since {at}", "last": at}
    more = {"errors": [often, silent], "home": pages.home}
    return (
        Sample(
            ERROR_LETTER.name,
            "To the admins, when something goes wrong that the program was not prepared for.",
            render(PACKAGE, ERROR_LETTER.name, ALICES_ADDRESS, error),
        ),
        Sample(
            MORE_LETTER.name,
            "To the admins, once an hour at most, when such errors go on.",
            render(PACKAGE, MORE_LETTER.name, ALICES_ADDRESS, more),
        ),
    )
