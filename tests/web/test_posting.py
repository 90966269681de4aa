"""Posting from the home page: what is kept, what is refused, and what it looks like."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from unicodedata import category
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microblog.web.text import post_text
from support.members import member
from support.running import RunningSite
from support.visitor import Visitor
from web.writing import say, shown, stored, texts

LINKS = {"href", "rel"}


@pytest.fixture(scope="module")
def alice(page_site: RunningSite) -> Visitor:
    """Alice, in a site where nothing is ever stored."""
    return member(page_site, "alice")


def test_a_post_is_on_top_of_home_at_once(site: RunningSite) -> None:
    alice = member(site, "alice")
    say(alice, "before")
    for path in ("/", "/index"):
        sent = alice.post(path, {"csrf_token": alice.token_in(alice.get(path)), "post": path}, follow=False)
        assert (sent.status, sent.headers["Location"]) == (303, "/index")
    page = alice.get("/index")
    assert texts(page) == ["/index", "/", "before"]
    assert "Your post is published." in page.words


def test_links_names_and_tags_are_links_and_everything_else_is_text(site: RunningSite) -> None:
    alice, _ = member(site, "alice"), member(site, "Bob")
    page = say(alice, "Hi @bob & @nobody: https://example.org/?a=1&b=\"2\" #Tea <b>now</b>\nand 'then'")
    expected = (
        'Hi <a href="/user/Bob">@bob</a> &amp; @nobody: '
        '<a href="https://example.org/?a=1&amp;b=" rel="nofollow noopener ugc">https://example.org/?a=1&amp;b=</a>'
        '&#34;2&#34; <a href="/tag/tea">#Tea</a> &lt;b&gt;now&lt;/b&gt;\nand &#39;then&#39;'
    )
    assert texts(page) == [expected]


def test_a_post_in_any_language_is_found_by_its_tags(site: RunningSite) -> None:
    alice, _ = member(site, "alice"), member(site, "Bob")
    page = say(alice, "＠bobさん、「https://example.org/x」#İstanbul/#アルベルト・アインシュタイン。")
    expected = (
        '<a href="/user/Bob">＠bob</a>さん、'
        '「<a href="https://example.org/x" rel="nofollow noopener ugc">https://example.org/x</a>」'
        '<a href="/tag/istanbul">#İstanbul</a>/'
        f'<a href="/tag/{quote("アルベルト・アインシュタイン")}">#アルベルト・アインシュタイン</a>。'
    )
    assert texts(page) == [expected]
    for tag in ("istanbul", "İstanbul", "ISTANBUL", "アルベルト・アインシュタイン"):
        assert texts(alice.get(f"/tag/{quote(tag)}")) == texts(page)


def test_a_time_is_in_utc_and_readable_without_a_script(site: RunningSite) -> None:
    page = say(member(site, "alice"), "noon")
    assert '<time class="ago" datetime="2026-11-22T12:00:00Z">22 Nov 2026, 12:00 UTC</time>' in page.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is nothing to read"),
        (" \n\t \u3000 ", "There is nothing to read"),
        ("\u200b\u200d\ufeff\u2060" * 500, "There is nothing to read"),
        ("\u0301" * 3000, "There is nothing to read"),
        ("a" + "\u0301" * 3000, "too many signs stacked upon one letter"),
        ("a\u0301\u0302" * 501, "this one has 501"),
        ("x" * 501, "A post has at most 500 characters; this one has 501."),
        ("x" * 60_000, "this one is far longer"),
        ("\n" * 15_000, "far longer"),
        ("a\0b", "cannot be kept"),
    ],
)
def test_what_cannot_be_a_post_is_refused_in_words_and_the_text_stays(
    page_site: RunningSite, alice: Visitor, text: str, words: str
) -> None:
    page = say(alice, text)
    assert (page.status, page.title) == (422, "Hi, alice!")
    assert words in page.words
    assert 'aria-invalid="true"' in page.text
    if "\0" not in text and text.strip():
        assert f"{text}</textarea>" in page.text.replace("\r", "")
    assert stored(page_site) == 0


def test_a_million_newlines_are_too_large(site: RunningSite) -> None:
    page = say(member(site, "alice"), "\n" * 1_000_000)
    assert (page.status, page.title) == (413, "That is too large")
    assert stored(site) == 0


def test_a_refused_text_is_shown_as_text_whatever_it_holds(site: RunningSite) -> None:
    page = say(member(site, "alice"), "\n</textarea><script>alert(1)</script>" + "x" * 500)
    assert page.status == 422
    assert "<script>alert" not in page.text
    assert "\n\n&lt;/textarea&gt;&lt;script&gt;" in page.text.replace("\r", "")


def test_five_hundred_characters_are_counted_as_people_count_them(site: RunningSite) -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    page = say(member(site, "alice"), family * 500)
    assert (page.status, texts(page)) == (200, [family * 500])


def test_a_double_click_is_one_post(site: RunningSite) -> None:
    alice = member(site, "alice")
    page = alice.get("/index")
    fields = {"csrf_token": alice.token_in(page), "once": page.value_of("once") or "", "post": "only once"}
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: alice.post("/index", fields, follow=False), range(4)))
    assert [answer.status for answer in sent] == [303] * 4
    assert texts(alice.get("/index")) == ["only once"]


def test_another_text_by_the_same_form_as_after_the_browsers_back_is_another_post(site: RunningSite) -> None:
    alice = member(site, "alice")
    for text in ("one", "two"):
        say(alice, text, once="the same form")
    assert texts(alice.get("/index")) == ["two", "one"]


def test_without_the_forms_name_the_same_within_a_minute_is_one_post(site: RunningSite) -> None:
    alice = member(site, "alice")
    for seconds in (0, 30, 30):
        site.clock.move(seconds=seconds)
        say(alice, "good morning", once="")
    assert texts(alice.get("/index")) == ["good morning"] * 2


def test_each_page_names_its_form_anew(site: RunningSite) -> None:
    alice = member(site, "alice")
    names = {alice.get("/index").value_of("once") for _ in range(3)}
    assert len(names) == 3
    assert all(len(name or "") > 20 for name in names)


def test_a_member_who_posts_too_often_is_told_to_wait_and_keeps_the_text(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_POSTS_PER_MEMBER="2/hour").start(deliver=False)
    alice, bob = member(site, "alice"), member(site, "bob")
    say(alice, "one")
    say(alice, "")  # a refused one does not count
    say(alice, "two")
    page = say(alice, "three")
    assert (page.status, page.headers["Retry-After"]) == (429, "1800")
    assert "Please wait 30 minutes" in page.words
    assert "three</textarea>" in page.text
    assert say(bob, "hello").status == 200
    site.clock.move(minutes=30)
    assert say(alice, "three").status == 200
    assert stored(site) == 4


def test_a_post_without_its_token_is_not_stored_and_its_text_stays(site: RunningSite) -> None:
    alice = member(site, "alice")
    page = alice.post("/index", {"post": "forged"})
    assert page.status == 400
    assert "forged</textarea>" in page.text
    assert stored(site) == 0


def test_a_stranger_who_posts_is_asked_to_sign_in(site: RunningSite) -> None:
    stranger = site.visitor()
    sent = stranger.post(
        "/index", {"csrf_token": stranger.token_in(stranger.get("/login")), "post": "hi"}, follow=False
    )
    assert (sent.status, sent.title) == (403, "Sign in")
    assert stored(site) == 0


def test_looking_at_home_stores_nothing(site: RunningSite) -> None:
    alice = member(site, "alice")
    for method in ("GET", "HEAD"):
        alice.ask(method, "/index?post=hello&once=x")
    assert shown(alice.get("/index")) == []


class Reader(HTMLParser):
    """Reads HTML as a browser would: the tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = st.sampled_from(
    ["<script>", "</p>", '"', "'", "&", "&lt;", "javascript:", "https://", "http://a", "@alice", "#tag", "#", "<", ">"]
)
WRITTEN = st.lists(st.one_of(HOSTILE, st.text(max_size=8)), max_size=12).map("".join)


@given(WRITTEN)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_only_links_come_of_it_and_the_text_stays_the_same(
    page_site: RunningSite, text: str
) -> None:
    kept = "".join(char for char in text if category(char) not in ("Cs", "Cc"))
    with page_site.app.test_request_context():
        read = Reader(post_text(kept, {"alice": "alice"}))
    assert read.text == kept
    for tag, attributes in read.tags:
        assert tag == "a"
        assert set(attributes) <= LINKS
        href = attributes["href"] or ""
        if href.startswith("/"):
            assert href.startswith(("/user/alice", "/tag/"))
        else:
            assert href.lower().startswith(("http://", "https://"))
            assert attributes["rel"] == "nofollow noopener ugc"
