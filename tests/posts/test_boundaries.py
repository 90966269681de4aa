"""Where links, names and tags begin and end in texts as the world writes them: a table of cases, and what always holds.

A case is a text in which what must be found stands between ⟦ and ⟧.
"""

import unicodedata

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from microblog.posts import EntityKind, entities, normalize_text, read_tag
from microblog.posts.entities import FOUND, tag_key

MARKED = regex.compile("⟦(.*?)⟧", regex.DOTALL)

LINKS = [
    # Chinese and Japanese
    "見て⟦https://a.example/x⟧。次の文",
    "⟦https://a.example/x⟧、⟦https://b.example/y⟧",
    "「⟦https://a.example/x⟧」と『⟦https://b.example⟧』",
    "（⟦https://a.example/x⟧）【⟦https://b.example⟧】《⟦http://c.example⟧》〈⟦http://d.example⟧〉",
    "⟦https://a.example/x⟧！⟦https://b.example⟧？",
    "⟦https://a.example/x⟧：⟦https://b.example⟧；⟦https://c.example⟧，",
    "⟦https://a.example/x⟧～終わり",
    "⟦https://a.example/x⟧〜終わり",
    "⟦https://a.example/x⟧｜別の",
    "＜⟦https://a.example/x⟧＞",
    "⟦https://a.example/x⟧．次",
    "⟦https://a.example/x⟧｡次",
    "｢⟦https://a.example/x⟧｣､次",
    "⟦https://a.example/x⟧　全角の空白",
    "⟦https://a.example/x⟧＃タグ ＠ann",
    "⟦https://a.example⟧を見て",
    "⟦https://a.example:8080⟧を見て",
    "⟦https://a.example⟧我看了",
    "⟦https://a.example⟧에서",
    "⟦https://日本語.example/パス⟧。",
    "⟦https://例え.テスト/⟧。",
    "⟦https://ja.example/wiki/アルベルト・アインシュタイン⟧・",
    "⟦https://a.example/日本⟧",
    # Arabic, Persian, Urdu, Hebrew
    "⟦https://a.example/x⟧، ثم",
    "⟦https://a.example/x⟧؟",
    "⟦https://a.example/x⟧؛",
    "⟦https://a.example/x⟧۔",
    "﴾⟦https://a.example/x⟧﴿",
    "⟦https://a.example⟧سلام",
    "⟦https://ar.example/wiki/سلام⟧،",
    "⟦https://he.example/wiki/צה״ל⟧.",
    # India, Ethiopia, Tibet, Armenia, Khmer, Burma
    "⟦https://a.example/x⟧। अगला",
    "⟦https://hi.example/wiki/हिन्दी⟧।",
    "⟦https://a.example/x⟧። ⟦https://b.example⟧፣",
    "⟦https://bo.example/wiki/བོད་ཡིག⟧།",
    "⟦https://a.example/x⟧։",
    "⟦https://a.example/x⟧។",
    "⟦https://a.example/x⟧၊",
    # Latin, Cyrillic, Greek
    "«⟦https://a.example/x⟧» „⟦https://b.example⟧“ ‹⟦https://c.example⟧›",
    "‘⟦https://a.example/x⟧’s",
    "⟦https://a.example/x⟧—that is it",
    "⟦https://a.example/x⟧… ⟦https://b.example⟧‥",
    "⟦https://en.example/wiki/Bose–Einstein⟧ – yes",
    "⟦https://ca.example/wiki/col·lecció⟧·",
    "⟦https://ru.example/вики/Ёлка⟧.",
    "¿⟦https://a.example/x⟧? ¡⟦https://b.example⟧!",
    "⟦https://a.example⟧смотри",
    "⟦https://пример.рф/путь⟧",
    "⟦https://beispiel.vermögensberatung/a⟧",
    # numbers for hosts
    "⟦http://[::1]:5000/x⟧ ⟦https://[2001:db8::1]⟧.",
    "(⟦https://[2001:db8::1]/a_(b)⟧)",
    "⟦https://user@[2001:db8::1]:8080/?q#f⟧",
    "⟦https://[::ffff:192.0.2.1]/⟧",
    "⟦https://[2001:db8::1]⟧を見て",
    "https://[::1%25eth0]/ https://[]/ https://[::1/ https://[a.example]/ https://[1:2]/",
    "⟦http://192.0.2.1:80/x⟧",
    # ends of sentences and of brackets
    "⟦https://a.example/a,b;c⟧, ⟦https://b.example/?a=1&b=(2)⟧)",
    "⟦https://a.example⟧[1] ⟦https://b.example/x[1]⟧",
    "⟦https://a.example⟧:oops ⟦https://b.example⟧,c",
    "⟦https://a.example/🦊⟧ ⟦https://b.example⟧🦊",
    "https://。 https://／ https://．example http://「a」",
]

NAMES = [
    "⟦＠ann⟧ と ⟦@bob⟧さん、⟦@carol⟧ちゃん！",
    "こんにちは⟦@bob⟧。",
    "谢谢⟦@bob⟧和⟦@carol⟧，",
    "（⟦@bob⟧）「⟦@carol⟧」、⟦@dave⟧・⟦@erin⟧",
    "⟦@bob⟧님 ⟦@carol⟧에게",
    "ขอบคุณ⟦@bob⟧ครับ",
    "⟦@bob⟧، ⟦@carol⟧؟ ⟦@dave⟧۔",
    "⟦@bob⟧। ⟦@carol⟧።",
    "⟦@bob⟧а ⟦@carol⟧у",
    "⟦@bob⟧'un ⟦@carol⟧’s ⟦@dave-in⟧",
    "«⟦@bob⟧» „⟦@carol⟧“ ¿⟦@dave⟧? —⟦@erin⟧—",
    "⟦@ann⟧/⟦@bob⟧ ⟦@ann⟧&⟦@bob⟧ ⟦@ann⟧/⟦@bob⟧/⟦@carol⟧",
    "⟦@ann⟧,⟦@bob⟧;⟦@carol⟧|⟦@dave⟧+⟦@erin⟧",
    "⟦@bob⟧🦊⟦@carol⟧",
    "⟦﹫bob⟧",
    "＠bob＠a.example @bob＠a.example ＠＠bob",
    "/@bob &@bob x/@bob 日本/@bob @ab/@bob",
    "bob@a.example jörg@a.example иван@a.example αβγ@a.example",
    "@bobé @bob\u0301 @bob２ @bobａ",
    "@ann＠bob",
]

TAGS = [
    "⟦#col·lecció⟧ ⟦#paral·lel⟧·",
    "⟦#アルベルト・アインシュタイン⟧・ ⟦#ﾊﾛｰ･ﾜｰﾙﾄﾞ⟧",
    "⟦＃日本語⟧ ⟦＃Ｔｏｋｙｏ⟧、⟦＃東京⟧。 ⟦﹟small⟧",
    "⟦#東京⟧、⟦#京都⟧。⟦#大阪⟧！（⟦#神戸⟧）「⟦#奈良⟧」",
    "⟦#スーパー⟧ ⟦#人々⟧ ⟦#ラーメン大好き⟧",
    "⟦#سلام⟧، ⟦#دنیا⟧؟ ⟦#کتاب⟧۔",
    "⟦#می\u200cخواهم⟧ ⟦#शक्\u200dति⟧",
    "⟦#צה״ל⟧ ⟦#ג׳ירפה⟧ ⟦#בית־ספר⟧",
    "⟦#བོད་ཡིག⟧་ ⟦#བོད⟧།",
    "⟦#हिन्दी⟧। ⟦#አማርኛ⟧። ⟦#ไทย⟧ ⟦#ខ្មែរ⟧។ ⟦#한국어⟧",
    "⟦#İstanbul⟧ ⟦#Iğdır⟧ ⟦#ISTANBUL⟧",
    "⟦#Ελλάδα⟧· ⟦#день⟧. ⟦#größe⟧",
    "⟦#one⟧/⟦#two⟧ ⟦#one⟧/⟦#two⟧/⟦#three⟧ ⟦#one⟧&⟦#two⟧",
    "⟦#one⟧-⟦#two⟧ ⟦#one⟧,⟦#two⟧ ⟦#one⟧|⟦#two⟧ ⟦#one⟧+⟦#two⟧ ⟦#one⟧・⟦#two⟧",
    "#one#two #one＃two ＃one#two 東京#京都 東京＃京都",
    "/#one &#one x/#one #1/#one &#x27;",
    "#· #・a ＃１２３ #·a #_ ＃＃a",
    "⟦#a_b⟧ ⟦#_a⟧ ⟦#2026年⟧ ⟦#e\u0301te\u0301⟧",
    "⟦#yes⟧🦊⟦#no⟧…⟦#so⟧—⟦#well⟧",
]

MIXED = [
    ("@ann/#one", ["@ann", "#one"]),
    ("#one&@ann", ["#one", "@ann"]),
    ("https://a.example/@ann/#one", ["https://a.example/@ann/#one"]),
    ("https://a.example/@ann。@bob", ["https://a.example/@ann", "@bob"]),
    ("https://a.example、＃東京、＠bobさん", ["https://a.example", "＃東京", "＠bob"]),
    ("https://a.example #one/@ann", ["https://a.example", "#one", "@ann"]),
]
EVERYTHING = [*LINKS, *NAMES, *TAGS]


def found(text: str, *kinds: EntityKind) -> list[str]:
    return [piece.text for piece in entities(text) if piece.kind in kinds]


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        *((text, EntityKind.LINK) for text in LINKS),
        *((text, EntityKind.MENTION) for text in NAMES),
        *((text, EntityKind.TAG) for text in TAGS),
    ],
)
def test_each_begins_and_ends_where_its_writer_meant(marked: str, kind: EntityKind) -> None:
    text = MARKED.sub(r"\1", marked)
    assert found(text, kind) == MARKED.findall(marked)
    assert "".join(piece.text for piece in entities(text)) == text


@pytest.mark.parametrize(("text", "all_of_it"), MIXED)
def test_links_names_and_tags_stand_side_by_side(text: str, all_of_it: list[str]) -> None:
    assert found(text, EntityKind.LINK, EntityKind.MENTION, EntityKind.TAG) == all_of_it


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#İstanbul", "#istanbul"),
        ("#İSTANBUL", "#ISTANBUL"),
        ("#I\u0307stanbul", "#istanbul"),
        ("#DİYARBAKIR", "#diyarbakir"),
        ("＃Tokyo", "#tokyo"),
        ("#col\u0387lecció", "#col·lecció"),
        ("@Bob", "＠bob"),
    ],
)
def test_both_are_one(one: str, other: str) -> None:
    (first,), (second,) = entities(normalize_text(one)), entities(other)
    assert first.key == second.key != ""
    assert (first.text, second.text) == (normalize_text(one), other)


def test_a_tag_in_turkish_moves_nothing_that_follows() -> None:
    text = "İİİ #İstanbul İ @ann İ https://a.example/İ."
    assert found(text, EntityKind.TAG, EntityKind.MENTION, EntityKind.LINK) == [
        "#İstanbul",
        "@ann",
        "https://a.example/İ",
    ]
    assert "".join(piece.text for piece in entities(text)) == text


signs = "".join(sorted({char for case in EVERYTHING for char in case if not char.isalnum()} - {"⟦", "⟧"}))
scraps = st.sampled_from(
    [
        "https://",
        "http://[::1]",
        "a.example",
        "@ann",
        "＠bob",
        "#one",
        "＃東京",
        "İ",
        "i\u0307",
        "さん",
        "سلام",
        "é",
        "1",
    ]
)
writings = st.lists(scraps | st.sampled_from(signs) | st.characters(), max_size=40).map("".join)


@given(writings)
@example("#İ" + "\u0307" * 3)
@example("#İ\u0323")
def test_whatever_is_written_its_text_stays_and_every_key_leads_back_to_itself(text: str) -> None:
    pieces = entities(text)
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        if piece.kind is EntityKind.TAG:
            assert tag_key(piece.key) == read_tag(piece.key) == piece.key
            assert unicodedata.is_normalized("NFC", piece.key)
        if piece.kind is EntityKind.LINK:
            assert entities(piece.text) == [piece]


@given(st.sampled_from(["https://a.example/x", "@ann", "#one"]), st.characters(categories=["P"]), st.text(max_size=3))
def test_no_punctuation_outside_ascii_hides_what_stands_before_it(entity: str, sign: str, after: str) -> None:
    if sign.isascii() or regex.search(r"\p{EA=F}", sign + after) or sign in "·‧・･־׳״་゠‐‑‒–‿⁀⁔︳︴﹍﹎﹏":
        return
    assert entities(f"{entity}{sign}")[0].text == entity


@pytest.mark.parametrize("case", EVERYTHING)
def test_a_post_keeps_it_as_it_was_typed(case: str) -> None:
    text = MARKED.sub(r"\1", case)
    assert normalize_text(text) == unicodedata.normalize("NFC", text.strip())


REPEATED = [
    "https://a.example/)", "https://[", "https://[::1]", "https://a@", "https://a.example。", "@ann/", "@ann&", "@a.",
    "#one/", "#a·", "#・", "＃a＃", "İ", "#İ", "/@", "@さん", "@aé", "https://a.b" + ")" * 9, "https://" + "a." * 9,
]  # fmt: skip


@pytest.mark.parametrize("scrap", REPEATED)
def test_looking_for_them_takes_time_that_grows_with_the_text_alone(scrap: str) -> None:
    # Ten times as much text may take ten times as long; were it a hundred times, `regex` would give up here.
    for text in (scrap * (200_000 // len(scrap)), scrap + "a" * 200_000 + scrap, "https://" + scrap * 20_000):
        assert sum(1 for _ in FOUND.finditer(text, timeout=30)) >= 0
        assert sum(len(piece.text) for piece in entities(text)) == len(text)
