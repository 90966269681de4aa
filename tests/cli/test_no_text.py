"""Bytes that are no text, typed behind any command, and terminals that cannot show every character."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from microblog.cli import main
from support.command import command
from support.running import COMMAND

NO_TEXT = "caf\udce9"  # as Python has the bytes of another encoding


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Return every command there is, as it is typed."""
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, (*path, name))
        else:
            yield " ".join((*path, name))


@pytest.mark.parametrize(
    "typed", [f"{one}{more}" for one in commands(main) for more in (f" {NO_TEXT}", f" --to {NO_TEXT}")]
)
def test_no_command_takes_bytes_that_are_no_text(tmp_path: Path, typed: str) -> None:
    ended = command(typed, {"MICROBLOG_DATA": str(tmp_path)})
    assert ended.status == 2
    assert "'caf\\udce9' is not UTF-8." in ended.output


def run(*arguments: bytes, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a command in a process of its own."""
    given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environ}
    return subprocess.run([os.fsencode(COMMAND), *arguments], env=given, capture_output=True, timeout=60, check=False)


def test_a_trace_of_no_text_is_refused_in_words(tmp_path: Path) -> None:
    ended = run(b"trace", b"caf\xe9@example.com", MICROBLOG_DATA=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"is not UTF-8" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8"])
def test_a_terminal_that_cannot_show_a_character_gets_it_spelled_out(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "żółw"
    ended = run(b"db", b"upgrade", MICROBLOG_DATA=str(folder), PYTHONIOENCODING=encoding)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert str(folder).encode(encoding, "backslashreplace") in ended.stdout
