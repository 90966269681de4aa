"""What may be a username."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.identity import BadUsername, check_new_username, check_username, is_reserved, username_key
from support.refusing import refused

ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"


@pytest.mark.parametrize("username", ["bob", "a.b", "x_1", "2-4", "Alice", "0.0", "a" * 64])
def test_letters_digits_dots_hyphens_and_underscores_make_a_username(username: str) -> None:
    assert check_username(username) == username


def test_spaces_around_a_username_are_left_out() -> None:
    assert check_username("  alice\t") == "alice"


@pytest.mark.parametrize(("username", "length"), [("", 0), ("   ", 0), ("ab", 2), ("a" * 65, 65), ("  ab  ", 2)])
def test_a_username_that_is_too_short_or_too_long_is_refused_with_its_length(username: str, length: int) -> None:
    with refused(BadUsername, rf"3 to 64 characters; this one has {length}\."):
        check_username(username)


@pytest.mark.parametrize(
    "username",
    [
        "al ice",
        "alice!",
        "al@ice",
        "alice/bob",
        "älice",
        "аlice",  # a Cyrillic letter that looks like ours
        "alice٣",  # an Arabic digit
        "ａlice",
        "alice\n-",
        "al\0ice",
        "<b>alice",
        "🦊🦊🦊",
    ],
)
def test_a_username_with_any_other_character_is_refused_with_what_is_allowed(username: str) -> None:
    with refused(BadUsername, "letters a to z, digits, dots, hyphens and underscores"):
        check_username(username)


@pytest.mark.parametrize("username", ["...", "-_-", "___"])
def test_a_username_of_nothing_but_signs_is_refused(username: str) -> None:
    with refused(BadUsername, "at least one letter or digit"):
        check_username(username)


@given(st.text(max_size=70))
def test_whatever_is_typed_is_a_plain_username_or_refused(typed: str) -> None:
    try:
        username = check_username(typed)
    except BadUsername:
        return
    assert 3 <= len(username) <= 64
    assert set(username) <= set(ALLOWED)


@given(st.text(ALLOWED, min_size=3, max_size=64))
def test_usernames_that_differ_in_case_alone_share_a_key(username: str) -> None:
    assert username_key(username.upper()) == username_key(username.lower()) == username_key(username)


def test_usernames_that_differ_in_more_than_case_do_not_share_a_key() -> None:
    assert len({username_key(name) for name in ("a.b", "a-b", "a_b", "ab", "a.b.")}) == 5


OF_THE_SITE = [
    *("admin", "Administrator", "SUPPORT", "security", "root", "postmaster", "abuse", "help", "microblog"),
    *("moderator", "system", "noreply", "no-reply", "operator", "staff", "webmaster", "mailer-daemon"),
    *("microblog-support", "MicroblogTeam", "official_admin", "site.security"),
]
AND_MORE = [
    *("billing", "owner", "reset", "mail", "the-admin", "TheAdmin", "the.real.admin", "your-support", "admin-hq"),
    *("admin1", "support24", "0wner", "1admin", "e-mail", "payments", "site-owner", "password-reset", "privacy"),
]
LIKE_THEM = ["aclmin", "acImin", "ac1min", "bi11ing", "ovvner", "rnail", "rese7", "theacImin"]
LIKE_THEM += ["adm1n", "AdmIn", "ad.min", "_admin_", "adrnin", "supp0rt", "sUpPoRt.", "he1p", "heIp", "r00t"]


@pytest.mark.parametrize("username", [*OF_THE_SITE, *AND_MORE, *LIKE_THEM])
def test_nobody_speaks_for_the_site_by_a_username(username: str) -> None:
    assert is_reserved(username)


@pytest.mark.parametrize(
    "username",
    [
        "alice",
        "admiral",
        "rooted",
        "Madmin",
        "helper",
        "sitting-bull",
        "teamwork",
        "modest",
        "o",
        "ivy",
        "the",
        "owen",
        "clive",
        "email-fan",
        "billie",
        "thea",
        "real",
        "resetti",
        "realthe",
        "2024",
    ],
)
def test_other_usernames_are_free(username: str) -> None:
    assert not is_reserved(username)


@pytest.mark.parametrize(
    "username", ["blog.example", "Blog-Example", "b1og.examp1e", "blogexample", "the-blog.example"]
)
def test_the_sites_own_address_is_nobodys_username(username: str) -> None:
    assert is_reserved(username, "blog.example")
    assert is_reserved(username, "www.blog.example")
    assert not is_reserved(username)


@pytest.mark.parametrize("username", ["blog", "example", "alice.blog.example", "localhost"])
def test_a_part_of_it_is_free(username: str) -> None:
    """Whoever has a site at alice.example may want to be Alice there."""
    assert not is_reserved(username, "blog.example")


def test_a_site_without_a_name_reserves_none() -> None:
    assert not is_reserved("localhost", "localhost")
    assert not is_reserved("127", "127.0.0.1")


@pytest.mark.parametrize("username", [".alice", "alice.", "..alice", "alice...", "."])
def test_a_new_username_has_no_dot_at_an_end(username: str) -> None:
    with pytest.raises(BadUsername):
        check_new_username(username)


def test_a_dot_within_is_fine_and_former_ones_are_still_read() -> None:
    assert check_new_username(" al.ice ") == "al.ice"
    assert check_username("alice.") == "alice."


@given(st.text(ALLOWED, min_size=3, max_size=64))
def test_whatever_the_name_it_is_told_quickly(username: str) -> None:
    assert is_reserved(username, "blog.example") in (True, False)
