"""The letters that members subscribe to, written when they leave: a choice changed meanwhile counts at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from microblog.follows import Follow, followed_among
from microblog.identity import Account, get_visible, is_visible
from microblog.limits import Limit, Limits
from microblog.links import Pages
from microblog.mail import Letter, Nothing, Result, Written, render
from microblog.posts import Post
from microblog.settings import Rate, Settings
from microblog.subscriptions.choices import Wish, choices_of
from microblog.subscriptions.digest import DIGEST_LETTER, missed
from microblog.subscriptions.links import UnsubscribeLinks, unsubscribe_links
from microblog.subscriptions.quoting import excerpt, without_link
from microblog.subscriptions.telling import FOLLOWED_LETTER, MENTIONED_LETTER, first_in

PACKAGE = "microblog.subscriptions"
DAY = 86_400
TURNED_OFF, GONE, POST_GONE = "turned off", "no such account", "the post is gone"
NOBODY, NOTHING_NEW, ENOUGH = "nobody new follows any more", "there is nothing new", "enough of these for today"
MOST_NAMES = 10  # of new followers in one letter
MOST_LOOKED_AT = 1000  # new followers that one email looks at; more are only counted
MOST_POSTS = 10  # in a weekly letter
FOLLOWED_A_DAY = Limit("followed letters per recipient", Rate(5, DAY))
ONE_FOLLOWER = Limit("followed letters per pair", Rate(1, 7 * DAY))
BY_FOLLOWER = Limit("followed letters per follower", Rate(50, DAY))
MENTIONED_A_DAY = Limit("mentioned letters per recipient", Rate(10, DAY))
ONE_AUTHOR = Limit("mentioned letters per pair", Rate(3, DAY))
BY_AUTHOR = Limit("mentioned letters per author", Rate(30, DAY))


@dataclass(frozen=True)
class Stationery:
    """What every subscribed letter has: a foot that says why it came and how to end it, and the same as headers."""

    pages: Pages
    links: UnsubscribeLinks

    def write(self, folder: str, wish: Wish, to: Account, now: datetime, facts: Mapping[str, Any]) -> Written:
        """Write the letter in a folder."""
        unsubscribe = self.pages.unsubscribe(self.links.sign(to, wish, now))
        known = {"username": to.username, "unsubscribe": unsubscribe, "letters": self.pages.letters, **facts}
        return render(PACKAGE, folder, to.email, known, headers=headers(wish, unsubscribe, self.pages.home))


def headers(wish: Wish, unsubscribe: str, home: str) -> dict[str, str]:
    """Return the headers of subscribed mail: RFC 2369 and 8058 to end it with one click, RFC 2919 to sort it by."""
    return {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{wish.value}.microblog.{host_of(home)}>",
    }


def host_of(address: str) -> str:
    """Return a site's host in ASCII, as an identifier may have it: no colon, no bracket of an address of numbers."""
    host = (urlsplit(address).hostname or "localhost").encode("idna").decode()
    return host.replace(":", "-")


def addressee(session: Session, letter: Letter, wish: Wish) -> Account | Nothing:
    """Return whom a letter goes to, or why it goes to nobody."""
    account = get_visible(session, letter.facts["account"])
    if account is None:
        return Nothing(GONE)
    return account if choices_of(session, account.id).wants(wish) else Nothing(TURNED_OFF)


def allowed(session: Session, limits: Limits, now: datetime, *rules: tuple[Limit, str]) -> bool:
    """Count one letter against each of the rules, until one of them is reached."""
    return all(limits.spend(session, limit, subject, now).allowed for limit, subject in rules)


@dataclass(frozen=True)
class FollowedLetters:
    """Writes who follows a member now: all that were gathered, less those who changed their mind."""

    stationery: Stationery
    limits: Limits

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write it, counting the letter once however often it is tried."""
        account = addressee(session, letter, Wish.FOLLOWED)
        if isinstance(account, Nothing):
            return account
        told, more = letter.facts.get("told"), letter.facts.get("more", 0)
        followers = following(session, account.id, Follow.follower_id.in_(told)) if told else []
        if told is None:
            followers, more = self._new(session, letter, account, now)
        if not followers:
            return Nothing(NOBODY)
        if "told" not in letter.facts and not allowed(session, self.limits, now, (FOLLOWED_A_DAY, str(account.id))):
            return Nothing(ENOUGH)
        names = [without_link(one.username) for one in followers[:MOST_NAMES]]
        links = [self.stationery.pages.member(one.username) for one in followers[:MOST_NAMES]]
        facts = {"names": names, "links": links, "more": len(followers) - len(names) + more}
        written = self.stationery.write("followed", Wish.FOLLOWED, account, now, facts)
        return remembering(written, {"told": [one.id for one in followers], "more": more})

    def _new(self, session: Session, letter: Letter, account: Account, now: datetime) -> tuple[list[Account], int]:
        """Return those whom this member was not told of lately and who were not in too many emails, and how many more.

        The statements are as many for one follower as for a thousand; those past so many are only counted.
        """
        since = Follow.id >= first_in(letter.facts)
        found = {one.id: one for one in following(session, account.id, since)}
        spend = partial(self.limits.spend_for_each, session)
        untold = spend(ONE_FOLLOWER, [f"{one} {account.id}" for one in found], now)
        seldom = spend(BY_FOLLOWER, [pair.partition(" ")[0] for pair in untold], now)
        new = [account for number, account in found.items() if str(number) in seldom]
        return new, count_following(session, account.id, since) - len(found) if len(found) == MOST_LOOKED_AT else 0


def following(session: Session, account_id: int, *those: ColumnElement[bool]) -> list[Account]:
    """Return some of those who follow a member now, in the order in which they began to."""
    theirs = select(Account).join(Follow, Follow.follower_id == Account.id).where(*follow_now(account_id), *those)
    return list(session.scalars(theirs.order_by(Follow.id).limit(MOST_LOOKED_AT)))


def count_following(session: Session, account_id: int, *those: ColumnElement[bool]) -> int:
    """Count those who follow a member now."""
    theirs = select(func.count()).select_from(Account).join(Follow, Follow.follower_id == Account.id)
    return session.scalar(theirs.where(*follow_now(account_id), *those)) or 0


def follow_now(account_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that somebody active follows a member."""
    return Follow.followed_id == account_id, is_visible(Account)


def remembering(written: Written, known: Mapping[str, Any]) -> Written:
    """Return the letter with what the next try must know."""
    return replace(written, progress=known)


@dataclass(frozen=True)
class MentionedLetters:
    """Writes that somebody named a member in a post, in the author's words only where the member follows the author."""

    stationery: Stationery
    limits: Limits

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write it, if the post still stands, and count it once however often it is tried."""
        account = addressee(session, letter, Wish.MENTIONED)
        if isinstance(account, Nothing):
            return account
        post = session.scalar(select(Post).where(Post.id == letter.facts["post"], Post.deleted_at.is_(None)))
        author = get_visible(session, post.author_id) if post else None
        if post is None or author is None:
            return Nothing(POST_GONE)
        rules = (ONE_AUTHOR, f"{author.id} {account.id}"), (BY_AUTHOR, str(author.id))
        each_day = MENTIONED_A_DAY, str(account.id)
        if "counted" not in letter.facts and not allowed(session, self.limits, now, *rules, each_day):
            return Nothing(ENOUGH)
        knows = followed_among(session, account.id, [author.id])
        quote = excerpt(post.text) if knows else ""
        facts = {"author": without_link(author.username), "quote": quote, "link": self.stationery.pages.post(post.id)}
        written = self.stationery.write("mentioned", Wish.MENTIONED, account, now, facts)
        return remembering(written, {"counted": True})


@dataclass(frozen=True)
class DigestLetters:
    """Writes what a member missed: posts by those the member follows, as they are now."""

    stationery: Stationery

    def __call__(self, session: Session, letter: Letter, now: datetime) -> Result:
        """Write it, if there is still something to say."""
        account = addressee(session, letter, Wish.DIGEST)
        if isinstance(account, Nothing):
            return account
        since = datetime.fromisoformat(letter.facts["since"])
        found = missed(session, account.id, since, MOST_POSTS)
        if not found.items:
            return Nothing(NOTHING_NEW)
        items = [quoted(item.author, item.created_at, item.text) for item in found.items]
        facts = {"items": items, "more": found.more, "link": self.stationery.pages.home}
        return self.stationery.write("weekly_digest", Wish.DIGEST, account, now, facts)


def quoted(author: str, at: datetime, text: str) -> dict[str, str]:
    """Return a post as a weekly letter shows it."""
    return {"author": without_link(author), "day": f"{at:%-d %B}", "quote": excerpt(text)}


def writers(settings: Settings, pages: Pages) -> dict[str, FollowedLetters | MentionedLetters | DigestLetters]:
    """Return the writer of each letter of this room, by its kind."""
    stationery, limits = Stationery(pages, unsubscribe_links(settings)), Limits(settings.keys("limits")[0])
    return {
        FOLLOWED_LETTER.name: FollowedLetters(stationery, limits),
        MENTIONED_LETTER.name: MentionedLetters(stationery, limits),
        DIGEST_LETTER.name: DigestLetters(stationery),
    }
