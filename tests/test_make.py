"""The commands around the product: `make` lists itself, Chromium is found or asked for, every pin has its hash."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(\[[a-z,]+\])?==\S+(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH with next to nothing in it: no Chromium, no apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cat", "id"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def tool(path: Path, script: str) -> None:
    """Put a command of ours there."""
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def find_chromium(tools: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the script with nothing but those tools."""
    return subprocess.run(
        ["/bin/sh", HERE / "scripts" / "find-chromium"],
        env={"PATH": str(tools), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_says_the_two_ways_out(answer: "subprocess.CompletedProcess[str]") -> None:
    """Check the words for somebody without a Chromium."""
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "The browser tests need Chromium" in answer.stderr
    assert "apt-get install chromium" in answer.stderr
    assert "make test CHROMIUM=/path/to/chromium" in answer.stderr


def make(*words: str) -> str:
    """Run make as a person would, even where it was make that runs us."""
    clean = {"PATH": os.environ["PATH"]}
    return subprocess.run(["make", *words], cwd=HERE, env=clean, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_make_alone_lists_every_command_with_what_it_does() -> None:
    listed = dict(re.findall(r"^\s*make (\w+)\s+(\S.*)$", make(), re.MULTILINE))
    assert {"install", "run", "test", "check", "lock"} <= set(listed)
    assert set(listed) == set(re.findall(r"^([a-z]+):", (HERE / "Makefile").read_text(), re.MULTILINE))
    assert make() == make("help")


def test_what_make_calls_phony_it_has() -> None:
    makefile = (HERE / "Makefile").read_text()
    named = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert named
    assert set(named[1].split()) == set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_ci_runs_the_checks_and_then_every_test() -> None:
    lines = (HERE / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith(("set", "make"))] == ["set -e", "make check", "make test"]


def test_the_chromium_that_was_named_is_the_one(tools: Path) -> None:
    tool(tools / "chromium", "")
    named = tools / "my-browser"
    tool(named, "")
    assert find_chromium(tools, CHROMIUM=str(named)).stdout == f"{named}\n"


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_chromium_on_the_path_is_found(tools: Path, name: str) -> None:
    tool(tools / name, "")
    answer = find_chromium(tools)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{tools / name}\n", "")


def test_without_chromium_and_apt_the_two_ways_out_are_said(tools: Path) -> None:
    assert_says_the_two_ways_out(find_chromium(tools))


def test_who_may_not_install_is_told_the_two_ways_out_and_nothing_is_tried(tools: Path, tmp_path: Path) -> None:
    tool(tools / "apt-get", f"echo tried >{tmp_path}/tried")
    tool(tools / "id", "echo 1000")
    assert_says_the_two_ways_out(find_chromium(tools))
    assert not (tmp_path / "tried").exists()


def test_who_may_install_gets_debians(tools: Path) -> None:
    (tools / "env").symlink_to(shutil.which("env") or "")
    (tools / "chmod").symlink_to(shutil.which("chmod") or "")
    installs = f'case "$*" in *install*chromium*) echo "#!/bin/sh" >{tools}/chromium; chmod 755 {tools}/chromium;; esac'
    tool(tools / "apt-get", f"echo chatter; {installs}")
    tool(tools / "id", "echo 0")
    answer = find_chromium(tools)
    assert (answer.returncode, answer.stdout) == (0, f"{tools}/chromium\n")
    assert "Installing what the browser tests need" in answer.stderr


def test_an_install_that_fails_ends_with_the_two_ways_out(tools: Path) -> None:
    tool(tools / "apt-get", "exit 100")
    tool(tools / "id", "echo 0")
    assert_says_the_two_ways_out(find_chromium(tools))


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_pin_has_a_hash(name: str) -> None:
    text = (HERE / "requirements" / f"{name}.txt").read_text()
    pins = {found[1]: found[3] for found in PINNED.finditer(text)}
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#", "\t"))]
    assert len(pins) == len(lines) > 10
    assert [pin for pin, rest in pins.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", rest)] == []


@pytest.mark.parametrize("name", ["run", "dev"])
def test_everything_that_was_asked_for_is_pinned(name: str) -> None:
    wanted = (HERE / "requirements" / f"{name}.in").read_text()
    roots = {found.lower() for found in re.findall(r"^([A-Za-z][A-Za-z0-9._-]*)", wanted, re.MULTILINE)}
    pinned = {found[1].lower() for found in PINNED.finditer((HERE / "requirements" / f"{name}.txt").read_text())}
    assert roots <= pinned


def test_a_requirement_of_the_package_is_a_root_of_the_pinned_set() -> None:
    project = (HERE / "pyproject.toml").read_text()
    named = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert named
    roots = (HERE / "requirements" / "run.in").read_text()
    for name in re.findall(r'"([^"]+)"', named[1]):
        assert re.search(rf"^{re.escape(name)} ~=", roots, re.MULTILINE), name
