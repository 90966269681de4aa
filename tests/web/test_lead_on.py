"""Addresses that are nearly right: a slash at the end, another case, `/@name`."""

import pytest

from support.members import member
from support.running import PASSWORD, RunningSite

LEADS = {
    "/login/": "/login",
    "/Login": "/login",
    "/LOGIN/": "/login",
    "/login?next=/explore": None,
    "/login/?next=%2Fexplore": "/login?next=%2Fexplore",
    "/Reset_Password_Request/": "/reset_password_request",
    "/User/Bob": "/user/Bob",
    "/user/Bob/": "/user/Bob",
    "/USER/Bob/Followers/": "/user/Bob/followers",
    "/@Bob": "/user/Bob",
    "/@Bob/": "/user/Bob",
    "/@Bob/Following": "/user/Bob/following",
    "/Account/Recovery-Codes": "/account/recovery-codes",
    "/Tag/Caf%C3%A9/": "/tag/Caf%C3%A9",
    "/Robots.txt": "/robots.txt",
    "/Unsubscribe/eyJhbGciOiJ.AbC.d_E-": "/unsubscribe/eyJhbGciOiJ.AbC.d_E-",
}


@pytest.mark.parametrize(("asked", "right"), LEADS.items())
def test_it_leads_to_the_right_one(page_site: RunningSite, asked: str, right: str | None) -> None:
    for method in ("GET", "HEAD"):
        answer = page_site.visitor().ask(method, asked, follow=False)
        assert (answer.status, answer.headers["Location"]) == ((301, right) if right else (200, None))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/@",
            "/@a/@b",
            "/@no such name",
            "/@evil.example/%2e%2e",
            "/@..",
            "/login/x",
            "/loginn",
            "/static/CSS/base.css",
        ),
        *("//evil.example/", "//evil.example/login/", "/%2F%2Fevil.example/", "/\\evil.example/", "/@/evil.example"),
        *("/https://evil.example/", "/@evil.example:80", "/login%0d%0aX: y/"),
    ],
)
def test_what_is_no_page_is_led_nowhere_and_never_off_the_site(page_site: RunningSite, path: str) -> None:
    answer = page_site.visitor().ask("GET", page_site.base + path.replace(" ", "%20"), follow=False)
    where = answer.headers["Location"]
    assert answer.status in (301, 308, 400, 404)
    assert where is None or (
        where.startswith("/")
        and not where.startswith(("//", "/\\"))
        and "evil.example" not in where.partition("/user/")[0]
    )


def test_only_what_is_asked_for_is_led_on_and_nothing_that_is_sent(page_site: RunningSite) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert page_site.visitor().ask(method, "/login/", b"x=1", follow=False).status in (400, 404)


@pytest.mark.parametrize("path", ["/Admin/mail", "/ADMIN", "/admin/mail/", "/admin/mail/1/", "/Metrics", "/metrics/"])
def test_nobody_learns_which_hidden_pages_there_are(page_site: RunningSite, path: str) -> None:
    there, nowhere = page_site.visitor().get(path, follow=False), page_site.visitor().get("/Nowhere/x/", follow=False)
    assert (there.status, there.headers["Location"], there.title) == (404, None, nowhere.title)


def test_a_missing_post_stays_missing(site: RunningSite) -> None:
    alice = member(site, "alice")
    assert alice.get("/post/999", follow=False).status == 404
    assert alice.get("/user/nobody", follow=False).status == 404


def test_a_members_page_is_found_by_the_sign_and_by_a_former_name(site: RunningSite) -> None:
    alice = member(site, "alice")
    alice.submit("/edit_profile", username="alicia", about_me="")
    for path in ("/@ALICE", "/@alicia", "/User/Alice/"):
        assert alice.get(path).title == "alicia"
    visitor = site.visitor()
    assert visitor.get("/@alice").path == visitor.get("/@nobody").path == "/login", "a visitor learns nothing of names"
    assert PASSWORD not in alice.get("/@alicia").text
