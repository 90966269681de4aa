"""Letters a second over STARTTLS with a login: one worker, everything included, against Flask-Mail's `mail.send`."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import trustme
from flask import Flask
from flask_mail import Mail, Message

from benchmarks.delivery import LETTERS, expect, parts, reset_letter, worker
from benchmarks.testbed import ENGINES, Testbed, mail_server
from benchmarks.turns import Comparison, Finding, Way, find, take_turns
from microblog.mail.compose import Envelope

TITLE = "Letters a second over STARTTLS with a login"
USER, PASSWORD = "blog", "a password of no value"
FLASK_MAIL, FLASK_LETTERS = "Flask-Mail 0.10.0, mail.send each", 100


@contextmanager
def flask_mail(envelope: Envelope, port: int) -> Iterator[Way]:
    """Measure stock Flask-Mail, with the same text and HTML."""
    model, text, html = parts(envelope)
    app = Flask(__name__)
    app.config.update(MAIL_SERVER="localhost", MAIL_PORT=port, MAIL_USE_TLS=True)
    app.config.update(MAIL_USERNAME=USER, MAIL_PASSWORD=PASSWORD, MAIL_DEFAULT_SENDER=str(model["From"]))
    mail = Mail(app)

    def turn() -> float:
        began = time.perf_counter()
        for number in range(FLASK_LETTERS):
            recipient = f"member{number}@example.com"
            mail.send(Message(str(model["Subject"]), recipients=[recipient], body=text, html=html))
        return FLASK_LETTERS / (time.perf_counter() - began)

    with app.app_context():
        yield turn


def run(testbed: Testbed, turns: int) -> list[Finding]:
    """Measure."""
    envelope, folder, authority = reset_letter(testbed), testbed.folder(), trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    options = ("--certificate", str(folder / "server.pem"), "--login", f"{USER}:{PASSWORD}")
    signed_in = {"MAIL_USE_TLS": "yes", "MAIL_USERNAME": USER, "MAIL_PASSWORD": PASSWORD}
    signed_in |= {"MAIL_CA_FILE": str(folder / "authority.pem"), "MAIL_DEFAULT_SENDER": envelope.sender}
    with ExitStack() as open_, mail_server(*options) as server:
        ways = {
            f"our worker, {engine}": open_.enter_context(worker(testbed, engine, server.port, **signed_in))
            for engine in ENGINES
        }
        comparisons = [Comparison(name, FLASK_MAIL, 4) for name in ways]
        ways[FLASK_MAIL] = open_.enter_context(flask_mail(envelope, server.port))
        rates = take_turns(ways, turns)
        expect(server.letters(), turns * (2 * LETTERS + FLASK_LETTERS))
    return [find(rates, comparison) for comparison in comparisons]
