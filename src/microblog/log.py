"""The log: one line an event, in UTC, to standard error, where systemd and containers pick it up."""

import json
import logging
import re
import time

from microblog.redaction import BY_ITS_LOOKS


class OneLine(logging.Formatter):
    """Writes each message on one line, so that no input can forge a second. Tracebacks keep their lines, indented."""

    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Escape what would end the line."""
        return super().formatMessage(record).translate(ESCAPES)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Indent a traceback, so that none of its lines looks like one of ours."""
        return indented(BY_ITS_LOOKS.hide(super().formatException(ei)))  # type: ignore[arg-type]


PLAIN = re.compile(r"[\w./:+-]+", re.ASCII)
ESCAPES = {number: repr(chr(number))[1:-1] for number in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029)}


def in_fields(**values: object) -> str:
    """Write values as `name=value name="some words"`, for lines that are searched; empty ones are left out."""
    kept = {name: str(value) for name, value in values.items() if value not in ("", None)}
    return " ".join(f"{name}={text if PLAIN.fullmatch(text) else json.dumps(text)}" for name, text in kept.items())


def indented(traceback: str) -> str:
    """Return a traceback as the log shows it."""
    return "\n".join("    " + line.translate(ESCAPES) for line in traceback.splitlines())


def log_traceback(log: logging.Logger, words: str, traceback: str) -> None:
    """Log an error with a traceback that was made fit to be read, in place of the one that logging would write."""
    record = log.makeRecord(log.name, logging.ERROR, "", 0, words, (), None)
    record.exc_text = indented(traceback)
    log.handle(record)


def without_path(record: logging.LogRecord) -> bool:
    """Take the path out of what waitress says of a request that broke off: it may hold a token."""
    record.msg = re.sub(r"(?<= while serving ).*", "a request", str(record.msg), flags=re.DOTALL)
    return True


def set_up() -> None:
    """Send the log to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("waitress").addFilter(without_path)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits for a thread
