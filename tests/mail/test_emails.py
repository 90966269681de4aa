"""Every email there is: its folder, its words, and both its forms, held to golden files."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import microblog
from mail.email_page import EmailPage
from mail.own_causes import OWN_CAUSES
from microblog import follows, posts
from microblog.audit import EventType, record
from microblog.auth.emails.failed_sign_ins import SAMPLE_ORIGINS
from microblog.auth.failed_sign_ins import FailureReason, record_failed_sign_in
from microblog.auth.sign_in import insert_session
from microblog.contact import BACKUP_EMAIL_LINK
from microblog.contact.backup_email import attach_backup_email, detach_backup_email, request_backup_email
from microblog.contact.models import PendingBackupEmail
from microblog.db import Database
from microblog.digests.digest import queue_digest
from microblog.error_reports.counting import NEVER
from microblog.error_reports.emails.error_report import SAMPLE_PROCESS, SAMPLE_TITLE, SAMPLE_TRACEBACK
from microblog.error_reports.faults import Fault
from microblog.error_reports.models import ErrorReport
from microblog.error_reports.notifications import notify_of_error, notify_of_recurring_errors
from microblog.follows.notify import notify_followed
from microblog.identity import Account, BackupEmail
from microblog.links import Links
from microblog.mail import Email, Rendered, parse_address
from microblog.mail.compose import LONGEST_LINE, compose
from microblog.mail.templates import render_folder
from microblog.moderation.deactivation import deactivate_account, end_sessions_of, reactivate_account
from microblog.ops import write_test_email
from microblog.origin import Origin
from microblog.ownership import REPORT_LINK, ReportableChange
from microblog.posts.notify import notify_mentioned
from microblog.recovery.ask import ask
from microblog.recovery.by_operator import end_codes_of, recover, replace_email, take_off_backup_email
from microblog.recovery.codes import make_codes
from microblog.recovery.models import RecoveryCode
from microblog.recovery.report_links import open_report
from microblog.recovery.reset import change_password
from microblog.recovery.takeover import end_takeover
from microblog.registration.sign_up import keep_sign_up
from microblog.settings import Sender, Settings, load
from microblog.subscriptions.emails.subscription_email import SAMPLE_POST
from microblog.web import pages_of
from microblog.worker import all_renderers
from support.clock import NOON
from support.links import genuine_link
from support.recoveries import opened_by_email

FAULT = Fault(f"{SAMPLE_TITLE} 6f0c2d8e9b1a4f7d3c5e", SAMPLE_TITLE, SAMPLE_TRACEBACK)
GOLDEN = Path(__file__).parent / "golden"
FOLDERS = sorted(
    folder for folder in Path(microblog.__file__).parent.glob("*/emails/*") if (folder / "subject.txt").exists()
)
TOKEN = re.compile(r"\bey[\w-]+\.[\w-]+\.[\w-]+")
HINT = "If the button does not work, open this address:"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"
ADDRESS = parse_address("Alice@example.com")
TO_STRANGERS = ("finish_sign_up", "second_address", "change_address")
TO_NO_MEMBER = (*TO_STRANGERS, "test_letter", "error_report", "more_errors")


@pytest.fixture
def session(sqlite_template: Path, tmp_path: Path) -> Iterator[Session]:
    """A transaction on a fresh database; emails read the same from either kind."""
    shutil.copy(sqlite_template, tmp_path / "microblog.db")
    with closing(Database(f"sqlite:///{tmp_path / 'microblog.db'}")) as database, database.writing() as opened:
        yield opened


def member(session: Session) -> Account:
    account = Account(
        username="Alice",
        username_key="alice",
        email=ADDRESS.spelled,
        email_key=ADDRESS.key,
        password_hash=HASH,
        created_at=NOON,
    )
    session.add(account)
    session.flush()
    return account


def newcomer_signs_up(session: Session) -> None:
    keep_sign_up(session, username="Alice", address=ADDRESS, password_hash=HASH, now=NOON)


def member_signs_up_again(session: Session) -> None:
    member(session)
    keep_sign_up(session, username="another", address=ADDRESS, password_hash=HASH, now=NOON)


def member_forgets(session: Session) -> None:
    member(session)
    ask(session, "alice", NOON)


def member_changes_the_password(session: Session) -> None:
    change_password(
        session,
        opened_by_email(session, member(session)),
        f"{HASH}2",
        NOON,
        Origin("Firefox on Windows", "192.0.2.0/24"),
    )


def member_says_it_was_somebody_else(session: Session) -> None:
    member_changes_the_password(session)
    session.execute(delete(Email))
    change = session.scalars(select(ReportableChange)).one()
    link = genuine_link(REPORT_LINK, change.id, ADDRESS.key, expires=NOON + timedelta(days=1))
    end_takeover(session, open_report(session, link, NOON), Origin(), NOON)


def settings_of(session: Session) -> Settings:
    """The settings of a trial beside the database."""
    file = session.get_bind().engine.url.database or ""
    return load({"MICROBLOG_DATA": str(Path(file).parent / "data")})


SECOND = parse_address("alice@home.example")
ORIGIN = Origin("Firefox on Windows", "192.0.2.0/24")


def another_member(session: Session) -> Account:
    account = Account(
        username="Bob",
        username_key="bob",
        email="bob@example.com",
        email_key="bob@example.com",
        password_hash=HASH,
        created_at=NOON,
    )
    session.add(account)
    session.flush()
    return account


def member_names_a_second_address(session: Session) -> None:
    request_backup_email(session, another_member(session), ADDRESS, NOON, ORIGIN)


def member_names_the_address_of_another(session: Session) -> None:
    member(session)
    member_names_a_second_address(session)


def member_confirms_a_second_address(session: Session) -> None:
    alice = member(session)
    request_backup_email(session, alice, SECOND, NOON, ORIGIN)
    pending = session.get_one(PendingBackupEmail, alice.id)
    link = genuine_link(BACKUP_EMAIL_LINK, alice.id, alice, pending, expires=NOON + timedelta(days=1))
    attach_backup_email(session, link, NOON, ORIGIN)
    session.flush()
    session.execute(delete(Email).where(Email.to == SECOND.spelled))


def member_removes_a_second_address(session: Session) -> None:
    alice = member(session)
    session.add(BackupEmail(account_id=alice.id, email=SECOND.spelled, email_key=SECOND.key, added_at=NOON))
    detach_backup_email(session, alice, NOON, ORIGIN)
    session.flush()
    session.execute(delete(Email).where(Email.to == SECOND.spelled))


def member_makes_codes(session: Session) -> None:
    make_codes(session, [b"a key"], member(session), NOON, ORIGIN)


def operator_helps(session: Session) -> None:
    member(session)
    recover(session, Links(settings_of(session)), "alice", "root", NOON)


def operator_removes_the_backup_email(session: Session) -> None:
    alice = member(session)
    session.add(BackupEmail(account_id=alice.id, email=SECOND.spelled, email_key=SECOND.key, added_at=NOON))
    take_off_backup_email(session, alice, "root", NOON)


def operator_ends_the_codes(session: Session) -> None:
    alice = member(session)
    session.add(RecoveryCode(account_id=alice.id, code_hash="x", made_at=NOON))
    end_codes_of(session, alice, "root", NOON)


def operator_sets_the_address(session: Session) -> None:
    replace_email(session, member(session), SECOND, "root", NOON)


def bob(session: Session) -> int:
    account = Account(
        username="bob",
        username_key="bob",
        email="bob@example.com",
        email_key="bob@example.com",
        password_hash=HASH,
        created_at=NOON,
    )
    session.add(account)
    session.flush()
    return account.id


def member_is_followed(session: Session) -> None:
    alice, other = member(session).id, bob(session)
    follow_id = follows.add_follow(session, follower_id=other, followed_id=alice, now=NOON)
    assert follow_id
    notify_followed(session, alice, follow_id, NOON)


def somebody_followed_posts(session: Session) -> posts.Post:
    alice, other = member(session), bob(session)
    alice.created_at = NOON - timedelta(days=3)
    follows.add_follow(session, follower_id=alice.id, followed_id=other, now=NOON)
    return posts.add_post(session, author_id=other, text=SAMPLE_POST, once="form", now=NOON)


def member_is_mentioned(session: Session) -> None:
    notify_mentioned(session, somebody_followed_posts(session), NOON)


def member_was_away(session: Session) -> None:
    somebody_followed_posts(session)
    queue_digest(session, session.scalars(select(Account).where(Account.username == "Alice")).one().id, NOON)


def page_fails(session: Session) -> None:
    notify_of_error(
        session, [ADDRESS.spelled], FAULT, "POST /register", counted(times=1, untold=1, told_at=NEVER), NOON
    )
    email = session.scalars(select(Email)).one()
    email.payload = email.payload | {"process": SAMPLE_PROCESS}


def errors_go_on(session: Session) -> None:
    often = counted(times=7, untold=6, told_at=NOON, last_at=NOON + timedelta(minutes=40))
    silent = counted(times=2, untold=2, told_at=NEVER, key="OSError in send 0123456789abcdef0123")
    notify_of_recurring_errors(session, [ADDRESS.spelled], [often, silent], NOON)


def counted(key: str = FAULT.key, last_at: datetime = NOON, **more: Any) -> ErrorReport:
    return ErrorReport(key=key, first_at=NOON, last_at=last_at, **more)


def somebody_signs_in_after_failures(session: Session) -> None:
    alice = member(session)
    for minute in range(14):
        somewhere = SAMPLE_ORIGINS[minute > 10]
        record_failed_sign_in(
            session, alice, FailureReason.WRONG_PASSWORD, NOON - timedelta(minutes=minute), origin=somewhere, about=""
        )
    signs_in(session, alice)


def somebody_signs_in_from_elsewhere(session: Session) -> None:
    alice = member(session)
    record(session, alice.id, EventType.SIGNED_UP, NOON, origin=Origin("Firefox on Linux", "192.0.2.0/24"))
    signs_in(session, alice)


def signs_in(session: Session, account: Account) -> None:
    here = Origin("Firefox on Windows", "192.0.2.0/24")
    insert_session(session, account, new_hash=None, remember=False, known_browser=False, origin=here, now=NOON)


def operator_signs_out(session: Session) -> None:
    alice = member(session)
    signs_in(session, alice)
    end_sessions_of(session, alice, NOON)


def operator_deactivates(session: Session) -> None:
    deactivate_account(session, member(session), NOON)


def operator_reactivates(session: Session) -> None:
    alice = member(session)
    alice.deactivated_at = NOON
    reactivate_account(session, alice, NOON)


CAUSES: dict[str, Callable[[Session], None]] = {
    "finish_sign_up": newcomer_signs_up,
    "already_member": member_signs_up_again,
    "reset_password": member_forgets,
    "password_changed": member_changes_the_password,
    "reset_after_not_me": member_says_it_was_somebody_else,
    "second_address": member_names_a_second_address,
    "second_address_taken": member_names_the_address_of_another,
    "second_address_added": member_confirms_a_second_address,
    "second_address_removed": member_removes_a_second_address,
    "recovery_codes_made": member_makes_codes,
    "recovered_by_operator": operator_helps,
    "backup_email_removed_by_operator": operator_removes_the_backup_email,
    "recovery_codes_ended_by_operator": operator_ends_the_codes,
    "email_set_by_operator": operator_sets_the_address,
    "failed_sign_ins": somebody_signs_in_after_failures,
    "new_device": somebody_signs_in_from_elsewhere,
    "signed_out": operator_signs_out,
    "deactivated": operator_deactivates,
    "reactivated": operator_reactivates,
    "followed": member_is_followed,
    "mentioned": member_is_mentioned,
    "weekly_digest": member_was_away,
    "error_report": page_fails,
    "more_errors": errors_go_on,
    **OWN_CAUSES,
}
AT_ONCE = {"test_letter": write_test_email}  # emails that never wait in the outbox


@pytest.fixture(params=[folder.name for folder in FOLDERS])
def name(request: pytest.FixtureRequest) -> str:
    """The name of each email in turn."""
    return str(request.param)


@pytest.fixture
def written(name: str, session: Session, tmp_path: Path) -> Rendered:
    """The email, written by its real writer, with a fixed word for the token."""
    settings = load({"MICROBLOG_DATA": str(tmp_path / "data"), "ADMINS": "help@blog.example"})
    settings = replace(settings, public_url=replace(settings.public_url, host="blog.example"))
    pages = pages_of(settings.public_url)
    if name in AT_ONCE:
        return AT_ONCE[name](ADDRESS.spelled, pages, NOON)
    CAUSES[name](session)
    posted = session.scalars(select(Email).order_by(Email.id)).all()
    email = next((one for one in posted if one.kind == name), posted[0])
    found = all_renderers(settings, pages)[email.kind].render(session, email, NOON)
    assert isinstance(found, Rendered)
    return replace(found, text=TOKEN.sub("TOKEN", found.text), html=TOKEN.sub("TOKEN", found.html))


def test_every_email_has_its_three_texts_and_a_cause_that_is_tested() -> None:
    assert sorted(folder.name for folder in FOLDERS) == sorted([*CAUSES, *AT_ONCE])
    for folder in FOLDERS:
        assert sorted(file.name for file in folder.iterdir()) == ["body.html", "body.txt", "subject.txt"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_name_nobody_gave_stops_the_email(folder: Path) -> None:
    with pytest.raises(UndefinedError):
        render_folder(str(folder.parent), folder.name, "alice@example.com", {})


@pytest.mark.parametrize("form", ["txt", "html"])
def test_an_email_reads_as_its_golden_file(name: str, written: Rendered, form: str) -> None:
    body = written.text if form == "txt" else written.html
    head = f"Subject: {written.subject}\n\n" if form == "txt" else ""
    assert head + body == (GOLDEN / f"{name}.{form}").read_text("utf-8")


def test_an_email_goes_to_the_stored_address_and_greets_members_by_username(name: str, written: Rendered) -> None:
    assert written.to == "Alice@example.com"
    assert written.text.startswith("Hello,\n" if name in TO_NO_MEMBER else "Dear Alice,\n")


@pytest.mark.parametrize("kind", TO_STRANGERS)
def test_an_email_to_somebody_who_may_never_have_signed_up_shows_nothing_that_was_typed(
    session: Session, kind: str
) -> None:
    facts = {"username": "buy-now.example", "link": "https://blog.example/x", "ends": NOON}
    (parent,) = (folder.parent for folder in FOLDERS if folder.name == kind)
    letter = render_folder(str(parent), kind, "alice@example.com", facts)
    assert "buy-now" not in letter.subject + letter.text + letter.html


def test_a_subject_is_one_line_and_names_the_site(written: Rendered) -> None:
    assert written.subject.startswith("[Microblog] ")
    assert written.subject == " ".join(written.subject.split())
    assert len(written.subject) <= 60


def test_text_and_html_say_the_same(written: Rendered) -> None:
    page = EmailPage(written.html)
    html = " ".join(page.words.split()).removeprefix("Microblog ").replace(HINT, "")  # less the emailhead and the hint
    text = written.text
    for label in page.labels:  # a button says in HTML what a line before the link says in text
        text = text.replace(f"To {label[0].lower()}{label[1:]}:\n", "")
    assert html.split() == text.split()


def test_the_one_heading_and_the_title_say_what_the_subject_says(written: Rendered) -> None:
    page = EmailPage(written.html)
    assert page.headings == [page.title]
    assert page.title.lower() == written.subject.removeprefix("[Microblog] ").lower()


def test_what_a_list_of_emails_shows_beside_the_subject_is_a_sentence_of_the_email(written: Rendered) -> None:
    preheader = EmailPage(written.html).preheader
    assert len(preheader) > 20
    assert preheader in written.text


def test_an_email_can_be_listened_to(written: Rendered) -> None:
    """Its language is named, and no table that only places things is read out as one."""
    page = EmailPage(written.html)
    tables = [given.get("role") for tag, given in page.marks if tag == "table"]
    assert set(tables) <= {"presentation"}
    assert ("html", {"lang": "en", "dir": "ltr"}) in page.marks
    assert {given.get("role") for tag, given in page.marks if tag == "div"} == {None, "article"}


def test_every_colour_has_one_for_the_dark_and_one_for_outlooks_dark(written: Rendered) -> None:
    """Outlook takes no media query; it marks its dark mode with data-ogsc (text) and data-ogsb (background)."""
    page = EmailPage(written.html)
    coloured = {
        given["class"]: re.sub(r"#\w+", "#", given["style"] or "")
        for _, given in page.marks
        if given.get("class") and "color" in (given.get("style") or "")
    }
    assert {"page", "sheet", "link", "button", "label", "soft"} >= coloured.keys() > {"page", "sheet"}
    dark = page.css.partition("@media (prefers-color-scheme:dark)")[2].partition("\n}\n")[0]
    for name, style in coloured.items():
        for name_of_colour, attribute in (("background-color", "ogsb"), ("color", "ogsc")):
            if re.search(rf"(?:^|;){name_of_colour}:", style or ""):
                (colour,) = re.findall(rf"\.{name}\{{(?:.*;)?{name_of_colour}:(#\w+)!important", dark)
                assert f"[data-{attribute}] .{name}{{{name_of_colour}:{colour}!important}}" in page.css
    assert {("color-scheme", "light dark")} <= {(given.get("name"), given.get("content")) for _, given in page.marks}


def test_the_html_is_small(written: Rendered) -> None:
    assert len(written.html.encode()) < 5000


def test_an_email_links_to_the_public_url_alone_and_the_same_in_both_forms(written: Rendered) -> None:
    links = [word for word in written.text.split() if "://" in word]
    assert links
    assert all(link.startswith("http://blog.example:5000/") for link in links)
    assert set(EmailPage(written.html).links) == set(links)


def test_a_link_stands_alone_on_its_line_in_the_text(written: Rendered) -> None:
    for line in written.text.splitlines():
        assert "://" not in line or line.split() == [line]


def test_the_html_fetches_runs_and_tracks_nothing(written: Rendered) -> None:
    page = EmailPage(written.html)
    tags = {tag for tag, _ in page.marks}
    assert not tags & {"img", "script", "iframe", "link", "object", "embed", "form", "input", "video", "audio", "svg"}
    for tag, given in page.marks:
        assert not {"src", "srcset", "background", "ping"} & given.keys()
        assert not [key for key in given if key.startswith("on")]
        assert "href" not in given or tag == "a"
    assert "url(" not in written.html
    assert "@import" not in written.html


def test_a_username_with_marks_is_shown_and_not_obeyed() -> None:
    facts = {"username": "<b>&\"'", "sign_in_url": "https://blog.example/x", "forgot_url": "https://blog.example/y"}
    (parent,) = (folder.parent for folder in FOLDERS if folder.name == "already_member")
    letter = render_folder(str(parent), "already_member", "alice@example.com", facts)
    assert "Dear <b>&\"'," in letter.text
    assert "<b>" not in letter.html


def test_every_line_is_short_enough_for_the_wire(written: Rendered) -> None:
    assert max(map(len, [*written.text.splitlines(), *written.html.splitlines()])) <= LONGEST_LINE
    envelope = compose(written, Sender("Microblog", "no-reply@blog.example"), "<1@blog.example>", NOON)
    assert b"quoted-printable" not in envelope.message
