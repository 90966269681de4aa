"""`microblog mail`: administration of emails. One module per subject, each adding its commands to `mail`."""

import click

from microblog.cli.mail.doctor import doctor
from microblog.cli.mail.emails import drop, list_emails, release, retry, show
from microblog.cli.mail.preview import preview
from microblog.cli.mail.test import test


@click.group()
def mail() -> None:
    """Look at the letters and at the way they leave."""


for command in (doctor, test, preview, list_emails, show, retry, drop, release):
    mail.add_command(command)
