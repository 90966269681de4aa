"""Each fault of the takeover rules that was found by reading and playing them, told again by the pages."""

from recovery.model.browser import Browser, Page
from recovery.model.site import ModelSite
from recovery.olivia import (
    HOME,
    NEW,
    NOT_ME,
    OLD,
    OTHER,
    TAKE_BACK,
    THIEF,
    WORK,
    add_backup,
    addresses,
    ask_for_reset,
    browser,
    choose,
    link,
    make_codes,
    move,
    press,
    signed_in,
)

REMOVE = "/account/second-address/remove"


def tick(who: Browser, password: str, *what: str) -> Page:
    """Say on the review page that these are not hers."""
    return who.submit("/account/review", current_password=password, **dict.fromkeys(what, "y"))


def use_code(site: ModelSite, code: str) -> Browser:
    """Choose a password with a code, and sign in."""
    fields = {"username": "olivia", "code": code, "password": NEW, "password2": NEW}
    assert browser(site).submit("/recovery_code", **fields).leads_on
    site.deliver()
    return signed_in(site, NEW)


def test_a_backup_email_that_the_owner_removed_stays_away_when_she_changes_her_own(
    olivias: ModelSite, thief: Browser
) -> None:
    add_backup(olivias, thief, THIEF, OLD)
    make_codes(thief, OLD)
    kept = link(olivias, THIEF, NOT_ME)
    ask_for_reset(olivias, HOME)
    owner = choose(olivias, HOME, NEW)
    owner.submit(REMOVE, current_password=NEW)
    olivias.clock.move(days=2)
    move(olivias, signed_in(olivias, NEW), WORK, NEW)
    assert press(olivias, kept).status == 410
    assert addresses(olivias) == [WORK]


def test_nor_does_an_address_she_changed_back_from_take_the_account_over(olivias: ModelSite, thief: Browser) -> None:
    move(olivias, thief, THIEF, OLD)
    owner = signed_in(olivias, OLD)
    move(olivias, owner, HOME, OLD)
    kept = link(olivias, THIEF, TAKE_BACK)
    olivias.clock.move(days=1)
    move(olivias, signed_in(olivias, OLD), WORK, OLD)
    assert press(olivias, kept).status == 410
    assert addresses(olivias) == [WORK]


def test_the_review_page_never_puts_back_what_it_has_just_removed(olivias: ModelSite, thief: Browser) -> None:
    add_backup(olivias, thief, THIEF, OLD)
    olivias.clock.move(days=2)
    code = make_codes(signed_in(olivias, OLD), OLD)[0]
    olivias.clock.move(days=1)
    assert tick(use_code(olivias, code), NEW, "backup").leads_on
    assert addresses(olivias) == [HOME]


def test_nor_another_one_of_the_thiefs(olivias: ModelSite, thief: Browser) -> None:
    add_backup(olivias, thief, THIEF, OLD)
    olivias.clock.move(days=2)
    code = make_codes(signed_in(olivias, OLD), OLD)[0]
    olivias.clock.move(minutes=5)
    again = signed_in(olivias, OLD)
    again.submit(REMOVE, current_password=OLD)
    olivias.deliver()
    olivias.clock.move(minutes=5)
    add_backup(olivias, again, OTHER, OLD)
    assert tick(use_code(olivias, code), NEW, "backup").leads_on
    assert addresses(olivias) == [HOME]


def test_codes_of_any_age_can_be_ended_just_after_a_recovery(olivias: ModelSite) -> None:
    codes = make_codes(signed_in(olivias, OLD), OLD)
    olivias.clock.move(days=15)
    ask_for_reset(olivias, HOME)
    owner = choose(olivias, HOME, NEW)
    assert owner.submit("/account/recovery-codes/end", current_password=OLD).status == 422
    assert owner.submit("/account/recovery-codes/end", current_password=NEW).leads_on
    fields = {"username": "olivia", "code": codes[0], "password": OLD, "password2": OLD}
    assert browser(olivias).submit("/recovery_code", **fields).status == 422
