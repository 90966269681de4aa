"""The `microblog` command: one module per subject, each adding its commands to `main`."""

import click

from microblog import __version__
from microblog.cli.backup import backup, restore_command
from microblog.cli.database import db
from microblog.cli.demo import demo
from microblog.cli.mail import mail
from microblog.cli.member_recovery import (
    end_recovery_codes_command,
    remove_backup_email_command,
    set_email_command,
)
from microblog.cli.members import deactivate, reactivate, sign_out
from microblog.cli.recover import recover_command
from microblog.cli.shell import shell
from microblog.cli.start import run, web, worker
from microblog.cli.trace import trace

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Microblog: a self-hosted microblog whose members always get back in."""


for command in (
    *(run, web, worker, db, backup, restore_command, mail, recover_command, trace, sign_out, deactivate, reactivate),
    *(remove_backup_email_command, end_recovery_codes_command, set_email_command, shell, demo),
):
    main.add_command(command)
