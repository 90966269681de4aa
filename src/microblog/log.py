"""Logging: one line per event, in UTC, to standard error, where systemd and containers collect it."""

import json
import logging
import re
import time

from microblog.redaction import BY_ITS_LOOKS


class OneLineFormatter(logging.Formatter):
    """A formatter that keeps each message on one line, so that no input can forge another. Tracebacks are indented."""

    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Escape control characters and line breaks."""
        return super().formatMessage(record).translate(ESCAPES)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Redact and indent a traceback, so that none of its lines looks like a log record."""
        return indent_traceback(BY_ITS_LOOKS.hide(super().formatException(ei)))  # type: ignore[arg-type]


PLAIN = re.compile(r"[\w./:+-]+", re.ASCII)
ESCAPES = {number: repr(chr(number))[1:-1] for number in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029)}


def format_fields(**values: object) -> str:
    """Format values as logfmt (`name=value name="some words"`), without the empty ones."""
    kept = {name: str(value) for name, value in values.items() if value not in ("", None)}
    return " ".join(f"{name}={text if PLAIN.fullmatch(text) else json.dumps(text)}" for name, text in kept.items())


def indent_traceback(traceback: str) -> str:
    """Indent and escape each line of a traceback."""
    return "\n".join("    " + line.translate(ESCAPES) for line in traceback.splitlines())


def log_traceback(log: logging.Logger, words: str, traceback: str) -> None:
    """Log an error with this traceback, already redacted, in place of the one that logging would write."""
    record = log.makeRecord(log.name, logging.ERROR, "", 0, words, (), None)
    record.exc_text = indent_traceback(traceback)
    log.handle(record)


def remove_path(record: logging.LogRecord) -> bool:
    """Remove the path from waitress's message about an aborted request: it may contain a token."""
    record.msg = re.sub(r"(?<= while serving ).*", "a request", str(record.msg), flags=re.DOTALL)
    return True


def configure_logging() -> None:
    """Send the log to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("waitress").addFilter(remove_path)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits for a thread
