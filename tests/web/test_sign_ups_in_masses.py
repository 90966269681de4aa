"""A stranger signs up as often as they can: members still get their letters, and newcomers still get in."""

from collections.abc import Callable

from mail.rows import put
from microblog.mail.leases import take
from support.members import member
from support.running import PASSWORD, RunningSite


def sign_up(site: RunningSite, address: str, name: str) -> int:
    visitor = site.visitor(**{"X-Forwarded-For": address})
    typed = {"username": name, "email": f"{name}@example.com", "password": PASSWORD, "password2": PASSWORD}
    return visitor.submit("/register", follow=False, **typed).status


def next_letters(site: RunningSite, size: int, others: int | None = None) -> list[str]:
    """The kinds of letters a worker would take now, where only so many may leave that are not urgent."""
    with site.database.writing() as db:
        kinds = [lease.email.kind for lease in take(db, "worker", size, site.clock(), others)]
        db.rollback()
    return kinds


def crowded(site_with: Callable[..., RunningSite], **environ: str) -> RunningSite:
    """A site where alice forgot her password after three strangers had signed up."""
    site = site_with(TRUSTED_PROXIES="1", **environ).start(deliver=False)
    member(site, "alice")
    while site.delivery.deliver_batch():
        pass
    assert [sign_up(site, "203.0.113.7", f"stranger{number}") for number in range(3)] == [303] * 3
    site.clock.move(seconds=30)
    site.visitor(**{"X-Forwarded-For": "198.51.100.7"}).submit("/reset_password_request", email="alice")
    return site


def test_a_recovery_letter_overtakes_sign_ups_and_has_its_own_share_of_the_budget(
    site_with: Callable[..., RunningSite],
) -> None:
    site = crowded(site_with)
    assert next_letters(site, 1) == ["reset_password"]
    assert next_letters(site, 20) == ["reset_password", *["sign_up"] * 3]
    assert next_letters(site, 20, others=0) == ["reset_password"]


def test_somebody_who_signs_up_does_not_wait_behind_news(site_with: Callable[..., RunningSite]) -> None:
    site = crowded(site_with)
    put(site.database, site.clock())  # is due, as a sign-up that comes a little later is not yet
    site.clock.move(minutes=5)
    sign_up(site, "192.0.2.7", "bob")
    assert next_letters(site, 5) == ["reset_password", *["sign_up"] * 4]
    assert "note" in next_letters(site, 6)


def test_a_stranger_with_many_addresses_keeps_no_newcomer_out(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(TRUSTED_PROXIES="1", LIMIT_SIGN_UP_PER_SITE="6/hour").start(deliver=False)
    crowd = [sign_up(site, f"203.0.113.{number}", f"stranger{number}") for number in range(11)]
    assert crowd == [303] * 9 + [429] * 2  # addresses of one network: six of all, and the network's own three
    assert sign_up(site, "198.51.100.7", "bob") == 303
