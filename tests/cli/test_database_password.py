"""No command shows a piece of the database's password, whatever characters it has and wherever they lead."""

from pathlib import Path

import pytest

from support.command import command
from support.running import free_port


@pytest.mark.parametrize("typed", ["db upgrade", "mail doctor", "trace alice"])
@pytest.mark.parametrize("password", ["s3cr@t-w0rd", "s3cr/t-w0rd", "s3cr/t@w0rd", "s3cr:t@w0rd", "s3cr%t w0rd"])
def test_no_piece_of_a_password_is_shown(tmp_path: Path, password: str, typed: str) -> None:
    url = f"postgresql://blog:{password}@127.0.0.1:{free_port()}/blog"
    ended = command(typed, {"MICROBLOG_DATA": str(tmp_path), "DATABASE_URL": url})
    assert ended.status in (1, 2)
    assert "DATABASE_URL" in ended.output
    assert "s3cr" not in ended.output
    assert "w0rd" not in ended.output


def test_a_password_that_the_database_repeats_is_hidden(tmp_path: Path) -> None:
    url = f"postgresql://blog:w0rd-of-blog@127.0.0.1:{free_port()}/w0rd-of-blog?application_name=w0rd-of-blog"
    ended = command("db upgrade", {"MICROBLOG_DATA": str(tmp_path), "DATABASE_URL": f"{url}&w0rd-of-blog=1"})
    assert ended.status == 1
    assert "w0rd-of-blog" not in ended.output
