"""The README's table of settings, made from their declarations: `make settings-table`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from microblog.settings.setting import Setting
from microblog.settings.site import SETTINGS

BEGIN, END = "<!-- made by `make settings-table` -->\n", "<!-- end of what it makes -->\n"


def make_table(settings: Iterable[Setting]) -> str:
    """Return the settings as a table in Markdown, and a sentence about which may come from a file."""
    settings = list(settings)
    rows = [f"| `{one.name}` | {f'`{one.default}`' if one.default else '–'} | {one.meaning} |" for one in settings]
    secrets = ", ".join(f"`{one.name}`" for one in settings if one.secret)
    note = f"A secret ({secrets}) may come from a file instead: set `SECRET_KEY_FILE` and so on to its path."
    return "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows, "", note, ""])


def replace_table(document: str) -> str:
    """Return a document with a new table between its two markers."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("The document lacks the markers that the table stands between.")
    return f"{before}{begin}\n{make_table(SETTINGS)}\n{end}{after}"


if __name__ == "__main__":
    readme = Path(sys.argv[1])
    readme.write_text(replace_table(readme.read_text("utf-8")), "utf-8")
