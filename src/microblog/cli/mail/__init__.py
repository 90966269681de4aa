"""`microblog mail`: letters from the operator's side. One module per subject, each adding its commands to `mail`."""

import click


@click.group()
def mail() -> None:
    """Look at the letters and at the way they leave."""
