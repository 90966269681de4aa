"""A member whose account is deleted in the very moment in which another window of theirs sends a form."""

import logging

import pytest
from flask import request
from sqlalchemy import delete

from microblog.identity import Account
from microblog.web.current_member import current_member_or_none
from support.members import member
from support.running import RunningSite
from web.writing import press

FORMS = {
    "/": {"post": "Last words", "once": "1"},
    "/account/letters": {"followed": "y"},
    "/follow/bob": {},
    "/edit_profile": {"username": "alice", "about_me": "Gone fishing"},
    "/logout": {},
}


@pytest.mark.parametrize("path", FORMS)
def test_is_sent_to_sign_in_and_nobody_is_told_of_a_fault(
    site: RunningSite, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    alice, _ = member(site, "alice"), member(site, "bob")

    def leave() -> None:
        if request.method == "POST" and current_member_or_none():
            with site.database.writing() as session:
                session.execute(delete(Account).where(Account.username == "alice"))

    site.app.before_request_funcs.setdefault(None, []).append(leave)
    with caplog.at_level(logging.ERROR):
        answer = press(alice, path, **FORMS[path])
    asked = (answer.status, answer.headers["Location"])
    assert asked == (303, "/login") or (answer.status, answer.title) == (403, "Sign in")  # with what was written
    assert [record for record in caplog.records if "unhandled" in record.message] == []
