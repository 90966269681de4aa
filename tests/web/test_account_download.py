"""/account/download: everything an account holds, as one file."""

import json
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.contact import AddressChange
from microblog.db import Database
from microblog.exports import BATCH, ExportPart
from microblog.identity import Account, BackupEmail
from microblog.personal_data import export
from microblog.web.personal_data.data_providers import EXPORTERS
from support.clock import NOON
from support.members import events_of, member
from support.running import PASSWORD, RunningSite
from support.visitor import Answer, Visitor


def download(visitor: Visitor) -> Answer:
    return visitor.submit("/account/download", current_password=PASSWORD)


def test_the_file_holds_all_of_the_members_and_nothing_of_anybody_elses(site: RunningSite) -> None:
    alice = member(site, "Alice")
    member(site, "bob")
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id).where(Account.username == "Alice")).one()
        spare = "spare@example.net"
        db.add(BackupEmail(account_id=owner, email=spare, email_key=spare, added_at=NOON))
        move = {"old_email": "a@b", "new_email": "c@d", "old_email_key": "a@b", "new_email_key": "c@d"}
        db.execute(insert(AddressChange).values(account_id=owner, asked_at=NOON, **move))
    answer = download(alice)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="microblog-Alice.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    found = json.loads(answer.text)
    assert list(found) == ["account", "events", "logins", "address_changes", "profile", "posts", "follows", "letters"]
    noon, joined = "2026-11-22 12:00:00+00:00", "2026-10-23 12:00:00+00:00"
    assert found["account"] == {
        "username": "Alice",
        "email": "Alice@example.com",
        "member_since": joined,
        "second_email": spare,
        "recovered": None,
    }
    assert [one["what"] for one in found["events"]] == ["Signed in", "Everything the account holds was downloaded"]
    assert [(one["network"], one["since"]) for one in found["logins"]] == [("127.0.0.0/24", noon)]
    assert [(one["from"], one["to"], one["completed"]) for one in found["address_changes"]] == [("a@b", "c@d", None)]
    assert "bob" not in answer.text


def test_no_secret_is_in_it_and_that_it_was_made_is_noted(site: RunningSite) -> None:
    alice = member(site, "alice")
    text = download(alice).text
    with site.database.reading() as db:
        secrets = [*db.scalars(select(Account.password_hash)), *db.scalars(select(SignInSession.secret_hash))]
    assert not any(secret in text for secret in secrets)
    assert "argon2" not in text
    assert events_of(site, "alice")[-1] == "data_downloaded"


@pytest.mark.parametrize("rows", [0, 1, BATCH - 1, BATCH, BATCH + 1])
def test_every_row_is_there_once_however_many_there_are(site: RunningSite, rows: int) -> None:
    member(site, "alice")
    with site.database.writing() as db:
        owner = db.scalars(select(Account.id)).one()
        many = [{"account_id": owner, "kind": "signed_in", "at": NOON, "detail": str(number)} for number in range(rows)]
        if many:
            rest = {"device": "", "network": "", "about": ""}
            db.execute(insert(Event), [one | rest for one in many])
    found = json.loads("".join(export(site.database, owner, EXPORTERS)))
    assert [one["detail"] for one in found["events"]][1:] == [str(number) for number in range(rows)]


def test_no_transaction_stays_open_while_somebody_downloads_slowly(site: RunningSite) -> None:
    member(site, "alice")
    out: list[Any] = []
    with closing(Database(site.settings.database_url)) as database:  # one that nobody else uses
        event.listen(database.engine, "checkout", lambda *call: out.append(call[0]))
        event.listen(database.engine, "checkin", lambda *call: out.remove(call[0]))
        with database.reading() as db:
            owner = db.scalars(select(Account.id)).one()
            assert len(out) == 1
        pieces = []
        for piece in export(database, owner, EXPORTERS):
            pieces.append(piece)
            assert out == []
    assert json.loads("".join(pieces))["account"]["username"] == "alice"


def test_a_room_adds_its_part(site: RunningSite) -> None:
    member(site, "alice")
    posts = [(1, {"text": 'Hello "world" äöü\n'}), (2, {"text": "again"})]
    part = ExportPart("posts", lambda session, account_id, after: [one for one in posts if one[0] > after])
    with site.database.reading() as db:
        owner = db.scalars(select(Account.id)).one()
    found = json.loads("".join(export(site.database, owner, [part])))
    assert found["posts"] == [row for _, row in posts]
    assert list(found) == ["account", "posts"]
