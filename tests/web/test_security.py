"""What holds for every answer: headers, cookies, hosts, and that looking changes nothing."""

import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from microblog.audit.models import Event
from microblog.auth.models import SignInSession
from microblog.contact.models import PendingBackupEmail
from microblog.follows import Follow
from microblog.identity import Account, BackupEmail
from microblog.limits import Allowance
from microblog.mail import Email
from microblog.posts import Post
from microblog.profiles.models import Avatar, Profile
from microblog.recovery.models import RecoveryCode
from microblog.registration.models import SignUp
from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer

OPEN = (
    "/login",
    "/register",
    "/reset_password_request",
    "/check-email",
    "/recovery_code",
    "/mailbox",
    "/no/such/page",
    "/reset_password",
    "/not-me",
    "/account/second-address/confirm",
)
MY_ACCOUNT = (
    "/account",
    "/account/password",
    "/account/address",
    "/account/review",
    "/account/logins",
    "/account/events",
    "/account/download",
    "/account/delete",
    "/account/confirm",
    "/account/keep",
    "/account/address/back",
    "/account/recovery-codes",
    "/account/recovery-codes/end",
    "/account/second-address",
    "/account/second-address/remove",
    "/admin/events",
    "/admin/members",
    "/admin/members/alice",
    "/admin/members/alice/set-email",
    "/admin/members/alice/deactivate",
)
TABLES = (
    Account,
    SignUp,
    SignInSession,
    Event,
    Email,
    Allowance,
    RecoveryCode,
    PendingBackupEmail,
    BackupEmail,
    Post,
    Follow,
    Profile,
    Avatar,
)
REAL = {
    "PUBLIC_URL": "https://blog.example",
    "MAIL_SERVER": "127.0.0.1",
    "SECRET_KEY": "oKzV0uPp3J4wQn8xY7TfA2sLr6dEhBgC9mW1",
}
FIXED = ("/healthz", "/.well-known/change-password")
HOST = {"Host": "blog.example"}
Pages = tuple[RunningSite, list[Answer]]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Pages]:
    """A site, and one answer of each of its pages: a visitor's, a member's, those of letters, and errors."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    site = RunningSite(folder, f"sqlite:///{path}", {"ADMINS": "alice@example.com"}).start()
    member = site.sign_up("alice")
    answers = [site.visitor().get(path) for path in OPEN]
    member.submit("/reset_password_request", email="alice")
    reset = site.visitor().get(link_in(site.letters(2)[-1].text))
    fields = {"username": "bob", "email": "bob@example.com", "password": PASSWORD, "password2": PASSWORD}
    member.submit("/register", follow=True, **fields)
    finish = site.visitor().get(link_in(site.letters(3)[-1].text))
    letter = re.search(r'href="(/mailbox/[^"]+)"', member.get("/mailbox").text)
    assert letter
    answers += [reset, finish, *(member.get(f"{letter[1]}?view={view}") for view in ("text", "html", "source"))]
    answers += [member.post("/logout", {}), member.sign_in("alice", "wrong"), member.sign_in("alice", PASSWORD)]
    answers += [
        member.get(path) for path in ("/admin/mail", "/admin/mail/1", "/admin/letters", "/admin/letters/reset_password")
    ]
    answers.append(member.submit("/account/recovery-codes", current_password=PASSWORD))
    answers += [member.get(entry) for entry in MY_ACCOUNT]
    site.letters(4)
    member.post("/index", {"csrf_token": member.token_in(member.get("/index")), "post": "Hello, #world!"})
    answers += [member.get(path) for path in ("/index", "/index?older=9", "/explore", "/tag/world", "/post/1")]
    for path in ("/index", "/post/1/delete", "/follow/alice"):
        answers += [member.post(path, {"csrf_token": member.token_in(member.get("/index"))})]
    answers += [member.get(path) for path in ("/user/alice", "/user/alice/followers", "/edit_profile")]
    answers += [member.get("/no/such/page"), site.visitor().get("/register/finish"), member.get("/reset_password/x")]
    answers += [member.get("/account/letters"), site.visitor().get("/unsubscribe/x")]
    answers += [member.ask("GET", "/login", headers={"Host": "evil.example"})]
    assert {answer.status for answer in answers} == {200, 400, 404, 410, 422}
    yield site, answers
    site.stop()


@pytest.fixture(scope="module")
def real_site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    """A site with a public address."""
    folder = tmp_path_factory.mktemp("real")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    running = RunningSite(folder, f"sqlite:///{path}", REAL).start(deliver=False)
    yield running
    running.stop()


def policy(answer: Answer) -> dict[str, str]:
    """The content policy, by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.fixture
def site_with(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[..., RunningSite]]:
    """Makes a site with other settings. It is stopped in the end, also where the test fails."""
    path = shutil.copy(sqlite_template, tmp_path / "microblog.db")
    with ExitStack() as stack:

        def make(**environ: str) -> RunningSite:
            made = RunningSite(tmp_path / "data", f"sqlite:///{path}", environ)
            stack.callback(made.stop)
            return made

        yield make


def test_every_page_carries_the_headers_of_safety(pages: Pages) -> None:
    for answer in pages[1]:
        rules = policy(answer)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert rules["default-src"] == rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers
        assert "Strict-Transport-Security" not in answer.headers  # plain http on this computer knows none


def test_no_page_has_a_script_or_style_in_it(pages: Pages) -> None:
    for answer in pages[1]:
        assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|javascript:", re.sub(r"<pre.*?</pre>", "", answer.text, flags=re.DOTALL)
        )


IN_SCRIPTS = (
    r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Storage|indexedDB|\.cookie|[mM]essage\b|fetch|XMLHttp"
)


def test_no_script_writes_html_keeps_anything_in_the_browser_or_listens_to_other_windows(pages: Pages) -> None:
    site, answers = pages
    scripts = set(re.findall(r'<script[^>]* src="([^"]+)"', "".join(answer.text for answer in answers)))
    assert len(scripts) == 5
    for path in scripts:
        script = site.visitor().get(path)
        assert script.status == 200
        assert not re.search(IN_SCRIPTS, script.text), path


def test_every_page_has_a_language_a_title_and_one_heading(pages: Pages) -> None:
    for answer in pages[1]:
        assert '<html lang="en">' in answer.text
        assert re.search(r"<title>\s*[^<\s·]", answer.text)
        assert len(re.findall(r"<h1>[^<]+</h1>", answer.text)) == 1


def test_every_field_has_a_label_and_every_form_a_token(pages: Pages) -> None:
    for answer in pages[1]:
        for field in re.findall(r"<input[^>]*>", answer.text):
            if 'type="hidden"' in field or 'type="checkbox"' in field or 'aria-hidden="true"' in field:
                continue
            name = re.search(r'id="([^"]+)"', field)
            assert name, field
            assert f'<label for="{name[1]}">' in answer.text
        assert answer.text.count('<form method="post"') == answer.text.count('name="csrf_token"')


def test_password_fields_welcome_password_managers(pages: Pages) -> None:
    fields = [field for answer in pages[1] for field in re.findall(r'<input[^>]*type="password"[^>]*>', answer.text)]
    assert len(fields) >= 6
    assert all(re.search(r'autocomplete="(new|current)-password"', field) for field in fields)
    assert not any("maxlength" in field for field in fields)


def test_looking_at_pages_changes_nothing(pages: Pages) -> None:
    site, _ = pages
    links = [link_in(letter.text) for letter in site.letters(3)]
    member = site.visitor()
    member.sign_in("alice", PASSWORD)
    before = rows(site)
    for path in (
        *OPEN,
        *links,
        "/register/finish",
        "/",
        "/index",
        "/index?older=9",
        "/explore",
        "/tag/world",
        "/post/1",
        "/post/1/delete",
        "/post/1/restore",
        "/follow/alice",
        "/unfollow/alice",
        "/logout",
        "/healthz",
        "/.well-known/change-password",
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            site.visitor().ask(method, path)
            member.ask(method, path)
    assert rows(site) == before
    assert member.signed_in_as() == "alice"


def rows(site: RunningSite) -> list[list[str]]:
    """All that the tables hold, but for the notes that a link was opened: no change, and later."""
    with site.database.reading() as db:
        every = [sorted(str(row) for row in db.execute(select(table.__table__))) for table in TABLES]
    return [[row for row in rows if "'reset link opened'" not in row] for rows in every]


def test_a_static_file_with_its_version_is_kept_for_ever_and_others_are_asked_for(
    pages: Pages,
) -> None:
    site, answers = pages
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', "".join(answer.text for answer in answers))
    assert len(set(found)) >= 8
    for path in set(found):
        answer = site.visitor().get(path)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for other in (path.partition("?")[0], path[:-1] + "x"):
            assert site.visitor().get(other).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/../site.py", "/static/..%5csite.py", "/static//etc/passwd"])
def test_only_static_files_are_served(pages: Pages, path: str) -> None:
    assert pages[0].visitor().get(path).status == 404


def test_a_trials_cookie_is_for_this_site_alone(pages: Pages) -> None:
    cookie = pages[0].visitor().get("/login").headers["Set-Cookie"]
    assert cookie.startswith("microblog=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Domain" not in cookie


def test_a_real_sites_cookie_travels_on_https_alone(real_site: RunningSite) -> None:
    for path in ("/login", "/register", "/reset_password_request"):
        cookie = real_site.visitor(**HOST).get(path).headers["Set-Cookie"]
        assert cookie.startswith("__Host-microblog=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_a_real_site_is_asked_for_by_https_for_a_year_and_more(real_site: RunningSite) -> None:
    for path in ("/login", "/no/such/page", "/static/css/base.css", "/healthz"):
        answer = real_site.visitor(**HOST).get(path)
        age = re.fullmatch(r"max-age=(\d+); includeSubDomains", answer.headers["Strict-Transport-Security"])
        assert age
        assert int(age[1]) >= 31536000


def test_so_is_whoever_sends_what_cannot_be_read(real_site: RunningSite) -> None:
    with socket.create_connection(("127.0.0.1", real_site.port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: blog.example\r\nno colon\r\n\r\n")
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.split(" ")[1] == "400"
    assert "\r\nStrict-Transport-Security: max-age=63072000; includeSubDomains\r\n" in answer


def test_a_real_site_answers_under_its_own_name_alone(real_site: RunningSite) -> None:
    assert real_site.visitor(**HOST).get("/login").status == 200
    for host in (f"localhost:{real_site.port}", "127.0.0.1", "evil.example", "blog.example.evil.example", ""):
        for path in ("/login", "/healthz", "/metrics", "/admin/mail", "/no/such/page"):
            answer = real_site.visitor(Host=host).get(path)
            assert answer.status == 400, path
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/user//alice", "/user/alice"),
        ("/user///alice?next=//evil.example", "/user/alice?next=//evil.example"),
        ("/account//password", "/account/password"),
    ],
)
def test_a_path_that_is_put_right_leads_on_without_the_host_and_port_that_were_asked_for(
    real_site: RunningSite, path: str, leads_to: str
) -> None:
    answer = real_site.visitor(Host="blog.example:1337").get(path, follow=False)
    assert (answer.status, answer.headers["Location"]) == (308, leads_to)


def test_a_real_site_has_no_mailbox(real_site: RunningSite) -> None:
    for path in ("/mailbox", "/mailbox/1"):
        assert real_site.visitor(**HOST).get(path).status == 404
    assert "mailbox" not in real_site.visitor(**HOST).get("/login").text.lower()


def test_a_real_sites_forms_take_their_own_token_from_their_own_pages_only(real_site: RunningSite) -> None:
    visitor = real_site.visitor(**HOST)
    page = visitor.get("/reset_password_request")
    headers = {"Cookie": page.headers["Set-Cookie"].partition(";")[0]}
    body = f"csrf_token={visitor.token_in(page)}&email=alice".encode()
    sent = {
        origin: visitor.ask("POST", page.url, body, follow=False, headers={**headers, "Referer": origin}).status
        for origin in ("https://blog.example/reset_password_request", "https://evil.example/", "http://blog.example/")
    }
    assert list(sent.values()) == [303, 400, 400]


@pytest.mark.parametrize(("proxies", "statuses"), [("0", [200, 429]), ("1", [200, 200])])
def test_the_client_a_header_names_counts_behind_a_trusted_proxy_alone(
    site_with: Callable[..., RunningSite], proxies: str, statuses: list[int]
) -> None:
    limits = {"LIMIT_RESET_PER_CLIENT": "1/hour", "TRUSTED_PROXIES": proxies}
    site = site_with(**limits).start(deliver=False)
    clients = [site.visitor(**{"X-Forwarded-For": f"203.0.113.{number}"}) for number in (1, 2)]
    assert [client.submit("/reset_password_request", email="alice").status for client in clients] == statuses


def test_what_a_client_adds_before_the_proxys_word_does_not_count(site_with: Callable[..., RunningSite]) -> None:
    limits = {"LIMIT_RESET_PER_CLIENT": "1/hour", "TRUSTED_PROXIES": "1"}
    site = site_with(**limits).start(deliver=False)
    made_up = [site.visitor(**{"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}) for number in (1, 2)]
    assert [client.submit("/reset_password_request", email="alice").status for client in made_up] == [200, 429]
