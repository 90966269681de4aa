"""Members who write and follow, in a site that serves and delivers nothing."""

import re

from sqlalchemy import func, select

from microblog.follows import Follow
from microblog.posts import Post
from support.running import RunningSite
from support.visitor import Answer, Visitor

POSTS = re.compile(r'<article class="post" id="post-(\d+)".*?<p class="post-text" dir="auto">(.*?)</p>', re.DOTALL)
PAGER = re.compile(r'<a [^>]*rel="(prev|next)" href="([^"]+)"')


def say(visitor: Visitor, text: str, **more: str) -> Answer:
    """Write a post on the home page, as its form would send it."""
    page = visitor.get("/index")
    fields = {"csrf_token": visitor.token_in(page), "once": page.value_of("once") or "", "post": text}
    return visitor.post("/index", fields | more)


def press(visitor: Visitor, path: str, **fields: str) -> Answer:
    """Press a button that is a form of its own."""
    return visitor.post(path, {"csrf_token": visitor.token_in(visitor.get("/index")), **fields}, follow=False)


def shown(page: Answer) -> list[int]:
    """The numbers of the posts on a page, in its order."""
    return [int(number) for number, _ in POSTS.findall(page.text)]


def texts(page: Answer) -> list[str]:
    """The posts on a page as HTML."""
    return [text for _, text in POSTS.findall(page.text)]


def ways(page: Answer) -> dict[str, str]:
    """The addresses of the pages beside this one: `prev` is newer, `next` is older."""
    return dict(PAGER.findall(page.text))


def stored(site: RunningSite) -> int:
    """How many posts there are, deleted ones too."""
    with site.database.reading() as db:
        return db.scalars(select(func.count()).select_from(Post)).one()


def followed(site: RunningSite) -> int:
    """How many follow somebody."""
    with site.database.reading() as db:
        return db.scalars(select(func.count()).select_from(Follow)).one()
