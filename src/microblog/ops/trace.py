"""Everything that happened with one address, in order of time: the answer to "I never got the mail"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from microblog.audit import EventType, Happening, read_happenings
from microblog.auth import recovered_lately
from microblog.identity import Known, known_by
from microblog.limits import ALLOWED, Verdict
from microblog.mail import REPEATED, SUPERSEDED, State, admin, canonical_identifier
from microblog.ops.pending import Unfinished, unfinished
from microblog.recovery import reset_allowance
from microblog.settings import Settings
from microblog.words import detail_text, event_text, origin_text, reason_text
from microblog.words.emails import story
from microblog.words.spans import ago


@dataclass(frozen=True)
class Step:
    """One thing that happened: when, what it was about, and what it was."""

    at: datetime
    about: str
    words: str


@dataclass(frozen=True)
class Trace:
    """The trace of a name or an address: its owner, all steps, how many older ones are left out, and a conclusion."""

    who: str
    steps: tuple[Step, ...]
    left_out: bool
    conclusion: str


@dataclass(frozen=True)
class Found:
    """The facts that the conclusion is drawn from."""

    key: str
    known: Known
    events: Sequence[Happening]
    emails: Sequence[admin.EmailEntry]
    waiting: Sequence[Unfinished]
    limit: Verdict
    keep: timedelta
    obstacle: str
    """What keeps all emails from leaving now."""


def trace(session: Session, settings: Settings, typed: str, now: datetime, most: int) -> Trace:
    """Gather everything about a username or an address, the newest steps at most. Changes nothing."""
    key = canonical_identifier(typed)
    known = known_by(session, key)
    events = read_happenings(session, known, settings.keys("events"), most)
    numbers = [one.email_id for one in events if one.email_id is not None]
    emails = admin.emails_to(session, known.keys, numbers, most)
    waiting = unfinished(session, known.keys)
    steps = [Step(one.at, "event", event_words(one)) for one in events]
    steps += [Step(one.at, "event", f"{one.words}, open until {one.until:%H:%M UTC on %-d %B}") for one in waiting]
    tries, obstacle = admin.tries_of(session, emails), admin.what_stops_delivery(session, now)
    steps += [step for email in emails for step in steps_of(email, tries[email.id], now, obstacle)]
    steps.sort(key=lambda step: step.at)  # a stable sort: an email's own steps stay in their order
    limit = peek_reset_allowance(session, settings, known, events, now)
    found = Found(key, known, events, emails, waiting, limit, settings.mail.keep, obstacle)
    full = len(events) == most or len(emails) == most or len(steps) > most
    return Trace(describe_owner(known, now), tuple(steps[-most:]), full, conclude(found, now))


def event_words(event: Happening) -> str:
    """Say what happened, why, and roughly from where."""
    return join_words(event_text(event.kind), detail_text(event.detail), origin_text(event.origin))


def join_words(*words: str) -> str:
    """Put words behind each other, those there are."""
    return ", ".join(word for word in words if word)


def steps_of(email: admin.EmailEntry, tries: Sequence[admin.TryMade], now: datetime, obstacle: str) -> Iterator[Step]:
    """Yield the steps of an email: when it was queued, every attempt with the server response, and its outcome."""
    about = f"letter {email.id}"
    to = f" to {email.to}" if email.to else ""
    yield Step(email.queued_at, about, f"{email.kind} posted{to}")
    for one in tries:
        yield Step(one.at, about, f"try {one.number}: {one.reply} ({one.state})")
    if email.ended_at and not (tries and tries[-1].at == email.ended_at):
        yield Step(email.ended_at, about, join_words(email.state, reason_text(email.reason) or email.reply))
    if email.ended_at is None:
        said = f" The server last said: {email.reply}" if email.reply and not tries else ""
        yield Step(now, about, f"{email.state}: {story(email, now, obstacle)}{said}")


def peek_reset_allowance(
    session: Session, settings: Settings, known: Known, events: Sequence[Happening], now: datetime
) -> Verdict:
    """Decide whether the last requester of a reset email would get another now, and count nothing."""
    if known.account is None:
        return ALLOWED
    asked = next((one for one in reversed(events) if one.kind == EventType.RESET_REQUESTED), None)
    return reset_allowance(settings).peek(session, known.account.id, asked.origin.network if asked else "", now)


def describe_owner(known: Known, now: datetime) -> str:
    """Say whose address this is."""
    account = known.account
    if account is None:
        return "No account has this name or address."
    second = f", second address {known.second.email}" if known.second else ""
    state = f", deactivated at {account.deactivated_at:%Y-%m-%d %H:%M}" if account.deactivated_at else ""
    due = account.deletion_due_at
    state += f", to be deleted at {due:%Y-%m-%d %H:%M} unless its owner signs in before" if due else ""
    lately = ", recovered within the last day" if recovered_lately(account, now) else ""
    since = f", member since {account.created_at:%Y-%m-%d}"
    return f"{account.username}, address {account.email}{second}{since}{state}{lately}."


def conclude(found: Found, now: datetime) -> str:
    """Say in a sentence or two what it all comes to."""
    account, last = found.known.account, last_email(found.emails)
    if account is None:
        return conclude_without_account(found, last)
    if account.deactivated_at:
        return f"The account {account.username} is deactivated, so no letters go to it."
    if account.muted_until and account.muted_until > now:
        return (
            f"The owner said that somebody else had asked, so no reset letters go to {account.username} until "
            f"{account.muted_until:%H:%M UTC on %-d %B}. `microblog recover` works all the same."
        )
    words = (
        describe_outcome(last, now, found.obstacle)
        if last
        else f"No letter was posted within the last {ago(found.keep)}."
    )
    if not found.limit.allowed:
        wait = ago(timedelta(seconds=found.limit.retry_after))
        words += f" The limit of reset letters to this account is reached: whoever asked last gets another in {wait}."
    return words


def conclude_without_account(found: Found, last: admin.EmailEntry | None) -> str:
    """Conclude for a name or an address without an account. Its emails are forgotten after a day."""
    what = "address" if "@" in found.key else "username"
    nobody = f"No account has this {what}"
    if any("sign-up" in one.words for one in found.waiting):
        return f"{nobody}. Somebody began to sign up with it and has not opened the link in the letter yet."
    if last is not None:
        why = f": {reason_text(last.reason)}" if last.reason else ""
        return (
            f"{nobody}. The last letter, asked for at {last.queued_at:%H:%M:%S UTC on %-d %B}, was {last.state}{why}."
        )
    if found.events:
        newest = found.events[-1]
        when = f"{newest.at:%H:%M:%S UTC on %-d %B}"
        return f"{nobody}. The last that happened with it was at {when}: {event_text(newest.kind)}."
    return f"{nobody}; nobody asked for it within the last day."


def last_email(emails: Sequence[admin.EmailEntry]) -> admin.EmailEntry | None:
    """Return the newest email, preferably one that was not superseded."""
    telling = [email for email in emails if email.reason not in (SUPERSEDED, REPEATED)]
    return next(iter(reversed(telling or emails)), None)


def describe_outcome(email: admin.EmailEntry, now: datetime, obstacle: str) -> str:
    """Describe the outcome of the last email, and the remedy."""
    name, said = f"The last letter ({email.id}, {email.kind})", email.reply or "nothing that is still kept"
    whose = f" of {email.to}" if email.to else ""
    if email.state == State.SENT:
        left = f"{name} left at {email.ended_at:%H:%M:%S UTC on %-d %B}"
        return f"{left}; the server said “{said}”: look among the spam{whose}."
    if email.state == State.FAILED:
        return f"{name} was refused for good; the server said “{said}”: is the address{whose} right?"
    if email.state in (State.WAITING, State.HELD, State.SENDING):
        heard = f" The server last said “{said}”." if email.reply else ""
        return f"{name} has not left yet. {story(email, now, obstacle)}{heard}"
    return f"{name} did not leave: {email.state}, {reason_text(email.reason) or said}."
