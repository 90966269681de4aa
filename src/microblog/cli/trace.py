"""`microblog trace`: everything that happened with one address, in order. Times are in UTC."""

import json
from dataclasses import asdict
from datetime import datetime

import click

from microblog.cli.bootstrap import clock_for, open_database, read_settings, refuse_old_schema
from microblog.cli.mail.tables import format_moment, wrap_words
from microblog.ops.trace import Trace
from microblog.ops.trace import trace as trace_of

MOST = 10_000


@click.command()
@click.argument("address")
@click.option("--limit", type=click.IntRange(1, MOST), default=300, show_default=True, help="At most so many steps.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def trace(address: str, limit: int, *, as_json: bool) -> None:
    """Tell everything that happened with ADDRESS, an address or a username: the answer to "I never got the mail".

    Requests, limits, letters with every try and the server's words, in order of time (UTC); at the end, what it comes
    to. Never what a letter says.
    """
    settings = read_settings()
    with open_database(settings) as database:
        refuse_old_schema(database)
        now = clock_for(database)()
        with database.reading() as session:
            found = trace_of(session, settings, address, now, limit)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=datetime.isoformat))
    else:
        click.echo(format_trace(found))


def format_trace(found: Trace) -> str:
    """Return a trace as lines that fit a terminal."""
    wide = max((len(step.about) for step in found.steps), default=0)
    lines = [*wrap_words("", found.who), ""]
    if found.left_out:
        lines += wrap_words("", "Older steps are left out; --limit shows more.")
    for step in found.steps:
        lines += wrap_words(f"{format_moment(step.at)}  {step.about:<{wide}}  ", step.words)
    if found.steps:
        lines.append("")
    return "\n".join([*lines, *wrap_words("", found.conclusion)])
