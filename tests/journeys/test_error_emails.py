"""The real commands: an error on the site and one in the delivery reach the admins, and no secret with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from journeys.trial import Trial, wait_for
from microblog.db import Database
from support.running import PASSWORD
from support.smtp_server import SmtpServer

ADMIN = "root@blog.example"


@pytest.fixture
def trial(tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Trial]:
    with Trial(tmp_path, ADMINS=ADMIN).mail_to(smtp_server.port) as made:
        made.start()
        yield made


def told_of(server: SmtpServer, where: str) -> bool:
    """Tell whether a letter about an error in that place came."""
    return any(f"Where: {where}" in letter.body("plain") for letter in list(server.delivered))


def test_a_table_that_is_gone_is_told_by_the_site_and_by_the_delivery(trial: Trial, smtp_server: SmtpServer) -> None:
    visitor = trial.visitor()
    form = {"username": "wanderer", "password": PASSWORD, "csrf_token": visitor.token_in(visitor.get("/login"))}
    database = Database(f"sqlite:///{trial.folder}/data/microblog.db")
    with database.writing() as session:
        session.execute(text("ALTER TABLE accounts RENAME TO gone"))
    database.close()
    assert visitor.post("/login", form).status == 500
    assert visitor.submit("/reset_password_request", email="wanderer").path == "/check-email"
    wait_for(lambda: told_of(smtp_server, "POST /login"))
    wait_for(lambda: told_of(smtp_server, "email cannot be written id="))
    letters = list(smtp_server.delivered)
    assert {letter.recipient for letter in letters} == {ADMIN}
    bodies = [letter.body("plain") + letter.body("html") for letter in letters]
    wait_for(lambda: trial.output.count("no such table: accounts") >= 2)
    for said in (*bodies, trial.output):
        assert "no such table: accounts" in said
        assert "wanderer" not in said
        assert PASSWORD not in said
