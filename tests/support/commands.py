"""The `microblog` command inside the test: quicker than a process, for commands that end by themselves."""

import logging
from collections.abc import Mapping

from click.testing import CliRunner, Result

from microblog.cli import main


def run_command(words: str, environ: Mapping[str, str]) -> Result:
    """Run `microblog WORDS` with these settings, and leave logging as it was: commands send it to their own output."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    root.handlers = []
    try:
        return CliRunner().invoke(main, words.split(), env=dict(environ))
    finally:
        root.handlers = handlers
        root.setLevel(level)
