"""The `microblog` command: one module per subject, each adding its commands to `main`."""

import io
import sys
from typing import Any

import click

from microblog import __version__
from microblog.cli.backup import backup, restore_command
from microblog.cli.database import db
from microblog.cli.demo import demo
from microblog.cli.mail import mail
from microblog.cli.member_recovery import end_recovery_codes_command, remove_backup_email_command, set_email_command
from microblog.cli.members import deactivate, reactivate, sign_out
from microblog.cli.recover import recover_command
from microblog.cli.shell import shell
from microblog.cli.start import run, web, worker
from microblog.cli.trace import trace
from microblog.settings import is_utf8

__all__ = ["main"]


class Commands(click.Group):
    """The commands, which take text and print on any terminal."""

    def main(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as click has it
        """Run one. What a terminal cannot show is spelled out, as in caf\\xe9, and ends nothing."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*given, **named)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is no text, before a database or a mail server is asked for it."""
        for argument in args:
            if not is_utf8(argument):
                raise click.UsageError(f"{argument!a} is not UTF-8.", ctx)
        return super().parse_args(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Microblog: a self-hosted microblog whose members always get back in."""


for command in (
    *(run, web, worker, db, backup, restore_command, mail, recover_command, trace, sign_out, deactivate, reactivate),
    *(remove_backup_email_command, end_recovery_codes_command, set_email_command, shell, demo),
):
    main.add_command(command)
