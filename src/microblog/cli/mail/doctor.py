"""`microblog mail doctor`: checks of everything that delivery depends on."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

import click
from sqlalchemy.exc import DBAPIError

from microblog import schema
from microblog.banner import startup_notes
from microblog.cli.bootstrap import clock_for, describe_database_error
from microblog.clock import system_clock
from microblog.db import Database, sqlite_file
from microblog.ops.doctor import Dns, Examination, Finding, Level, Subject, check_outbox, report_invalid_settings
from microblog.settings import Settings, SettingsError, load
from microblog.settings.readers import is_ip
from microblog.web import pages_of

DATABASE = Subject("Database")
COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
WIDTH = 12  # of the longest title
ONCE = "Run `microblog db upgrade` once (`microblog run` does it by itself)."


class Nameserver(click.ParamType[tuple[str, int]]):
    """An IP address, with or without a port."""

    name = "address"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Split address and port."""
        if isinstance(value, tuple):
            return value
        host, _, port = ("", "", "") if is_ip(value) else value.rpartition(":")
        address = host.strip("[]") or value
        if not is_ip(address) or (port and not (port.isdecimal() and 0 < int(port) < 65536)):  # noqa: PLR2004
            self.fail("give an address such as 1.1.1.1, or one with a port such as 127.0.0.1:5353", param, ctx)
        return address, int(port or 53)


@click.command()
@click.option("--dkim-selector", "selectors", multiple=True, metavar="NAME", help="A selector that signs your emails.")
@click.option("--nameserver", type=Nameserver(), help="The DNS server to ask, in place of this computer's own.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(selectors: tuple[str, ...], nameserver: tuple[str, int] | None, as_json: bool) -> None:
    """Check everything an email needs to arrive, and say what to do about each problem.

    Settings, server, login, sender, DNS, emails, outbox. Nothing is sent. The exit status is 1 if anything fails.
    """
    dns = Dns(*nameserver) if nameserver else Dns()
    found = []
    for finding in run_checks(dns, selectors):
        found.append(finding)
        if not as_json:
            print_finding(finding)
    levels = Counter(finding.level for finding in found)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    else:
        click.echo("\n" + ", ".join(f"{levels[level]} {level}" for level in Level if levels[level]) + ".")
    sys.exit(1 if levels[Level.FAIL] else 0)


def run_checks(dns: Dns, selectors: tuple[str, ...]) -> Iterator[Finding]:
    """Yield every finding; with invalid settings, their problems alone."""
    try:
        settings = load()
    except SettingsError as error:
        yield from report_invalid_settings(error.problems)
        return
    pages = pages_of(settings.public_url)
    yield from Examination(settings, pages, dns, startup_notes(settings), selectors).findings(system_clock())
    yield from check_outbox_of_site(settings)


def check_outbox_of_site(settings: Settings) -> Iterator[Finding]:
    """Open the database, if there is one, and check the outbox. Changes nothing."""
    file = sqlite_file(settings.database_url)
    if file and not file.exists():
        yield DATABASE.warn(f"There is none yet at {file}.", ONCE)
        return
    database = Database(settings.database_url)
    try:
        if not schema.is_current(database):
            yield DATABASE.fail("It is not up to date.", ONCE)
            return
        now = clock_for(database)()
        with database.reading() as session:
            yield from check_outbox(session, now)
    except schema.SchemaTooNew as error:
        yield DATABASE.fail(str(error), "Install the newer version of Microblog again.")
    except DBAPIError as error:
        yield DATABASE.fail(
            f"It cannot be used: {describe_database_error(error, settings)}", "See whether it runs, and DATABASE_URL."
        )
    finally:
        database.close()


def print_finding(finding: Finding) -> None:
    """Print a finding on one line, and its remedy, if any, on the next."""
    level = click.style(f"{finding.level:<4}", fg=COLOURS[finding.level])
    click.echo(f"{level}  {finding.title:<{WIDTH}}  {finding.words}")
    if finding.remedy:
        click.echo(f"{'':<{6 + WIDTH}}  What to do: {finding.remedy}")
