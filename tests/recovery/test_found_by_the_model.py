"""Each fault that the model of a takeover has found, told again by the pages."""

from recovery.model.browser import Browser
from recovery.model.site import ModelSite
from recovery.olivia import HOME, NEW, NOT_ME, OLD, RESET, THIEFS, change_password, choose, make_codes, press


def test_each_of_two_reports_within_a_minute_mails_a_link_that_works(olivias: ModelSite, thief: Browser) -> None:
    make_codes(thief, OLD)
    change_password(olivias, thief, OLD, THIEFS)
    for report in olivias.mailboxes.links(HOME, start=NOT_ME):
        press(olivias, report)
    assert len(olivias.mailboxes.links(HOME, start=RESET)) == 2
    assert choose(olivias, HOME, NEW).is_signed_in()
