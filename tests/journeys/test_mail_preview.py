"""`microblog mail preview`: every letter as files, and no file of anybody else's lost."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

import microblog
from support.command import Ended, command

NAMES = sorted(
    path.name for path in Path(microblog.__file__).parent.glob("*/emails/*") if (path / "subject.txt").exists()
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the letters go."""
    return tmp_path / "some" / "letters"


def preview(folder: Path, *options: str) -> Ended:
    return command(f"mail preview {' '.join(options)} {folder}", {"MICROBLOG_DATA": str(folder.parents[1] / "data")})


def test_every_letter_is_written_in_three_forms_that_say_the_same(folder: Path) -> None:
    ended = preview(folder)
    assert ended.status == 0
    assert ended.output.startswith(f"{3 * len(NAMES)} files are in {folder}:\n")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{name}.{form}" for name in NAMES for form in ("txt", "html", "eml")
    )
    for name in NAMES:
        text, html = (folder / f"{name}.txt").read_text("utf-8"), (folder / f"{name}.html").read_text("utf-8")
        message = message_from_bytes((folder / f"{name}.eml").read_bytes(), policy=default)
        assert text.startswith(f"Subject: {message['Subject']}\n\n")
        for form, body in (("plain", text.partition("\n\n")[2]), ("html", html)):
            part = message.get_body((form,))
            assert part
            assert part.get_content().splitlines() == body.splitlines()
        assert f"  {name}.eml" in ended.output.splitlines()


def test_files_that_are_there_are_left_alone_until_told_otherwise(folder: Path) -> None:
    folder.mkdir(parents=True)
    mine = folder / f"{NAMES[0]}.txt"
    mine.write_text("my own notes")
    refused = preview(folder)
    assert refused.status == 1
    assert f"{folder} holds {mine.name} already. Nothing was written." in refused.output
    assert [path.name for path in folder.iterdir()] == [mine.name]
    assert mine.read_text() == "my own notes"
    assert preview(folder, "--overwrite").status == 0
    assert mine.read_text().startswith("Subject: ")


def test_many_files_in_the_way_are_not_all_named(folder: Path) -> None:
    preview(folder)
    again = preview(folder)
    assert again.status == 1
    assert again.output.count(".txt") == 1


def test_other_files_beside_are_no_hindrance(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    assert preview(folder).status == 0
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "some").write_text("a file")
    ended = preview(tmp_path / "some" / "letters")
    assert ended.status == 1
    assert f"{tmp_path}/some/letters cannot be written to: Not a directory." in ended.output


def test_without_a_folder_they_go_into_one_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("mail preview", {"MICROBLOG_DATA": str(tmp_path / "data")}).status == 0
    assert len(list((tmp_path / "letters").iterdir())) == 3 * len(NAMES)
