"""Texts of refusals: one for each code, and a title if it has a page of its own."""

from collections.abc import Callable

from microblog.links import LinkRefused
from microblog.refusals import Refusal
from microblog.words import backups
from microblog.words.links import words_for_link
from microblog.words.spans import wait_in_words

BETTER = "Four or more unrelated words make a good one."
INSTEAD = "Please choose a JPEG, PNG or WebP picture"
OF_PHONES = (
    f"{INSTEAD}, or save this one as JPEG first. To have an iPhone take JPEG pictures, choose Settings, Camera, "
    'Formats, "Most Compatible".'
)


def post_too_long(longest: int, length: int | None = None) -> str:
    """Say how long a post may be, and how long this one is, if that was counted."""
    return f"A post has at most {longest} characters; this one {f'has {length}' if length else 'is far longer'}."


def about_too_long(longest: int, length: int | None = None) -> str:
    """Say how long it may be, and how long this is, if that was counted."""
    return f"About me has at most {longest} characters; this {f'has {length}' if length else 'is far longer'}."


def picture_format(format: str) -> str:  # noqa: A002 - the name of the parameter of the refusal
    """Name the format, and what helps."""
    article = "an" if format == "AVIF" or format.startswith("I") else "a"
    helps = OF_PHONES if format == "HEIC" else f"{INSTEAD}, or save this one as JPEG or PNG first."
    return f"This is {article} {format} picture, which we cannot read. {helps}"


def rate_limited(retry_after: object) -> str:
    """Say how long to wait."""
    return f"That was too often. Please wait {wait_in_words(retry_after)} and try again."


TEXTS: dict[str, str | Callable[..., str]] = {
    **backups.TEXTS,
    "rate_limited": rate_limited,
    # passwords and signing in
    "password_too_long": "This password is longer than {longest} characters. Please use a shorter one.",
    "password_too_short": "This password is too short: it has {length} of at least {shortest} characters.",
    "password_about_member": (
        f"This password is little more than your name, your address or the name of this site. {BETTER}"
    ),
    "password_common": f"This password is on lists of common passwords, which attackers try first. {BETTER}",
    "password_guessable": (
        "This password is easy to guess: it follows a common pattern, such as a repeat, a sequence or a known word. "
        f"{BETTER}"
    ),
    "wrong_credentials": "That name and password do not go together. Please check both and try again.",
    "password_changed_meanwhile": "That name and password do not go together. Please check both and try again.",
    "wrong_password": "That is not your password. Please try again.",
    "recovered_lately": (
        "This account got a new password less than a day ago, without the one before it. "
        "For your safety, this works again from {until:%H:%M UTC on %-d %B}."
    ),
    "no_such_session": "That session has ended already.",
    # signing up and usernames
    "username_length": "A username has {shortest} to {longest} characters; this one has {length}.",
    "username_characters": "A username is made of the letters a to z, digits, dots, hyphens and underscores.",
    "username_without_letters": "A username has at least one letter or digit.",
    "username_dots": "A username does not begin or end with a dot.",
    "username_taken": "The username {username} is taken. Please choose another.",
    "too_many_usernames": (
        "You have had {most} other usernames, which is as many as one can. You can still go back to one of those."
    ),
    "account_changed_meanwhile": ("Your account was changed in another window or by another device. Please try again."),
    "sign_up_password_missing": "Please type the password.",
    "sign_up_password_wrong": (
        "That is not the password of this sign-up. Somebody else may have typed your address: "
        "if there is another email, open that one, or sign up again."
    ),
    # email addresses
    "same_email": "That is the address of your account already.",
    "backup_is_email": "This is the email address of your account already. Please name another one.",
    "backup_exists": "You have a backup email already. Remove it first to name another.",
    "no_backup": "You have no backup email any more, so there is nothing to remove.",
    # recovery
    "wrong_recovery_code": (
        "That name and code do not go together, or the code was used before. Please check both and try again."
    ),
    "malformed_recovery_code": "A recovery code has 24 letters and digits, printed in six groups of four.",
    # posts, profiles, follows
    "post_empty": "There is nothing to read in this post yet. Please write something.",
    "post_too_long": post_too_long,
    "post_broken": "This post has a character in it that cannot be kept. Please type it anew instead of pasting it.",
    "post_stacked": (
        "This post has too many signs stacked upon one letter to be readable. Please leave some of them out."
    ),
    "no_such_post": "This post is gone.",
    "not_your_post": "This post is somebody else's, and only its author can delete it.",
    "too_late_to_restore": "This post was deleted a while ago, and can no longer be brought back.",
    "about_too_long": about_too_long,
    "about_unreadable": "This has characters in it that cannot be kept or read. Please type it anew.",
    "picture_too_large": (
        "A picture may have {megabytes} MB at most. Please choose a smaller one, or save this one smaller."
    ),
    "pictures_busy": "Others are changing their pictures just now. Please try again in a minute.",
    "picture_damaged": "This picture is damaged or not complete. Please choose another, or save it anew.",
    "not_a_picture": f"We cannot read this file as a picture. {INSTEAD}.",
    "picture_format": picture_format,
    "picture_too_wide": (
        "A picture may have {most_side:,} pixels on each side and {megapixels} million in all; "
        "this one has {width:,} by {height:,}. Please save it smaller."
    ),
    "picture_too_small": ("A picture has at least {least_side} pixels on each side; this one has {width} by {height}."),
    "picture_in_parts": (
        "This file is made of more parts than a picture has. Please save the picture anew, as a plain JPEG."
    ),
    "following_oneself": "You cannot follow yourself. Your own posts are in your home anyway.",
    "no_such_member": "This member is no longer here.",
    "too_many_followed": (
        "You follow {most:,} members, which is as many as one can. "
        "To follow somebody new, please unfollow somebody else first."
    ),
    # administrators
    "no_such_account": "There is no such account.",
    "own_account": "This is your own account. Use the pages of your account, or the command on the server.",
    "already_deactivated": "This account is deactivated already.",
    "not_deactivated": "This account is not deactivated.",
    "nobody_to_recover": "No account has the username or address {named!r}.",
    "recover_deactivated": (
        "The account {username} is deactivated. A new password would not open it, so no link was made."
    ),
    "address_of_another": "This email address belongs to another account.",
    "no_backup_email": "This account has no backup email.",
    "no_recovery_codes": "This account has no recovery codes.",
    "email_is_set": "That is the email address of this account already.",
}
TITLES = {
    "no_such_post": "There is no such post",
    "not_your_post": "This post is not yours",
    "too_late_to_restore": "That was too long ago",
    "no_such_member": "There is no such member",
    "following_oneself": "That is you",
    "too_many_followed": "You follow as many as one can",
}


def refusal_text(refusal: Refusal) -> str:
    """Say why it was refused, and what helps."""
    words: str | Callable[..., str]
    if isinstance(refusal, LinkRefused):
        words = words_for_link(refusal.link.purpose, refusal.problem).text
    else:
        words = TEXTS[refusal.code]
    return words.format(**refusal.params) if isinstance(words, str) else words(**refusal.params)


def refusal_title(refusal: Refusal) -> str:
    """Return the title of the page about a refusal that ends what the person was doing."""
    if isinstance(refusal, LinkRefused):
        return words_for_link(refusal.link.purpose, refusal.problem).title
    return TITLES[refusal.code]
