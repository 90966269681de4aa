"""The data folder is made for its owner alone, and keeps the trial's own key, made once."""

import multiprocessing
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from microblog.settings import SettingsError, load
from microblog.settings.data_folder import trial_key

STARTERS = 4
REAL = {
    "PUBLIC_URL": "https://blog.example",
    "SECRET_KEY": "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1",
    "MAIL_SERVER": "mail.example",
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def key_at_start(data: str, together: Barrier) -> bytes:
    together.wait(30)
    return load({"MICROBLOG_DATA": data}).secret_key


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "srv" / "data"
    load({"MICROBLOG_DATA": str(data)})
    assert mode(data) == 0o700


def test_the_trial_key_is_for_its_owner_alone_and_lies_there_alone(tmp_path: Path) -> None:
    load({"MICROBLOG_DATA": str(tmp_path)})
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert mode(tmp_path / "secret_key") == 0o600


def test_the_trial_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = load({"MICROBLOG_DATA": str(tmp_path)}).secret_key
    assert len(first) >= 32
    assert load({"MICROBLOG_DATA": str(tmp_path)}).secret_key == first


def test_each_trial_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = {load({"MICROBLOG_DATA": str(tmp_path / name)}).secret_key for name in "abc"}
    assert len(keys) == 3


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("spawn")
    with processes.Manager() as manager, processes.Pool(STARTERS) as pool:
        for trial in range(5):
            data, together = str(tmp_path / str(trial)), manager.Barrier(STARTERS)
            keys = pool.starmap(key_at_start, [(data, together)] * STARTERS, chunksize=1)
            assert len(set(keys)) == 1
            assert keys[0] == trial_key(Path(data))


def test_a_key_that_was_set_is_not_written_down(tmp_path: Path) -> None:
    load({"MICROBLOG_DATA": str(tmp_path), "SECRET_KEY": "of a trial"})
    load({"MICROBLOG_DATA": str(tmp_path), **REAL})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "\n", "half of a ke"])
def test_a_damaged_key_file_stops_the_start_and_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret_key"
    path.write_text(content)
    with pytest.raises(SettingsError, match="secret_key is damaged") as refused:
        load({"MICROBLOG_DATA": str(tmp_path)})
    assert [problem.name for problem in refused.value.problems] == ["SECRET_KEY"]
    assert "half" not in str(refused.value)
    assert path.read_text() == content


def test_a_line_break_after_the_key_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("k" * 43 + "\n")
    assert load({"MICROBLOG_DATA": str(tmp_path)}).secret_key == b"k" * 43


@pytest.mark.parametrize("below", ["file", "file/data"])
def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as refused:
        load({"MICROBLOG_DATA": str(tmp_path / below)})
    [problem] = refused.value.problems
    assert problem.name == "MICROBLOG_DATA"
    assert str(tmp_path / below) in problem.wrong
    assert problem.should == "a folder that this user may write to"


@pytest.mark.parametrize("folder", ["/proc/self", "/proc/microblog"])
def test_a_folder_that_cannot_be_written_to_is_refused(folder: str) -> None:
    with pytest.raises(SettingsError, match=f"MICROBLOG_DATA: '{folder}' cannot be used"):
        load({"MICROBLOG_DATA": folder})


def test_a_real_site_with_a_database_elsewhere_needs_no_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    load({**REAL, "MICROBLOG_DATA": str(data), "DATABASE_URL": "postgresql://db.example/blog"})
    assert not data.exists()


def test_a_real_site_without_a_database_elsewhere_keeps_it_in_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert load({**REAL, "MICROBLOG_DATA": str(data)}).database_url == f"sqlite:///{data}/microblog.db"
    assert mode(data) == 0o700
