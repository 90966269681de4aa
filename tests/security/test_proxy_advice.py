"""What the README says about a proxy in front keeps the site's promises there, too."""

from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_nginx_of_the_readme_writes_no_link_of_a_letter_down() -> None:
    (block,) = [one for one in README.read_text().split("```") if "proxy_pass" in one]
    before, _, inside = block.partition("location /")
    assert "access_log off;" in before
    assert "access_log" not in inside
