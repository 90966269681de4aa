"""What the README says about a proxy in front keeps the site's promises there, too."""

import re
from pathlib import Path

from microblog.profiles.pictures import LARGEST_FILE
from microblog.web.server.waitress_server import LARGEST_BODY

README = Path(__file__).parents[2] / "README.md"


def block_with(word: str) -> str:
    """Return the one block of the README that holds a word."""
    (block,) = [one for one in README.read_text().split("```")[1::2] if word in one]
    return block


def test_the_caddy_of_the_readme_takes_in_every_body_it_allows_before_it_passes_it_on() -> None:
    block = block_with("reverse_proxy")
    allowed, taken_in = re.search(r"max_size (\d+)MB", block), re.search(r"request_buffers (\d+)MiB", block)
    assert allowed
    assert taken_in
    assert int(allowed[1]) * 1000**2 < int(taken_in[1]) * 1024**2
    assert LARGEST_FILE < int(allowed[1]) * 1000**2 <= LARGEST_BODY
    assert "read_body" in block


def test_the_nginx_of_the_readme_takes_in_every_body_before_it_passes_it_on() -> None:
    assert "proxy_request_buffering on;" in block_with("proxy_pass")


def test_the_nginx_of_the_readme_writes_no_link_of_a_letter_down() -> None:
    before, _, inside = block_with("proxy_pass").partition("location /")
    assert "access_log off;" in before
    assert "access_log" not in inside
