"""Four takeovers by somebody who knew the password for two minutes, each undone by the owner, by the pages."""

from recovery.model.browser import Browser
from recovery.model.site import ModelSite
from recovery.olivia import (
    HOME,
    NEW,
    NOT_ME,
    OLD,
    OTHER,
    TAKE_BACK,
    THIEF,
    THIEFS,
    WORK,
    add_backup,
    addresses,
    ask_for_reset,
    change_password,
    choose,
    link,
    links_of_thief,
    make_codes,
    move,
    opens,
    press,
    signed_in,
    tick,
)


def test_the_link_a_thief_kept_does_nothing_once_the_owner_is_back(olivias: ModelSite, thief: Browser) -> None:
    move(olivias, thief, THIEF, OLD)
    change_password(olivias, thief, OLD, THIEFS)
    kept = link(olivias, THIEF, NOT_ME)
    press(olivias, link(olivias, HOME, TAKE_BACK))
    olivia = choose(olivias, HOME, NEW)
    before = links_of_thief(olivias)
    page = press(olivias, kept)
    assert page.status >= 400
    assert addresses(olivias) == [HOME]
    assert olivia.is_signed_in()
    assert links_of_thief(olivias) == before


def test_a_backup_email_of_a_thief_goes_when_the_owner_says_it_was_not_them(olivias: ModelSite, thief: Browser) -> None:
    add_backup(olivias, thief, THIEF, OLD)
    change_password(olivias, thief, OLD, THIEFS)
    press(olivias, link(olivias, HOME, NOT_ME))
    choose(olivias, HOME, NEW)
    assert addresses(olivias) == [HOME]
    before = links_of_thief(olivias)
    for name in ("olivia", THIEF):
        ask_for_reset(olivias, name)
    assert links_of_thief(olivias) == before


def test_a_backup_email_of_a_thief_can_be_removed_just_after_a_reset(olivias: ModelSite, thief: Browser) -> None:
    add_backup(olivias, thief, THIEF, OLD)
    ask_for_reset(olivias, HOME)
    olivia = choose(olivias, HOME, NEW)
    assert tick(olivias, olivia, NEW, "backup").leads_on
    assert addresses(olivias) == [HOME]


def test_taking_an_address_back_mails_no_way_in_to_a_thief(olivias: ModelSite, thief: Browser) -> None:
    add_backup(olivias, thief, THIEF, OLD)
    move(olivias, thief, OTHER, OLD)
    before = links_of_thief(olivias)
    press(olivias, link(olivias, HOME, TAKE_BACK))
    assert links_of_thief(olivias) == before
    assert addresses(olivias) == [HOME]
    assert choose(olivias, HOME, NEW).is_signed_in()


def test_saying_so_at_the_backup_email_restores_the_first_address(olivias: ModelSite) -> None:
    add_backup(olivias, signed_in(olivias, OLD), WORK, OLD)
    olivias.clock.move(days=30)
    thief = signed_in(olivias, OLD)
    move(olivias, thief, THIEF, OLD)
    change_password(olivias, thief, OLD, THIEFS)
    press(olivias, link(olivias, WORK, NOT_ME))
    choose(olivias, WORK, NEW)
    assert addresses(olivias) == [HOME, WORK]


def test_codes_a_thief_made_end_on_the_page_after_a_reset(olivias: ModelSite, thief: Browser) -> None:
    codes = make_codes(thief, OLD)
    ask_for_reset(olivias, HOME)
    olivia = choose(olivias, HOME, NEW)
    tick(olivias, olivia, NEW, "codes")
    assert not any(opens(olivias, code) for code in codes)
    assert olivia.is_signed_in()


def test_codes_a_thief_made_end_when_the_address_is_taken_back(olivias: ModelSite, thief: Browser) -> None:
    codes = make_codes(thief, OLD)
    move(olivias, thief, THIEF, OLD)
    press(olivias, link(olivias, HOME, TAKE_BACK))
    choose(olivias, HOME, NEW)
    assert not any(opens(olivias, code) for code in codes)
