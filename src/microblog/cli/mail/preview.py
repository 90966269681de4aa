"""`microblog mail preview`: write samples of every email to files."""

from pathlib import Path

import click

from microblog.cli.bootstrap import read_settings, stop
from microblog.clock import system_clock
from microblog.mail.compose import compose
from microblog.mail.rendering import new_message_id
from microblog.ops import sample_emails
from microblog.settings import Settings
from microblog.web import pages_of

SHOWN = 3  # names of files that are in the way


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("letters"))
@click.option("--overwrite", is_flag=True, help="Write over files that are there already.")
def preview(folder: Path, overwrite: bool) -> None:
    """Write every letter, with sample facts, to files in FOLDER: as text, as HTML, and as it goes over the wire.

    FOLDER is `letters` in this folder, unless you name another. Files that are there already are left alone.
    """
    files = render_files(read_settings())
    there = [name for name in files if (folder / name).exists()]
    if there and not overwrite:
        named = ", ".join(there[:SHOWN]) + (", …" if len(there) > SHOWN else "")
        stop(f"{folder} holds {named} already. Nothing was written. Name another folder, or add --overwrite.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        stop(f"{folder} cannot be written to: {error.strerror or error}.")
    click.echo(f"{len(files)} files are in {folder.absolute()}:")
    click.echo("\n".join(f"  {name}" for name in files))


def render_files(settings: Settings) -> dict[str, bytes]:
    """Return the content of each file, by its name."""
    now, sender = system_clock(), settings.mail.sender
    files: dict[str, bytes] = {}
    for sample in sample_emails(settings, pages_of(settings.public_url), now):
        email = sample.email
        files[f"{sample.name}.txt"] = f"Subject: {email.subject}\n\n{email.text}".encode()
        files[f"{sample.name}.html"] = email.html.encode()
        files[f"{sample.name}.eml"] = compose(email, sender, new_message_id(sender), now).message
    return files
