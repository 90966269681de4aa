"""Each fault that the model of a takeover has found, told again by the pages."""

from recovery.model.browser import Browser
from recovery.model.site import ModelSite
from recovery.olivia import (
    HOME,
    NEW,
    NOT_ME,
    OLD,
    RESET,
    TAKE_BACK,
    THIEF,
    THIEFS,
    addresses,
    ask_for_reset,
    browser,
    change_password,
    choose,
    link,
    make_codes,
    move,
    press,
    signed_in,
)


def test_each_of_two_reports_within_a_minute_mails_a_link_that_works(olivias: ModelSite, thief: Browser) -> None:
    make_codes(thief, OLD)
    change_password(olivias, thief, OLD, THIEFS)
    for report in olivias.mailboxes.links(HOME, start=NOT_ME):
        press(olivias, report)
    assert len(olivias.mailboxes.links(HOME, start=RESET)) == 2
    assert choose(olivias, HOME, NEW).is_signed_in()


def test_a_return_that_left_the_thiefs_address_does_not_end_the_take_back(olivias: ModelSite) -> None:
    code = make_codes(signed_in(olivias, OLD), OLD)[0]
    olivias.clock.move(days=30)
    move(olivias, signed_in(olivias, OLD), THIEF, OLD)
    fields = {"username": "olivia", "code": code, "password": NEW, "password2": NEW}
    assert browser(olivias).submit("/recovery_code", **fields).leads_on
    ask_for_reset(olivias, THIEF)
    choose(olivias, THIEF, THIEFS)
    press(olivias, link(olivias, HOME, TAKE_BACK))
    assert choose(olivias, HOME, NEW).is_signed_in()
    assert addresses(olivias) == [HOME]
