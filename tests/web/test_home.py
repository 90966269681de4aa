"""The pages at fixed addresses: /, /index."""

from support.running import PASSWORD, RunningSite


def test_home_is_for_members_under_both_its_addresses(site: RunningSite) -> None:
    member = site.sign_up("alice")
    for path in ("/", "/index"):
        asked = member.get(path, follow=False)
        assert (asked.status, asked.headers["Location"]) == (303, "/login")
    member.sign_in("alice", PASSWORD)
    for path in ("/", "/index"):
        page = member.get(path)
        assert (page.status, page.title) == (200, "Hi, alice!")
