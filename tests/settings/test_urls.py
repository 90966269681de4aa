"""Where things are: the site's own address, hosts, and databases, as they are set and as they are refused."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import make_url

from microblog.settings import readers
from microblog.settings.errors import InvalidValue
from microblog.settings.readers import PublicUrl


def assert_invalid(read: Callable[[str], object], raw: str, should: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read(raw)
    assert should in refused.value.should


@pytest.mark.parametrize(
    ("raw", "url", "trial"),
    [
        ("https://blog.example", PublicUrl("https", "blog.example", None), False),
        ("https://blog.example/", PublicUrl("https", "blog.example", None), False),
        ("https://blog.example.", PublicUrl("https", "blog.example", None), False),
        ("HTTPS://Blog.Example", PublicUrl("https", "blog.example", None), False),
        ("https://blog.example:443", PublicUrl("https", "blog.example", None), False),
        ("https://blog.example:8443", PublicUrl("https", "blog.example", 8443), False),
        ("https://localhost.blog.example", PublicUrl("https", "localhost.blog.example", None), False),
        ("https://198.51.100.7", PublicUrl("https", "198.51.100.7", None), False),
        ("https://[2001:db8::7]:8443", PublicUrl("https", "2001:db8::7", 8443), False),
        ("http://localhost", PublicUrl("http", "localhost", None), True),
        ("http://localhost:80", PublicUrl("http", "localhost", None), True),
        ("http://localhost:5000", PublicUrl("http", "localhost", 5000), True),
        ("https://localhost:5000", PublicUrl("https", "localhost", 5000), True),
        ("http://blog.localhost:5000", PublicUrl("http", "blog.localhost", 5000), True),
        ("http://127.0.0.1:5000", PublicUrl("http", "127.0.0.1", 5000), True),
        ("http://127.8.9.10", PublicUrl("http", "127.8.9.10", None), True),
        ("http://[::1]:5000", PublicUrl("http", "::1", 5000), True),
        ("http://[0:0::0:1]:5000", PublicUrl("http", "::1", 5000), True),
        ("http://LOCALHOST.:5000", PublicUrl("http", "localhost", 5000), True),
        ("http://127.0.0.1.:5000", PublicUrl("http", "127.0.0.1", 5000), True),
        ("https://[2001:DB8:0::7]", PublicUrl("https", "2001:db8::7", None), False),
        ("https://bücher.example", PublicUrl("https", "xn--bcher-kva.example", None), False),
        ("https://BÜCHER.example.", PublicUrl("https", "xn--bcher-kva.example", None), False),
        ("https://straße.example", PublicUrl("https", "xn--strae-oqa.example", None), False),
        ("https://例え。example", PublicUrl("https", "xn--r8jz45g.example", None), False),
        ("https://xn--bcher-kva.example", PublicUrl("https", "xn--bcher-kva.example", None), False),
    ],
)
def test_a_public_url(raw: str, url: PublicUrl, trial: bool) -> None:
    read = readers.public_url(raw)
    assert (read, read.trial) == (url, trial)
    assert readers.public_url(str(read)) == read


@pytest.mark.parametrize(
    "raw",
    [
        "blog.example",
        "//blog.example",
        "ftp://blog.example",
        "javascript:alert(1)",
        "https://",
        "https://blog.example/news",
        "https://blog.example?a=1",
        "https://blog.example#top",
        "https://me@blog.example",
        "https://me:word@blog.example",
        "https://blog.example:port",
        "https://blog.example:70000",
        "https://[::1",
        "https://[blog]",
        "https://-blog.example",
        "https://blog..example",
        "https://blog_example",
        "https://blog example",
        "https://blog.example..",
        "https://127.1",
        "https://1.2.3.256",
        "https://blog.7",
        "https://0x7f000001",
        "http://[fe80::1%25eth0]:5000",
        "http://[::1%lo]:5000",
        "https://☃️.\N{ZERO WIDTH SPACE}example",
        f"https://{'a' * 64}.example",
        f"https://{'a.' * 130}example",
    ],
)
def test_no_public_url(raw: str) -> None:
    assert_invalid(readers.public_url, raw, "such as https://blog.example")


@pytest.mark.parametrize(
    "raw", ["http://blog.example", "http://192.0.2.7:5000", "http://0.0.0.0", "http://localhost.evil.example"]
)
def test_plain_http_is_refused_on_a_public_host(raw: str) -> None:
    assert_invalid(readers.public_url, raw, "plain http is for demo mode on this computer")


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("smtp.gmail.com", "smtp.gmail.com"),
        ("SMTP.Gmail.Com", "smtp.gmail.com"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("::1", "::1"),
    ],
)
def test_a_host_name(raw: str, host: str) -> None:
    assert readers.host_name(raw) == host


@pytest.mark.parametrize(
    "raw", ["smtp.gmail.com:587", "smtp://mail.example", "mail example", "-mail", "a..b", "1:2", "[::1]"]
)
def test_no_host_name(raw: str) -> None:
    assert_invalid(readers.host_name, raw, "a host name or address alone")


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("sqlite:///blog.db", "sqlite:///blog.db"),
        ("sqlite:////var/lib/microblog/blog.db", "sqlite:////var/lib/microblog/blog.db"),
        ("postgresql://u:p@db.example/blog", "postgresql+psycopg://u:p@db.example/blog"),
        ("postgres://u:p@db.example/blog", "postgresql+psycopg://u:p@db.example/blog"),
        ("postgresql+psycopg://db.example/blog", "postgresql+psycopg://db.example/blog"),
        ("postgresql:///blog?host=/run/postgresql", "postgresql+psycopg:///blog?host=/run/postgresql"),
    ],
)
def test_a_database_url(raw: str, url: str) -> None:
    assert readers.database_url(raw) == url


@pytest.mark.parametrize(
    "raw",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:////",
        "sqlite:///:memory:",
        "sqlite:blog.db",
        "blog.db",
        "mysql://u:p@db.example/blog",
        "postgresql://",
        "postgresql:blog",
        "postgresql+asyncpg://db.example/blog",
    ],
)
def test_no_database_url(raw: str) -> None:
    with pytest.raises(InvalidValue, match="sqlite:///"):
        readers.database_url(raw)


@pytest.mark.parametrize("password", ["xq@zv", "xq@zv:jk1", "xq@z/vjk", "xq/zv@jk", "xq@@zv", "xq@zv#jk?qz", "xq@zv:1"])
def test_a_password_with_unescaped_characters_is_not_taken_for_a_host(password: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        readers.database_url(f"postgresql://blog:{password}@db.example/blog")
    assert "%40" in refused.value.should
    assert not any(piece in str(refused.value.wrong) for piece in re.split(r"[@/:#?]", password) if len(piece) > 1)


@pytest.mark.parametrize("url", ["postgresql://a/b:pa55word@db.example/blog", "postgresql://db.example/b:pa55word@x"])
def test_a_password_is_not_taken_for_the_name_of_a_database(url: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        readers.database_url(url)
    assert "pa55word" not in f"{refused.value.wrong} {refused.value.should}"


@pytest.mark.parametrize(
    ("password", "read"),
    [("p%40ss", "p@ss"), ("p/ss", "p/ss"), ("p:ss", "p:ss"), ("p?ss#", "p?ss#"), ("100%", "100%"), ("a b", "a b")],
)
def test_characters_that_mean_nothing_else_may_stand_in_a_password(password: str, read: str) -> None:
    parsed = make_url(readers.database_url(f"postgresql://blog:{password}@db.example:5432/blog"))
    assert (parsed.password, parsed.host, parsed.database) == (read, "db.example", "blog")


def test_a_refused_database_url_is_not_repeated() -> None:
    with pytest.raises(InvalidValue) as refused:
        readers.database_url("mysql://u:pa55word@db.example/blog")
    assert "pa55word" not in f"{refused.value.wrong} {refused.value.should}"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("notlocalhost", False),
        ("localhost.example", False),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("::2", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_which_hosts_are_this_computer(host: str, loopback: bool) -> None:
    assert readers.is_loopback(host) is loopback
