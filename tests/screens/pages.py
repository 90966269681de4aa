"""Every page there is, and where to look at it in the demo. A page without an entry fails a test."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True)
class Look:
    """One page to look at: the rule it is served by, and where. `{…}` are facts of the demo, see `tour`."""

    name: str
    rule: str
    path: str
    signed_in: bool = True


def visitors(name: str, rule: str, path: str = "") -> Look:
    """Return a page as somebody sees it who is not signed in."""
    return Look(name, rule, path or rule, signed_in=False)


def members(name: str, rule: str, path: str = "") -> Look:
    """Return a page as a member sees it."""
    return Look(name, rule, path or rule)


LOOKS = (
    visitors("login", "/login"),
    visitors("login-after-asking", "/login", "/login?next=/account/letters"),
    visitors("register", "/register"),
    visitors("finish", "/register/finish/<path:token>", "/register/finish/{finish}"),
    visitors("finish-dead", "/register/finish/<path:token>", "/register/finish/altered"),
    visitors("finish-no-link", "/register/finish"),
    visitors("request", "/reset_password_request"),
    visitors("check-email", "/check-email"),
    visitors("reset", "/reset_password/<path:token>", "/reset_password/{reset}"),
    visitors("reset-dead", "/reset_password/<path:token>", "/reset_password/altered"),
    visitors("reset-no-link", "/reset_password", "/reset_password"),
    visitors("not-me-dead", "/not-me/<path:token>", "/not-me/altered"),
    visitors("not-me-no-link", "/not-me"),
    visitors("recovery-code", "/recovery_code"),
    visitors("unsubscribe", "/unsubscribe/<path:token>", "/unsubscribe/{unsubscribe}"),
    visitors("unsubscribe-dead", "/unsubscribe/<path:token>", "/unsubscribe/altered"),
    visitors("nothing-there", "", "/no-such-page"),
    visitors("explore-visitor", "/explore"),
    visitors("post-visitor", "/post/<number>", "/post/{post}"),
    members("home", "/"),
    members("home-index", "/index"),
    members("explore", "/explore"),
    members("tag", "/tag/<tag>", "/tag/bread"),
    members("post", "/post/<number>", "/post/{post}"),
    members("member", "/user/<username>", "/user/tomas"),
    members("member-myself", "/user/<username>", "/user/marta"),
    members("followers", "/user/<username>/followers", "/user/tomas/followers"),
    members("following", "/user/<username>/following", "/user/tomas/following"),
    members("edit-profile", "/edit_profile"),
    members("account", "/account"),
    members("account-password", "/account/password"),
    members("account-address", "/account/address"),
    members("account-address-back", "/account/address/back"),
    members("account-address-back-dead", "/account/address/back/<path:token>", "/account/address/back/altered"),
    members("account-address-confirm", "/account/address/confirm"),
    members(
        "account-address-confirm-dead", "/account/address/confirm/<path:token>", "/account/address/confirm/altered"
    ),
    members("account-second", "/account/second-address"),
    members("account-second-remove", "/account/second-address/remove"),
    members("account-second-confirm", "/account/second-address/confirm"),
    members(
        "account-second-confirm-dead",
        "/account/second-address/confirm/<path:token>",
        "/account/second-address/confirm/altered",
    ),
    members("account-codes", "/account/recovery-codes"),
    members("account-codes-end", "/account/recovery-codes/end"),
    members("account-confirm", "/account/confirm"),
    members("account-confirm-dead", "/account/confirm/<path:token>", "/account/confirm/altered"),
    members("account-review", "/account/review"),
    visitors("account-keep", "/account/keep/<path:token>", "/account/keep/{keep}"),
    visitors("account-keep-dead", "/account/keep/<path:token>", "/account/keep/altered"),
    visitors("account-keep-no-link", "/account/keep"),
    members("account-logins", "/account/logins"),
    members("account-events", "/account/events"),
    members("account-letters", "/account/letters"),
    members("account-download", "/account/download"),
    members("account-delete", "/account/delete"),
    members("mailbox", "/mailbox"),
    members("mailbox-letter", "/mailbox/<key>", "/mailbox/{key}"),
    members("mailbox-html", "/mailbox/<key>", "/mailbox/{key}?view=html"),
    members("mailbox-source", "/mailbox/<key>", "/mailbox/{key}?view=source"),
    members("admin-mail", "/admin/mail"),
    members("admin-letter", "/admin/mail/<number>", "/admin/mail/1"),
    members("admin-letters", "/admin/letters"),
    members("admin-sample", "/admin/letters/<name>", "/admin/letters/weekly_digest"),
    members("admin-events", "/admin/events"),
    members("admin-members", "/admin/members"),
    members("admin-members-nobody", "/admin/members", "/admin/members?search=nobody"),
    members("admin-member", "/admin/members/<username>", "/admin/members/tomas"),
    members("admin-member-leaving", "/admin/members/<username>", "/admin/members/wim"),
    members("admin-set-email", "/admin/members/<username>/set-email", "/admin/members/tomas/set-email"),
    members("admin-deactivate", "/admin/members/<username>/<action>", "/admin/members/tomas/deactivate"),
)
NO_PAGES = {
    "/healthz": "for programs",
    "/healthz/worker": "for programs",
    "/metrics": "for programs",
    "/static/<path:filename>": "files",
    "/avatar/<username>": "pictures",
    "/robots.txt": "for programs",
    "/favicon.ico": "leads to a picture",
    "/manifest.webmanifest": "for programs",
    "/.well-known/security.txt": "for programs, and in plain text",
    "/.well-known/change-password": "leads to another page",
    "/admin/": "leads to another page",
    "/mailbox/<key>/html": "a letter, shown within its page; letters have tests of their own",
    "/admin/letters/<name>/html": "a letter, shown within its page",
}


def rules_of(app: Flask) -> set[str]:
    """Return the rules by which a site serves pages, but those that stand for another with a part left out."""
    return {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.defaults}


def looks_at(rules: Iterable[str]) -> list[Look]:
    """Return what there is to look at where these rules are served; the empty one is an address that is not there."""
    there = {*rules, ""}
    return [look for look in LOOKS if look.rule in there]
