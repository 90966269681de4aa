"""What becomes a link in a post, and what never does."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microblog.identity import check_username
from microblog.posts import EntityKind, Piece, entities, read_tag
from microblog.posts.entities import tag_key

SCRAPS = [
    *(
        "http://",
        "https://",
        "HTTPS://",
        "javascript:",
        "www.",
        "a.example",
        "/x_(y)",
        "?q=1#f",
        "@",
        "#",
        "bob",
        "Al.Ice",
    ),
    *(
        "tag",
        "1",
        "é",
        "日本",
        "ñ",
        ".",
        ",",
        ")",
        "(",
        "]",
        "-",
        "_",
        "&",
        "<",
        ">",
        '"',
        "'",
        " ",
        "\n",
        "\u200d",
        "\u3164",
    ),
    *("\u0301", "🦊", "\ufe0f\u20e3", "\u202e", "…", "//", "@alice", "#one", "ſ"),
]
texts = st.lists(st.sampled_from(SCRAPS), max_size=30).map("".join) | st.text()


def found(text: str, kind: EntityKind) -> list[str]:
    return [piece.text for piece in entities(text) if piece.kind == kind]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x?y=1&z=%20#f.", ["https://a.example/x?y=1&z=%20#f"]),
        ("HTTP://A.example, and http://b.example!", ["HTTP://A.example", "http://b.example"]),
        ("(https://a.example/b)", ["https://a.example/b"]),
        ("https://a.example/b_(c)", ["https://a.example/b_(c)"]),
        ("(see https://a.example/b_(c).)", ["https://a.example/b_(c)"]),
        ("[https://a.example/b]…", ["https://a.example/b"]),
        ("“https://a.example/b”", ["https://a.example/b"]),
        ("'https://a.example/b'", ["https://a.example/b"]),
        ('<a href="https://a.example/b">', ["https://a.example/b"]),
        ("日本語https://a.example/日本", ["https://a.example/日本"]),
        ("https://a.example/\u202egnp", ["https://a.example/"]),
        ("https://a.example:8080/@bob#tag", ["https://a.example:8080/@bob#tag"]),
        ("https://bücher.example/", ["https://bücher.example/"]),
        ("https://", []),
        ("http://.", []),
        ("https:///etc/passwd", []),
        ("http://?q", []),
        ("xhttp://a.example", []),
        ("javascript:alert(1) data:text/html,x ftp://a.example //a.example www.a.example", []),
        ("httpſ://a.example", []),
        ("bob@http://a.example", []),
    ],
)
def test_links_are_of_http_and_end_where_the_sentence_goes_on(text: str, links: list[str]) -> None:
    assert found(text, EntityKind.LINK) == links


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bob", ["@bob"]),
        ("Hi @Bob, and @al.ice_1-x!", ["@Bob", "@al.ice_1-x"]),
        ("(@bob) .@bob @bob... @bob-", ["@bob"] * 4),
        ("@bob's", ["@bob"]),
        ("bob@example.com", []),
        ("jörg@example.com", []),
        ("@bob@elsewhere.example", []),
        ("@ab @...  @___ @" + "a" * 65, []),
        ("@bobé", []),
        ("@@bob", []),
        ("/@bob", []),
        ("＠bob", ["＠bob"]),
    ],
)
def test_names_of_members_are_what_a_username_may_be(text: str, names: list[str]) -> None:
    assert found(text, EntityKind.MENTION) == names


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#one, #Two. (#three)", ["#one", "#Two", "#three"]),
        ("#größe #日本語 #नमस्ते #день #2026_plan", ["#größe", "#日本語", "#नमस्ते", "#день", "#2026_plan"]),
        ("#می\u200cخواهم", ["#می\u200cخواهم"]),
        ("#1 #12 #_ # ## #- #🦊 #\ufe0f\u20e3 #\u3164 #\u0301a", []),
        ("a#b #a#b &#39; &#x27; /#a", []),
        ("#" + "a" * 100, ["#" + "a" * 100]),
        ("#" + "a" * 101, []),
    ],
)
def test_tags_are_words_of_any_language(text: str, tags: list[str]) -> None:
    assert found(text, EntityKind.TAG) == tags


def test_every_spelling_of_a_tag_or_a_name_has_one_key() -> None:
    assert [piece.key for piece in entities("@BoB #GRÖSSE #grösse") if piece.key] == ["bob", "grösse", "grösse"]
    assert tag_key("STRASSE") == tag_key("straße") == "strasse"
    assert tag_key("E\u0301") == "\u00e9"


def test_a_text_comes_in_pieces() -> None:
    assert entities("Hi @Bob: https://a.example. #Yes") == [
        Piece(EntityKind.PLAIN, "Hi "),
        Piece(EntityKind.MENTION, "@Bob", "bob"),
        Piece(EntityKind.PLAIN, ": "),
        Piece(EntityKind.LINK, "https://a.example", "https://a.example"),
        Piece(EntityKind.PLAIN, ". "),
        Piece(EntityKind.TAG, "#Yes", "yes"),
    ]
    assert entities("") == []
    assert entities("plain") == [Piece(EntityKind.PLAIN, "plain")]


@given(texts)
def test_all_pieces_joined_are_the_text(text: str) -> None:
    pieces = entities(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@given(texts)
def test_nothing_but_what_it_looks_like_becomes_a_link(text: str) -> None:
    for piece in entities(text):
        match piece.kind:
            case EntityKind.PLAIN:
                assert piece.key == ""
            case EntityKind.LINK:
                assert piece.key == piece.text
                assert piece.text.lower().startswith(("http://", "https://"))
                assert not set(piece.text) & set(' \n<>"`\u202e\u200d')
            case EntityKind.MENTION:
                assert check_username(piece.text[1:]).lower() == piece.key
            case EntityKind.TAG:
                assert 1 <= len(piece.text) - 1 <= 100
                assert tag_key(piece.text[1:]) == piece.key
                assert len(piece.key) <= 300


def test_no_text_takes_long() -> None:
    began = time.perf_counter()
    for scrap in (
        "http://a.b/)",
        "http://a" + ")" * 9,
        "@a",
        "#a",
        "#",
        "@",
        "(",
        "a.",
        "http://",
        "\u200d#",
        "#a\u200d",
    ):
        entities(scrap * (15_000 // len(scrap)))
    entities("http://a" + ")" * 15_000)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(("letter", "most"), [("a", 100), ("ß", 50), ("ŉ", 50), ("ﬃ", 33)])
def test_a_tag_whose_small_letters_are_several_is_found_by_its_key(letter: str, most: int) -> None:
    (found,) = entities("#" + letter * most)
    assert (found.kind, read_tag(found.key)) == (EntityKind.TAG, found.key)
    assert [piece.kind for piece in entities("#" + letter * (most + 1))] == [EntityKind.PLAIN]
