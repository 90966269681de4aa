"""Whatever is sent to a form, the site answers in its own words and with no fault of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.running import RunningSite, link_in
from support.visitor import Answer, Visitor

FORMS = (
    "/register",
    "/register/finish",
    "/login",
    "/reset_password_request",
    "/check-email",
    "/reset_password",
    "/recovery_code",
)
FIELDS = ("username", "email", "code", "password", "password2", "remember_me", "csrf_token", "next")
OFF = dict.fromkeys(("LIMIT_SIGN_IN_PER_CLIENT", "LIMIT_SIGN_IN_PER_IDENTIFIER", "LIMIT_SIGN_UP_PER_CLIENT"), "off")
OFF |= dict.fromkeys(("LIMIT_RESET_PER_CLIENT", "LIMIT_RESET_PER_SITE", "LIMIT_SIGN_UP_PER_SITE"), "off")
OFF |= dict.fromkeys((f"LIMIT_RECOVERY_CODE_PER_{whom}" for whom in ("IDENTIFIER", "CLIENT", "SITE")), "off")
SEVERAL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NASTY = st.sampled_from(
    [
        *(b"", b"\0", b"\r\n", b"\xff\xfe", b"\xed\xa0\x80", "\u2028\u202e".encode(), b"a" * 5000, "é".encode() * 700),
        *(
            b"%00",
            b"' OR 1=1 --",
            b"<script>",
            b"{{7*7}}",
            b"a@b",
            b"@",
            b"alice@example.com",
            b"alice",
            "٣٣٣".encode(),
        ),
    ]
)
VALUE = st.one_of(NASTY, st.binary(max_size=40), st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")))
BODY = st.lists(st.tuples(st.sampled_from(FIELDS), VALUE), max_size=8)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Visitor]:
    """A browser that has opened the letters of both forms that need one."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "microblog.db")
    site = RunningSite(folder, f"sqlite:///{path}", OFF).start()
    site.sign_up("alice")
    visitor = site.visitor()
    visitor.submit("/reset_password_request", email="alice")
    visitor.get(link_in(site.letters(2)[-1].text))
    words = "seven small boats in the fog"
    visitor.submit("/register", follow=True, username="bob", email="b@example.com", password=words, password2=words)
    visitor.get(link_in(site.letters(3)[-1].text))
    site.worker.stop()
    yield visitor
    site.stop()


def answered_in_its_own_words(answer: Answer) -> bool:
    """Tell whether this is a page of ours, and no fault of ours."""
    own = answer.headers["X-Content-Type-Options"] == "nosniff" and (
        answer.status in (301, 303, 308) or answer.title != ""
    )
    return own and answer.status in (200, 301, 303, 308, 400, 404, 409, 410, 413, 415, 422)


def token(browser: Visitor) -> str:
    """A CSRF token that is good in this browser."""
    return browser.token_in(browser.get("/login"))


@pytest.mark.parametrize("path", FORMS)
def test_nothing_in_a_form_breaks_the_site(browser: Visitor, path: str) -> None:
    good = token(browser).encode()

    @given(BODY, st.booleans())
    @SEVERAL
    def send(fields: list[tuple[str, bytes]], signed: bool) -> None:
        pairs = [("csrf_token", good), *fields] if signed else fields
        body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs).encode()
        assert answered_in_its_own_words(browser.ask("POST", path, body, follow=False))

    send()


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"%&=&&=%zz&\xff=\xfe"),
        ("text/plain", b"username=alice"),
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 300),
        ("nonsense; charset=\x22", b"\0\1\2"),
        ("", b""),
    ],
)
def test_a_body_of_another_kind_breaks_nothing(browser: Visitor, path: str, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind, "X-CSRFToken": token(browser)}
    assert answered_in_its_own_words(browser.ask("POST", path, body, follow=False, headers=headers))


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("value", ["5", '{"username": 5}', '{"email": {"a": []}}', "[1, 2]", "null", "{", '"x"'])
def test_json_breaks_nothing(browser: Visitor, path: str, value: str) -> None:
    headers = {"Content-Type": "application/json", "X-CSRFToken": token(browser)}
    assert answered_in_its_own_words(browser.ask("POST", path, value.encode(), follow=False, headers=headers))


@pytest.mark.parametrize("path", FORMS)
def test_a_file_in_place_of_a_text_breaks_nothing(browser: Visitor, path: str) -> None:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.txt"\r\n\r\nsome text\r\n'
        for name in ("username", "email", "password", "password2")
    ]
    body = ("".join(parts) + "--x--\r\n").encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token(browser)}
    assert answered_in_its_own_words(browser.ask("POST", path, body, follow=False, headers=headers))


@given(st.binary(max_size=30))
@SEVERAL
def test_no_address_breaks_the_site(browser: Visitor, path: bytes) -> None:
    for start in ("/", "/reset_password/", "/register/finish/", "/mailbox/", "/static/", "/login?next=/"):
        assert answered_in_its_own_words(browser.ask("GET", start + quote_from_bytes(path, safe=""), follow=False))


@pytest.mark.parametrize(
    "cookie", ["microblog=x", "microblog=" + "a" * 4000, "microblog=.eJw.x.y", "\xff\xfe=;;=", "a"]
)
def test_a_damaged_cookie_is_no_cookie(browser: Visitor, cookie: str) -> None:
    answer = Visitor(browser.base, {"Cookie": cookie}).get("/index")
    assert (answer.status, answer.path) == (200, "/login")
