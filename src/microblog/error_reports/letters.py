"""The two letters to the admins: an error happened; and, now and then, which ones went on."""

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from microblog import __version__
from microblog.error_reports.faults import Fault
from microblog.error_reports.models import ErrorReport
from microblog.mail import Kind, Letter, Result, post, render

PACKAGE = "microblog.error_reports"
ERROR_LETTER = Kind("error_report")
MORE_LETTER = Kind("more_errors")
USEFUL_FOR = timedelta(days=3)  # a mail server that is down on a Friday evening is up again on Monday


def post_error(
    session: Session, admins: Iterable[str], fault: Fault, where: str, report: ErrorReport, now: datetime
) -> None:
    """Tell the admins of an error. A letter about the same one that has not left yet gives way to this."""
    facts = {
        "title": fault.title,
        "where": where,
        "traceback": fault.traceback,
        "process": f"{os.getpid()} on {socket.gethostname()}, Microblog {__version__}",
        "at": now.isoformat(),
        **counts(report),
    }
    for admin in admins:
        key = f"error {fault.key} {admin}"
        post(session, ERROR_LETTER, to=admin, facts=facts, useful_for=USEFUL_FOR, now=now, key=key)


def post_more(session: Session, admins: Iterable[str], reports: Sequence[ErrorReport], now: datetime) -> None:
    """Tell the admins which errors went on, in one letter, which takes over from one that has not left yet."""
    facts = {report.key: counts(report) | {"last": report.last_at.isoformat()} for report in reports}
    for admin in admins:
        post(session, MORE_LETTER, to=admin, facts=facts, useful_for=USEFUL_FOR, now=now, key=f"errors {admin}")


def counts(report: ErrorReport) -> dict[str, Any]:
    """Return how often an error happened, and when the admins were last told, if they were."""
    told = report.told_at.isoformat() if report.times > report.untold else None
    return {"times": report.times, "first": report.first_at.isoformat(), "untold": report.untold, "told": told}


def how_often(facts: Mapping[str, Any]) -> str:
    """Say in words how often an error happened, and how much of that is news."""
    if facts["times"] == 1:
        return "for the first time"
    words = f"{facts['times']} times since {moment(facts['first'])}"
    return f"{words}, {facts['untold']} of them after {moment(facts['told'])}" if facts["told"] else words


def moment(iso: str) -> str:
    """Say a moment of the facts in words."""
    return in_words(datetime.fromisoformat(iso))


def in_words(when: datetime) -> str:
    """Say a moment in words."""
    return when.astimezone(UTC).strftime("%H:%M UTC on %-d %B %Y")


@dataclass(frozen=True)
class ErrorLetters:
    """Writes the letter about an error. `home` is the site's own address."""

    home: str

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002 - every writer is called so
        """Write from what was known when it happened."""
        facts = letter.facts | {"at": moment(letter.facts["at"]), "often": how_often(letter.facts), "home": self.home}
        return render(PACKAGE, ERROR_LETTER.name, letter.to, facts)


@dataclass(frozen=True)
class MoreLetters:
    """Writes the letter about errors that went on. `home` is the site's own address."""

    home: str

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:  # noqa: ARG002
        """Write from the facts alone, each of which is an error by its key."""
        newest_first = sorted(letter.facts.items(), key=lambda fact: fact[1]["last"], reverse=True)
        errors = [
            {"title": key.rpartition(" ")[0], "often": how_often(facts), "last": moment(facts["last"])}
            for key, facts in newest_first
        ]
        return render(PACKAGE, MORE_LETTER.name, letter.to, {"errors": errors, "home": self.home})
