"""What is kept of letters and of everything else whose time is over, and for how long."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, update

from mail.rows import put, row
from microblog import posts
from microblog.audit import EventType, record
from microblog.audit.events import is_by_anybody
from microblog.audit.models import Event
from microblog.auth.models import Confirmation, SignInSession
from microblog.contact import AddressChange
from microblog.contact.models import PendingBackupEmail
from microblog.db import Base, Database
from microblog.error_reports.models import ErrorReport
from microblog.identity import Account, BackupEmail
from microblog.identity.models import FormerUsername, KeptUsername, RemovedAddress
from microblog.limits import Allowance, microseconds
from microblog.mail import Email, State, provider_rate, retention
from microblog.mail.counts import totals
from microblog.mail.outbox import ProviderRateSlot, Try, WorkerSeen
from microblog.ops import count_ended, sweep
from microblog.ownership import Recovery, ReportableChange
from microblog.registration.models import SignUp
from support.clock import NOON
from support.community import add_member, say
from support.context import context_of
from support.plans import listening, plan

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
KEEP = timedelta(days=30)
WORDS: dict[str, Any] = {
    "to": "Alice@example.com",
    "address_key": "alice@example.com",
    "payload": {"link": "somewhere"},
    "progress": {"counted": True},
    "key": "reset:alice",
    "message_id": "<1@blog.example>",
    "reply": "550 no such user alice",
}
FORGOTTEN: dict[str, Any] = {
    "to": "",
    "address_key": None,
    "payload": {},
    "progress": {},
    "key": None,
    "message_id": None,
    "reply": None,
}
OUTCOME = {"kind": "note", "state": "failed", "reason": "refused", "tries": 2, "counted": False}


def letter(database: Database, ended: datetime | None, **more: Any) -> int:
    """Put a letter there with two tries."""
    state = State.WAITING if ended is None else State.FAILED
    common: dict[str, Any] = {"state": state, "reason": "refused", "tries": 2, "ended_at": ended}
    [number] = put(database, NOON, **(WORDS | common | more))
    tries = [{"email_id": number, "number": one, "at": NOON, "state": "waiting", "reply": "450 no"} for one in (1, 2)]
    with database.writing() as session:
        session.execute(insert(Try), tries)
    return number


def account(database: Database, name: str = "alice", **more: Any) -> None:
    keys = {"username": name, "username_key": name, "email": f"{name}@example.com", "email_key": f"{name}@example.com"}
    with database.writing() as session:
        session.execute(insert(Account).values({**keys, "password_hash": "x", "created_at": NOON, **more}))


def swept(database: Database, now: datetime = NOON) -> int:
    return sum(sweep(database, KEEP, now))


def values(database: Database, number: int, names: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(row(database, number), name) for name in names}


def tries_of(database: Database, number: int) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Try).where(Try.email_id == number)) or 0


def is_whole(database: Database, number: int) -> bool:
    """Tell whether all of a letter is kept, or, which is the other possibility, its outcome alone."""
    kept = values(database, number, WORDS)
    assert (kept, tries_of(database, number)) in ((WORDS, 2), (FORGOTTEN, 0))
    assert values(database, number, OUTCOME) == OUTCOME
    return kept == WORDS


def test_of_an_old_letter_the_outcome_is_kept_and_nothing_else(database: Database) -> None:
    account(database)
    number = letter(database, NOON)
    assert swept(database, NOON + KEEP - SECOND) == 0
    assert is_whole(database, number)
    assert swept(database, NOON + KEEP) == 1
    assert not is_whole(database, number)
    assert row(database, number).queued_at == row(database, number).ended_at == NOON
    assert swept(database, NOON + 2 * KEEP) == 0


def test_an_outcome_goes_after_ninety_days_once_it_is_counted_and_never_the_newest(database: Database) -> None:
    account(database)
    old, uncounted, open_, newest = (
        letter(database, NOON),
        letter(database, NOON),
        letter(database, None),
        letter(database, NOON),
    )
    with database.writing() as session:
        session.execute(update(Email).where(Email.id.in_([old, newest])).values(counted=True))
    assert swept(database, NOON + KEEP) == 3
    assert swept(database, NOON + 90 * DAY) == 0
    assert swept(database, NOON + 90 * DAY + SECOND) == 1
    with database.reading() as session:
        assert session.scalars(select(Email.id).order_by(Email.id)).all() == [uncounted, open_, newest]
    assert sum(count_ended(database)) == 1
    assert swept(database, NOON + 90 * DAY + SECOND) == 1


def test_a_letter_that_has_not_ended_is_left_alone_however_old(database: Database) -> None:
    number = letter(database, None)
    before = row(database, number)
    assert swept(database, NOON + 9 * KEEP) == 0
    assert values(database, number, WORDS) == WORDS
    assert (row(database, number).due_at, tries_of(database, number)) == (before.due_at, 2)


@pytest.mark.parametrize("more", [{}, {"deactivated_at": NOON}, {"email_key": "other@example.com"}])
def test_an_address_without_account_is_kept_for_a_day(database: Database, more: dict[str, Any]) -> None:
    account(database, **more)
    number = letter(database, NOON)
    assert swept(database, NOON + DAY - SECOND) == 0
    assert swept(database, NOON + DAY) == (1 if "email_key" in more else 0)
    assert is_whole(database, number) == ("email_key" not in more)


@pytest.mark.parametrize(
    ("key", "whole"), [("alice", True), ("alice@example.com", True), ("alys", True), ("alicia", False)]
)
def test_a_username_belongs_to_its_account_as_an_address_does(database: Database, key: str, whole: bool) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        session.add(FormerUsername(username_key="alys", username="Alys", account_id=owner, changed_at=NOON))
    number = letter(database, NOON, to=key, address_key=key)
    swept(database, NOON + DAY)
    assert (row(database, number).to == key) == whole


def test_a_second_address_belongs_to_its_account_too(database: Database) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        session.add(BackupEmail(account_id=owner, email="a@home.example", email_key="a@home.example", added_at=NOON))
    numbers = [letter(database, NOON, to=key, address_key=key) for key in ("a@home.example", "b@home.example")]
    assert swept(database, NOON + DAY) == 1
    assert [row(database, number).to for number in numbers] == ["a@home.example", ""]


def test_a_second_address_nobody_confirmed_goes_after_its_day(database: Database) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        pending = {"account_id": owner, "email": "x@y.z", "email_key": "x@y.z", "asked_at": NOON, "expires_at": NOON}
        session.execute(insert(PendingBackupEmail).values(pending))
    assert (swept(database, NOON - SECOND), swept(database, NOON)) == (0, 1)


def test_a_letter_that_an_older_version_posted_without_a_key_goes_after_a_day(database: Database) -> None:
    account(database)
    number = letter(database, NOON, address_key=None)
    assert swept(database, NOON + DAY) == 1
    assert not is_whole(database, number)


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_every_stranger_is_found_among_members_page_by_page(
    database: Database, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PAGE", page)
    account(database)
    endings = [NOON + (place // 4) * SECOND for place in range(23)]  # four ended at the same moment each
    strangers = [place % 3 == 0 for place in range(23)]
    numbers = [
        letter(database, ended, address_key="stranger" if stranger else "alice@example.com")
        for ended, stranger in zip(endings, strangers, strict=True)
    ]
    assert swept(database, NOON + 2 * DAY) == sum(strangers)
    assert [row(database, number).to == "" for number in numbers] == strangers


def test_each_step_is_small_and_others_write_between_two_of_them(database: Database) -> None:
    put(database, *[NOON] * 700, state=State.SENT, ended_at=NOON)
    put(database, *[NOON] * 700, state=State.SENT, ended_at=NOON + KEEP - 2 * DAY)
    steps = []
    for done in sweep(database, KEEP, NOON + KEEP):
        steps.append(done)
        with database.writing() as session:
            session.execute(update(Email).where(Email.id == 1).values(tries=len(steps)))
    assert [done for done in steps if done] == [300, 300, 100, 300, 300, 100]


def test_whoever_stops_early_has_done_what_was_done(database: Database) -> None:
    put(database, *[NOON] * 400, state=State.SENT, ended_at=NOON)
    assert next(sweep(database, KEEP, NOON + KEEP)) == 300
    assert swept(database, NOON + KEEP) == 100


def test_what_changed_between_the_look_for_strangers_and_forgetting_them_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody signed up in that moment; somebody's letter is tried again."""
    member, again, stranger = (letter(database, NOON, address_key=key) for key in ("alice@example.com", "bob", "carol"))
    look_through = retention.look_through

    def look_and_be_overtaken(*asked: Any) -> retention.EndedBatch:
        page = look_through(*asked)
        assert page.found in ([member, again, stranger], [])
        if page.found:
            account(database)
            with database.writing() as session:
                session.execute(update(Email).where(Email.id == again).values(state=State.WAITING, ended_at=None))
        return page

    monkeypatch.setattr(retention, "look_through", look_and_be_overtaken)
    assert swept(database, NOON + DAY) == 1
    assert [row(database, number).to == "" for number in (member, again, stranger)] == [False, False, True]


def test_the_counts_are_the_same_before_and_after(database: Database) -> None:
    for kind in ("note", "other"):
        put(database, *[NOON] * 40, kind=kind, state=State.SENT, ended_at=NOON + SECOND)
    with database.reading() as session:
        before = totals(session)
    assert swept(database, NOON + KEEP) == 80
    with database.reading() as session:
        assert totals(session) == before
    assert sum(count_ended(database)) == 80
    with database.reading() as session:
        assert totals(session) == before


HASH = "0" * 43
BEFORE_AND_AFTER: list[tuple[type[Base], dict[str, Any], str, Any, datetime]] = [
    (
        SignUp,
        {"username": "bob", "email": "b@example.com", "email_key": "b", "password_hash": "x", "created_at": NOON},
        "expires_at",
        NOON,
        NOON,
    ),
    (Allowance, {"key": HASH}, "full_at", microseconds(NOON), NOON + timedelta(microseconds=1)),
    (WorkerSeen, {"id": "1", "name": "here", "version": "1", "started_at": NOON}, "seen_at", NOON, NOON + DAY + SECOND),
    (
        ErrorReport,
        {"key": "1", "first_at": NOON, "told_at": NOON, "times": 1, "untold": 0},
        "last_at",
        NOON,
        NOON + 90 * DAY + SECOND,
    ),
    (
        Event,
        {"account_id": None, "kind": "reset_requested", "device": "", "network": "", "detail": "", "about": HASH},
        "at",
        NOON,
        NOON + KEEP,
    ),
    (KeptUsername, {"username_key": "alice"}, "free_at", NOON, NOON),
    (ProviderRateSlot, {"used": 3}, "slot", provider_rate.microseconds(NOON), NOON + 2 * DAY + SECOND),
]


@pytest.mark.parametrize(("table", "rest", "name", "moment", "gone_at"), BEFORE_AND_AFTER)
def test_whatever_has_served_its_time_goes(
    database: Database, table: type[Base], rest: dict[str, Any], name: str, moment: Any, gone_at: datetime
) -> None:
    with database.writing() as session:
        session.execute(insert(table).values({**rest, name: moment}))
    assert swept(database, gone_at - SECOND) == 0
    assert swept(database, gone_at) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    ("remembered", "seen", "ends"),
    [
        (False, timedelta(0), timedelta(hours=24)),
        (True, timedelta(0), timedelta(days=14)),
        (False, timedelta(days=6, hours=23), timedelta(days=7)),
        (True, timedelta(days=29), timedelta(days=30)),
    ],
)
def test_a_login_that_has_run_out_or_is_not_used_goes_and_its_account_stays(
    database: Database, remembered: bool, seen: timedelta, ends: timedelta
) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        login = {"account_id": owner, "secret_hash": "x", "created_at": NOON, "device": "", "network": ""}
        until = NOON + timedelta(days=30 if remembered else 7)
        more = {"remembered": remembered, "expires_at": until, "seen_at": NOON + seen}
        session.execute(insert(SignInSession).values(login | more))
    assert (swept(database, NOON + ends - SECOND), swept(database, NOON + ends)) == (0, 1)
    with database.reading() as session:
        assert session.scalars(select(Account.username)).all() == ["alice"]


def test_a_change_goes_once_nobody_may_report_it(database: Database) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        change = {"account_id": owner, "kind": "password", "at": NOON, "email": "alice@example.com"}
        session.execute(insert(ReportableChange).values(change | {"second_email": "", "last_recovery_id": 0}))
    assert (swept(database, NOON + 8 * DAY), swept(database, NOON + 8 * DAY + SECOND)) == (0, 1)


def test_a_recovery_and_a_removed_address_go_once_they_decide_nothing(database: Database) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        came = {"account_id": owner, "at": NOON, "means": "email", "since": NOON, "email_key": ""}
        session.execute(insert(Recovery).values(came))
        had = {"account_id": owner, "email": "a@b.example", "email_key": "a@b.example", "role": "backup"}
        session.execute(insert(RemovedAddress).values(had | {"since": NOON, "removed_at": NOON}))
    assert (swept(database, NOON + 14 * DAY - SECOND), swept(database, NOON + 14 * DAY + SECOND)) == (0, 2)


MOVE = {"old_email": "a@b", "old_email_key": "a@b", "new_email": "c@d", "new_email_key": "c@d"}


@pytest.mark.parametrize(
    ("table", "rest", "gone_at"),
    [
        (AddressChange, MOVE, NOON + 2 * DAY + SECOND),
        (AddressChange, MOVE | {"completed_at": NOON + DAY}, NOON + 11 * DAY + SECOND),
        (Confirmation, {"action": "delete", "wanted": "", "nonce": "x"}, NOON + DAY + SECOND),
    ],
)
def test_what_a_member_began_goes_when_its_links_are_dead_and_the_account_stays(
    database: Database, table: type[Base], rest: dict[str, Any], gone_at: datetime
) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        session.execute(insert(table).values({"account_id": owner, "asked_at": NOON, **rest}))
    assert (swept(database, gone_at - SECOND), swept(database, gone_at)) == (0, 1)
    with database.reading() as session:
        assert session.scalars(select(Account.username)).all() == ["alice"]


BY_ANYBODY = (EventType.SIGN_IN_REFUSED, EventType.RESET_REQUESTED, EventType.RECOVERY_CODE_REFUSED)


def test_what_anybody_can_cause_is_kept_for_ninety_days_and_other_events_for_ever(database: Database) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        for kind in EventType:
            record(session, owner, kind, NOON)
    assert swept(database, NOON + 90 * DAY) == 0
    assert swept(database, NOON + 90 * DAY + SECOND) == len(BY_ANYBODY)
    assert swept(database, NOON + 9000 * DAY) == 0
    with database.reading() as session:
        assert set(session.scalars(select(Event.kind))) == set(EventType) - set(BY_ANYBODY)


def test_looking_for_what_anybody_caused_reads_no_other_events(database: Database) -> None:
    account(database)
    with database.writing() as session:
        owner = session.scalars(select(Account.id)).one()
        row = {"account_id": owner, "at": NOON, "device": "", "network": "", "detail": "", "about": ""}
        session.execute(insert(Event), [{**row, "kind": kind} for kind in [EventType.SIGNED_IN] * 5000 + [*BY_ANYBODY]])
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    with database.reading() as session, listening(session) as asked:
        session.scalars(select(Event.id).where(is_by_anybody(NOON + DAY)).limit(300)).all()
    with database.reading() as session:
        [shown] = [plan(session, *one) for one in asked]
    assert "ix_events_by_anybody_at" in shown


def test_looking_for_what_to_forget_reads_nothing_that_is_forgotten(database: Database) -> None:
    account(database)
    put(database, *[NOON] * 5000, state=State.SENT, ended_at=NOON, **FORGOTTEN)
    letter(database, NOON + 2 * DAY)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    sent: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: sent.append((call[2], call[3])))
    swept(database, NOON + 3 * DAY)
    explain = "EXPLAIN" if database.is_postgresql else "EXPLAIN QUERY PLAN"
    with database.engine.connect() as connection:
        looked = [call for call in sent if call[0].startswith("SELECT outbox")]
        plans = [str(connection.exec_driver_sql(f"{explain} {sql}", words).all()) for sql, words in looked]
    assert len(plans) == 3  # for old ones, and two pages of strangers
    assert all("ix_outbox_kept" in plan for plan in plans)


def test_deleted_posts_are_kept_for_an_hour_and_others_for_ever(database: Database) -> None:
    alice = add_member(database, "alice")
    deleted, kept = say(database, alice), say(database, alice)
    posts.delete_post(context_of(database), alice, deleted)
    assert swept(database, NOON + timedelta(hours=1)) == 0
    assert swept(database, NOON + timedelta(hours=1, seconds=1)) == 1
    assert swept(database, NOON + 99 * KEEP) == 0
    with database.reading() as session:
        assert session.scalars(select(posts.Post.id)).all() == [kept]
