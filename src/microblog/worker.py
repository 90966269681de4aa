"""The worker: deliver what is due, wait for the bell, until told to stop."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from microblog.accounts import SIGN_UP_LETTER, SignUpLetters, sign_up_signer
from microblog.clock import Clock
from microblog.db import Database
from microblog.limits import Limit, Limits
from microblog.links import Pages
from microblog.mail import Writers
from microblog.mail.bell import POLL, Bell
from microblog.mail.claims import RENEW_EVERY
from microblog.mail.delivery import Delivery
from microblog.mail.mailbox import LocalMailbox
from microblog.mail.smtp import SmtpTransport
from microblog.mail.transport import Transport
from microblog.ops import sweep
from microblog.recovery import CHANGED_LETTER, RESET_LETTER, ChangedLetters, ResetLetters, reset_links
from microblog.settings import Settings

log = logging.getLogger(__name__)

IDLE = 30.0  # seconds without letters after which the connection to the mail server is closed
SWEEP_EVERY = 3600.0
TROUBLE = 2.0  # seconds to wait when the database is in trouble


def all_writers(settings: Settings, pages: Pages) -> Writers:
    """Return the writer of every kind of letter there is."""
    limits = Limits(settings.keys("limits")[0])
    per_address = Limit("sign-up letters per address", settings.limits.sign_up_per_identifier)
    per_account = Limit("reset letters per account", settings.limits.reset_per_identifier)
    sign_up = SignUpLetters(sign_up_signer(settings), pages, limits, per_address)
    return {
        SIGN_UP_LETTER.name: sign_up,
        RESET_LETTER.name: ResetLetters(reset_links(settings), pages, sign_up, limits, per_account),
        CHANGED_LETTER.name: ChangedLetters(pages.forgot),
    }


def transport_for(settings: Settings) -> Transport:
    """Return the way letters leave: the mail server if there is one, else the local mailbox."""
    if settings.mail.server:
        host = settings.public_url.host
        return SmtpTransport(settings.mail, "[127.0.0.1]" if settings.trial else host)
    return LocalMailbox(settings.mailbox)


class Worker:
    """Runs in one thread, with a second that renews its leases. `stop` may be called from anywhere, once or often."""

    def __init__(
        self, database: Database, delivery: Delivery, bell: Callable[[Callable[[], bool]], Bell], clock: Clock
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._stop = threading.Event()
        self._done = threading.Event()
        self._bell = bell(self._stop.is_set)
        self._clock = clock
        self._swept = float("-inf")
        self._busy = time.monotonic()

    def stop(self) -> None:
        """Claim no more; finish the letter in hand; return from `run`."""
        self._stop.set()
        self._bell.ring()

    def run(self) -> None:
        """Deliver until stopped. Trouble with the database is waited out; nothing ends this loop but `stop`."""
        threading.Thread(target=self._renew, name="leases", daemon=True).start()
        while not self._stop.is_set():
            try:
                self._step()
            except DBAPIError as error:
                log.error("database in trouble, trying again: %s", error.orig)  # noqa: TRY400 - the reason says it all
                self._stop.wait(TROUBLE)
            except Exception:  # a fault in our own code must not end delivery for ever
                log.exception("the worker stumbled")
                self._stop.wait(TROUBLE)
        self._done.set()
        self._delivery.rest()
        self._bell.close()

    def _step(self) -> None:
        if time.monotonic() - self._swept > SWEEP_EVERY:
            with self._database.writing() as session:
                sweep(session, self._clock())
            self._swept = time.monotonic()
        wait = self._seconds_until(self._delivery.next_due())
        if wait <= 0 and self._delivery.turn(self._stop.is_set):
            self._busy = time.monotonic()
            return
        if time.monotonic() - self._busy > IDLE:
            self._delivery.rest()
        self._bell.wait(min(max(wait, 0.05), 5 * POLL))

    def _seconds_until(self, due: datetime | None) -> float:
        return (due - self._clock()).total_seconds() if due else 5 * POLL

    def _renew(self) -> None:
        while not self._done.wait(RENEW_EVERY):  # while the last letter is finished, too
            try:
                self._delivery.renew()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next renewal may work
                log.warning("leases could not be renewed: %s", error)
