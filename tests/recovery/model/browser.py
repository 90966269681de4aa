"""A browser of the thief's or the owner's, by Flask's test client: cookies and forms with their CSRF token."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urlsplit

from flask import Flask

from recovery.model.site import BASE

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')

TAGS = re.compile(r"<[^>]+>")
LONG = 60
NEW_SESSION = ("/login", "/account/password", "/recovery_code")
"""Forms after which the browser gets another token."""
REQUESTS: Counter[str] = Counter()


@dataclass(frozen=True)
class Page:
    """What came back, after any redirects."""

    status: int
    path: str
    text: str

    @property
    def title(self) -> str:
        """The heading."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return plain(found[1]) if found else ""

    @property
    def leads_on(self) -> bool:
        """True for a redirect, which is how a form is answered that was not refused."""
        return 300 <= self.status < 400

    @property
    def token(self) -> str:
        """The CSRF token of the first form; empty where there is none."""
        found = CSRF.search(self.text)
        return found[1] if found else ""

    @cached_property
    def words(self) -> str:
        """The text without tags."""
        return plain(re.sub(r"<(script|style).*?</\1>", " ", self.text, flags=re.DOTALL))

    def __str__(self) -> str:
        where = self.path if len(self.path) < LONG else f"{self.path[:20]}..."
        return f"{self.status} {where} “{self.title}”" if not self.leads_on else f"leads to {where}"


def plain(html: str) -> str:
    """Return a text without tags, in one line."""
    return unescape(" ".join(TAGS.sub(" ", html).split()))


class Browser:
    """One browser with its own cookies. A form's answer is not followed: where it leads says enough, and is quicker."""

    def __init__(self, app: Flask, ip: str) -> None:
        self._client = app.test_client()
        self._environ = {"REMOTE_ADDR": ip, "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}
        self._token = ""
        self.opened: set[str] = set()
        """The links this browser has opened."""

    def get(self, path: str) -> Page:
        """Open a page."""
        if len(path) > LONG:
            self.opened.add(path)
        page = self._ask("GET", path, None)
        self._token = page.token or self._token
        return page

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form as it is."""
        return self._ask("POST", path, fields)

    def submit(self, path: str, **fields: str) -> Page:
        """Open a link and send its form; return the first page where it has none, or its link is dead."""
        page = self.get(path)
        if page.status != 200 or not page.token:
            return page
        return self.post(page.path, {"csrf_token": page.token, **fields})

    def send(self, path: str, **fields: str) -> Page:
        """Send a form with the token of a page seen before, if that is still good."""
        page = self.post(path, {"csrf_token": self._token, **fields}) if self._token else None
        if page is None or not (page.leads_on or page.token in (self._token, "")):
            page = self.submit(path, **fields)
        if page.leads_on and path in NEW_SESSION:
            self._token = ""
        return page

    def is_signed_in(self) -> bool:
        """Tell whether the form to sign in leads on, as it does for whoever has."""
        page = self._ask("GET", "/login", None, follow=False)
        self._token = page.token or self._token
        return page.leads_on

    def sign_in(self, name: str, password: str) -> bool:
        """Sign in; tell whether it worked."""
        return self.send("/login", username=name, password=password).leads_on

    def _ask(self, method: str, path: str, fields: dict[str, str] | None, *, follow: bool = True) -> Page:
        REQUESTS[method] += 1
        response = self._client.open(
            path.removeprefix(BASE),
            method=method,
            base_url=BASE,
            data=fields,
            headers={"Origin": BASE} if fields is not None else None,
            environ_overrides=self._environ,
            follow_redirects=follow and fields is None,
        )
        leads_to = urlsplit(response.headers.get("Location", "")).path or response.request.path
        page = Page(response.status_code, leads_to, response.get_data(as_text=True))
        assert page.status < 500 and page.status != 429, f"{method} {path}: {page}"  # noqa: PT018
        return page
