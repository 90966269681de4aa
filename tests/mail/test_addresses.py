"""Addresses: what is one, and which spellings are the same mailbox."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from microblog.mail.addresses import (
    LONGEST,
    BadAddress,
    canonical_identifier,
    clean_identifier,
    for_the_wire,
    parse_address,
)

ANYTHING = st.text(max_size=60) | st.builds(
    "{}@{}".format, st.text(max_size=20), st.text(max_size=20) | st.sampled_from(["EXAMPLE.com", "Straße.example"])
)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("alice@example.com", "alice@example.com"),
        ("  alice@example.com\t", "alice@example.com"),
        ("\nalice@example.com\r\n", "alice@example.com"),
        ("Alice@Example.COM", "alice@example.com"),
        ("ALICE+News@EXAMPLE.com", "alice+news@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("a.b-c_d@sub.example.co.uk", "a.b-c_d@sub.example.co.uk"),
        ("jörg@example.com", "jörg@example.com"),
        ("JÖRG@example.com", "jÖrg@example.com"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
    ],
)
def test_spaces_and_case_are_forgiven(typed: str, key: str) -> None:
    assert parse_address(typed).key == key


AROUND = [
    "\u200b",
    "\u200e",
    "\u202a",
    "\u202c",
    "\u2066",
    "\ufeff",
    "\u00a0",
    "\u00ad",
    "\u2060",
    "\u3000",
    "\u3164",
    "\ufe0f",
]


@pytest.mark.parametrize("unseen", AROUND, ids=lambda char: f"U+{ord(char):04X}")
@pytest.mark.parametrize("name", ["alice", "alice@example.com"])
def test_what_nobody_sees_around_a_name_is_not_there(unseen: str, name: str) -> None:
    for pasted in (unseen + name, name + unseen, f" {unseen}{name}\u00a0{unseen}\n", f"{unseen}@{unseen}{name}"):
        assert clean_identifier(pasted) == name
        assert canonical_identifier(pasted) == name
        assert pasted.count("@") > 1 or name == "alice" or parse_address(pasted).key == name


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u200e"])
def test_within_a_name_it_is_not_forgiven(unseen: str) -> None:
    assert canonical_identifier(f"ali{unseen}ce@example.com") != "alice@example.com"


def test_any_amount_of_it_is_looked_through_once() -> None:
    assert clean_identifier("a" + "\u200b" * 300_000 + "a").endswith("\u200ba")  # by trying again it would take an hour


def test_an_at_sign_in_front_is_that_of_a_mention() -> None:
    for typed in ("@alice", "\uff20alice", "@ alice", "@Alice"):
        assert canonical_identifier(typed) == "alice"
    assert canonical_identifier("@alice@example.com") == "alice@example.com"


def test_a_joiner_within_a_name_is_a_part_of_it() -> None:
    assert clean_identifier("\u0646\u0627\u0645\u200c\u0627\u06cc") == "\u0646\u0627\u0645\u200c\u0627\u06cc"


@pytest.mark.parametrize(
    "spellings",
    [
        ("alice@example.com", "ALICE@EXAMPLE.COM", " Alice@example.Com "),
        ("alice@bücher.example", "alice@BÜCHER.example", "alice@xn--bcher-kva.example", "alice@XN--BCHER-KVA.EXAMPLE"),
        ("alice@bücher.example", "alice@bu\u0308cher.example"),
        ("alice@straße.example", "alice@xn--strae-oqa.example"),
        ("alice@例え.example", "alice@xn--r8jz45g.example"),
        ("jo\u0308rg@example.com", "j\u00f6rg@example.com"),
    ],
)
def test_all_spellings_of_a_mailbox_share_one_key(spellings: tuple[str, ...]) -> None:
    assert len({parse_address(spelling).key for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user@straße.example", "user@strasse.example"),
        ("straße@example.com", "strasse@example.com"),
        ("ﬁona@example.com", "fiona@example.com"),
        ("\uff41lice@example.com", "alice@example.com"),
        ("m\u0131ke@example.com", "mike@example.com"),
        ("mike\u00b2@example.com", "mike2@example.com"),
        ("\u0430lice@example.com", "alice@example.com"),
        ("alice@ex\u0430mple.com", "alice@example.com"),
        ("m\u0131ke@g\u0131thub.example", "mike@github.example"),
        ("alice+a@example.com", "alice@example.com"),
        ("al.ice@example.com", "alice@example.com"),
    ],
)
def test_two_mailboxes_that_look_alike_stay_two(one: str, other: str) -> None:
    assert canonical_identifier(one) != canonical_identifier(other)


def test_an_email_outside_ascii_is_taken_for_an_ascii_one_only_where_unicode_says_they_are_the_same() -> None:
    taken = {chr(number) for number in range(0x80, 0x3000) if key_of(f"x{chr(number)}x@example.com").isascii()}
    assert taken == {"\u1fef", "\u212a"}  # the varia that is a grave accent, and the Kelvin sign that is a K
    assert parse_address("x\u212ax@example.com").spelled == "xKx@example.com"  # so that is where its emails go


def key_of(typed: str) -> str:
    """Return the key of an address, and a key no address has where it is refused."""
    try:
        return parse_address(typed).key
    except BadAddress:
        return "é"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "@"),
        ("alice", "@"),
        ("@example.com", "before"),
        ("alice@", "after"),
        ("alice@example", "period"),
        ("alice@@example.com", "@"),
        ("alice bob@example.com", "SPACE"),
        ("alice..bob@example.com", "two periods"),
        (".alice@example.com", "start with a period"),
        ("alice.@example.com", "period"),
        ("alice@-example.com", "hyphen"),
        ("alice@example..com", "two periods"),
        ("alice@[127.0.0.1]", "bracket"),
        ("Alice <alice@example.com>", "display name"),
        ('"alice bob"@example.com', "Quoting"),
        ("alice@example.com\r\nBcc: bob@example.com", "invalid"),
        ("alice\x00@example.com", "invalid"),
        ("alice@exa\u202emple.com", "RIGHT-TO-LEFT OVERRIDE"),
        (f"alice@{'a' * 64}.com", "1 character too many"),
        (f"alice@{'a.' * 125}com", f"at most {LONGEST} characters"),
        (f"{'a' * 1_000_000}@example.com", f"at most {LONGEST} characters"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason) as refused:
        parse_address(typed)
    assert str(refused.value)


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        (" Alice@Example.COM ", "Alice@example.com"),
        ("alice@xn--bcher-kva.example", "alice@bücher.example"),
        ("jo\u0308rg@example.com", "j\u00f6rg@example.com"),
    ],
)
def test_the_owners_spelling_of_the_local_part_is_kept(typed: str, spelled: str) -> None:
    assert parse_address(typed).spelled == spelled


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Alice", "alice"),
        ("  ALICE ", "alice"),
        ("ALICE@Example.com", "alice@example.com"),
        ("not@@An Address", "not@@an address"),
        ("", ""),
        ("Straße", "straße"),
        ("\u212aate", "\u212aate"),
    ],
)
def test_a_username_or_anything_else_typed_gets_a_key_too(typed: str, key: str) -> None:
    assert canonical_identifier(typed) == key


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
@example("@")
@example("a@\u212a.com")
@example("A@.COM")
@example("x@XN--A.COM")
@example("\ud800@example.com")
def test_any_text_at_all_has_a_key_and_the_key_is_its_own_key(typed: str) -> None:
    key = canonical_identifier(typed)
    assert canonical_identifier(key) == key


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("alice@example.com", "alice@example.com"),
        ("no-reply@localhost", "no-reply@localhost"),
        ("Alice@bücher.example", "Alice@xn--bcher-kva.example"),
        ("user@straße.example", "user@xn--strae-oqa.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
    ],
)
def test_on_the_wire_the_domain_is_ascii_and_the_local_part_as_it_is(address: str, wire: str) -> None:
    assert for_the_wire(address) == wire
