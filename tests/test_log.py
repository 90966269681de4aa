"""The log: one line an event, in UTC, and no input can forge a second."""

import io
import logging
import subprocess
import sys
import traceback

import pytest

from microblog.log import OneLineFormatter, format_fields, log_traceback

PLAIN = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"
BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
OTHERS = ["\0", "\a", "\b", "\t", "\x1b", "\x7f"]


def written(message: str, *args: object, error: BaseException | None = None) -> str:
    """Return what the log writes of one message."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLineFormatter(PLAIN))
    log = logging.Logger("microblog.test")  # noqa: LOG001 - one that no other test hears
    log.addHandler(handler)
    log.warning(message, *args, exc_info=error)
    return out.getvalue()


def int_of(words: str) -> int:
    raise ValueError(words)


def test_a_message_is_one_line() -> None:
    assert written("sent %s of %d", "one", 2).endswith("Z WARNING microblog.test: sent one of 2\n")


@pytest.mark.parametrize("char", BREAKS + OTHERS, ids=ascii)
@pytest.mark.parametrize("place", ["in the message", "in an argument"])
def test_line_breaks_and_control_characters_are_escaped(char: str, place: str) -> None:
    forged = f"to alice{char}2026-11-22T12:00:00Z INFO microblog: all is well"
    line = written(forged) if place == "in the message" else written("%s", forged)
    assert len(line.splitlines()) == 1
    assert line.endswith("\n")
    assert char not in line[:-1]
    assert repr(char)[1:-1] in line


def test_words_of_every_language_stay_as_they_are() -> None:
    assert "für Зоя 🎈 “quoted” \\n" in written("für %s 🎈 “quoted” \\n", "Зоя")


def test_a_traceback_keeps_its_lines_indented() -> None:
    with pytest.raises(ValueError, match="it broke") as broken:
        int_of("it broke\nWARNING microblog: all is well\u2028INFO\x85again")
    error = broken.value
    first, *rest = written("trouble", error=error).splitlines()
    assert first.endswith("WARNING microblog.test: trouble")
    assert rest[0] == "    Traceback (most recent call last):"
    assert [line for line in rest if not line.startswith("    ")] == []
    assert len(rest) >= len("".join(traceback.format_exception(error)).splitlines())


def test_a_traceback_shows_no_token_and_no_address() -> None:
    with pytest.raises(ValueError, match="no such link") as broken:
        int_of("no such link: eyJhbGciOiJIUzI1NiJ9.eyJ4Ijo1fQ.c2lnbmF0dXJl of alice@example.com")
    assert "ValueError: no such link: [hidden] of [hidden]\n" in written("trouble", error=broken.value)


def test_a_traceback_that_was_made_fit_to_be_read_takes_the_place_of_the_usual_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log_traceback(logging.getLogger("microblog.test"), "trouble: %s", "Traceback\n  File\x1b\nValueError: [hidden]")
    [record] = caplog.records
    assert (record.levelname, record.name, record.getMessage()) == ("ERROR", "microblog.test", "trouble: %s")
    lines = OneLineFormatter(PLAIN).format(record).splitlines()
    assert lines[0].endswith("Z ERROR microblog.test: trouble: %s")
    assert lines[1:] == ["    Traceback", "      File\\x1b", "    ValueError: [hidden]"]


def test_values_are_named_and_quoted_where_they_could_be_taken_for_another() -> None:
    line = format_fields(event="signed in", account=5, about="", letter=None, network="192.0.2.0/24", odd='a=b "c"\n')
    assert line == 'event="signed in" account=5 network=192.0.2.0/24 odd="a=b \\"c\\"\\n"'


IN_A_PROCESS = """
import logging, os, time
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
from microblog.log import configure_logging
configure_logging()
log = logging.getLogger("microblog.mail")
record = log.makeRecord(log.name, logging.INFO, "", 0, "one\\ntwo", None, None)
record.created = 1_795_348_800.25
log.handle(record)
log.info("said")
log.debug("not said")
logging.getLogger("alembic.runtime").info("not said")
logging.getLogger("waitress.queue").warning("not said")
logging.getLogger("waitress").warning("said")
"""


def test_the_log_goes_to_standard_error_in_utc() -> None:
    ended = subprocess.run([sys.executable, "-c", IN_A_PROCESS], capture_output=True, text=True, check=True, timeout=60)
    first, second, third = ended.stderr.splitlines()
    assert first == "2026-11-22T12:00:00Z INFO microblog.mail: one\\ntwo"
    assert second.endswith("Z INFO microblog.mail: said")
    assert third.endswith("Z WARNING waitress: said")
    assert ended.stdout == ""
