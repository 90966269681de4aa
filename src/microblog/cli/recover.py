"""`microblog recover`: a link for a member who cannot get email."""

import os
import pwd

import click

from microblog.cli.bootstrap import open_context, stop
from microblog.recovery import NobodyToRecover, RecoverDeactivated, make_recovery_link
from microblog.words import refusal_text

NOBODY, DEACTIVATED = 3, 4  # exit statuses; 1 is trouble with the database, 2 with the settings or the command


@click.command("recover")
@click.argument("user")
def recover_command(user: str) -> None:
    """Print a link with which USER, a username or an address, can choose a new password.

    It works once and as long as those in letters. That you made it is noted, and a letter tells the member. The link
    alone goes to standard output. Exit status: 3 for no such account, 4 for a deactivated one.
    """
    with open_context() as context:
        try:
            made = make_recovery_link(context, user, operator())
        except NobodyToRecover as refusal:
            stop(refusal_text(refusal), NOBODY)
        except RecoverDeactivated as refusal:
            stop(refusal_text(refusal), DEACTIVATED)
    click.echo(
        f"This link is for {made.username} and works once, until {made.ends:%H:%M:%S UTC}. Hand it over in a way that "
        f"nobody else can read. A letter about it goes to {' and '.join(made.told)}.",
        err=True,
    )
    click.echo(made.link)


def operator() -> str:
    """Return what the operating system calls whoever runs this command: by sudo, who they were before."""
    user = os.getuid()
    before = os.environ.get("SUDO_USER", "") if user == 0 else ""
    try:
        return before or pwd.getpwuid(user).pw_name
    except KeyError:  # a container's user may have no name
        return str(user)
