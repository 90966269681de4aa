"""/explore, everybody's posts, and /tag/<tag>."""

from support.members import member
from support.running import PASSWORD, RunningSite
from web.writing import say, texts


def test_everybodys_posts_are_there_newest_first(site: RunningSite) -> None:
    alice, bob = member(site, "alice"), member(site, "bob")
    assert "Nobody has said anything yet" in alice.get("/explore").words
    say(alice, "one")
    say(bob, "two")
    for reader in (alice, bob):
        assert texts(reader.get("/explore")) == ["two", "one"]


def test_a_tags_page_has_its_posts_in_every_spelling_of_it(site: RunningSite) -> None:
    alice = member(site, "alice")
    say(alice, "#Tee und #Grüße")
    say(alice, "no tag")
    for path in ("/tag/tee", "/tag/TEE", "/tag/Gr%C3%BC%C3%9Fe", "/tag/GRU%CC%88SSE"):
        page = alice.get(path)
        assert page.status == 200
        assert len(texts(page)) == 1
    assert alice.get("/tag/TEE").title == "#tee"


def test_the_links_in_posts_lead_to_the_tags_page(site: RunningSite) -> None:
    alice = member(site, "alice")
    page = say(alice, "#Größe")
    path = texts(page)[0].split('"')[1]
    assert alice.get(path).title == "#grösse"


def test_a_tag_nobody_used_has_a_page_that_says_so(site: RunningSite) -> None:
    page = member(site, "alice").get("/tag/unheard")
    assert page.status == 200
    assert "Nobody has written a post with this tag yet." in page.words


def test_what_can_be_no_tag_has_no_page(page_site: RunningSite) -> None:
    alice = member(page_site, "alice")
    for tag in ("1", "a%20b", "%3Cscript%3E", "a-b", "%00", "%ED%A0%80", "x" * 3000, "%23a"):
        assert alice.get(f"/tag/{tag}").status == 404, tag


def test_a_stranger_is_asked_to_sign_in_and_then_led_there(site: RunningSite) -> None:
    say(member(site, "alice"), "#tea")
    for path in ("/explore", "/tag/tea", "/post/1", "/explore?older=5"):
        stranger = site.visitor()
        page = stranger.get(path)
        assert (page.path, page.title) == ("/login", "Sign in")
        fields = {"csrf_token": stranger.token_in(page), "username": "alice", "password": PASSWORD}
        assert stranger.post(page.url, fields).url.endswith(path)


def test_the_head_of_the_page_leads_home_to_explore_and_to_ones_profile(site: RunningSite) -> None:
    alice = member(site, "alice")
    head = alice.get("/explore").text.partition("</header>")[0]
    assert '<a href="/index">Home</a>' in head
    assert '<a href="/explore" aria-current=page>Explore</a>' in head
    assert '<a href="/user/alice" class="who">alice</a>' in head
    strangers = site.visitor().get("/login").text.partition("</header>")[0]
    assert "Explore" not in strangers
