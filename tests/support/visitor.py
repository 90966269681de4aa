"""A browser without a screen: cookies, redirects, forms. It sees what a person's browser would send and get."""

import re
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.cookiejar import Cookie, CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
HIDDEN = re.compile(r'name="(?:csrf_token|form_id)" value="[^"]+"')
"""What is another each time a form is shown."""


class NoRedirect(HTTPRedirectHandler):
    """Shows redirects instead of following them."""

    def redirect_request(self, *args: object, **more: object) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    url: str
    headers: Message
    text: str

    @property
    def title(self) -> str:
        """The page's heading."""
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return unescape(found[1]) if found else ""

    @property
    def words(self) -> str:
        """The page's text, without tags, in one line."""
        body = re.sub(r"<(script|style).*?</\1>", " ", self.text, flags=re.DOTALL)
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))

    @property
    def path(self) -> str:
        """Where on the site it is."""
        return "/" + self.url.split("/", 3)[3].partition("?")[0]

    def value_of(self, field: str) -> str | None:
        """What a field of the form is filled with."""
        found = re.search(rf'<input[^>]*\bname="{field}"[^>]*>', self.text)
        value = found and re.search(r'\bvalue="([^"]*)"', found[0])
        return unescape(value[1]) if value else None


class Visitor:
    """One browser, with its own cookies."""

    def __init__(self, base: str, headers: dict[str, str] | None = None) -> None:
        self.base = base
        self.jar = CookieJar()
        self.headers = headers or {}

    def _opener(self, *, follow: bool) -> OpenerDirector:
        handlers = [ProxyHandler({}), HTTPCookieProcessor(self.jar)]
        return build_opener(*handlers) if follow else build_opener(*handlers, NoRedirect())

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        follow: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send any request. Paths are on the site, unless they are whole addresses."""
        all_headers = {"Connection": "close", **self.headers, **(headers or {})}
        request = Request(urljoin(self.base, path), body, all_headers, method=method)
        try:
            response = self._opener(follow=follow).open(request, timeout=30)
        except HTTPError as error:
            response = error
        with response:
            text = response.read().decode(errors="replace")
            return Answer(response.status, response.geturl(), response.headers, text)

    def get(self, path: str, *, follow: bool = True) -> Answer:
        """Open a page."""
        return self.ask("GET", path, follow=follow)

    def post(self, path: str, fields: dict[str, str], *, follow: bool = True) -> Answer:
        """Send a form as it is, with nothing added."""
        return self.ask("POST", path, urlencode(fields).encode(), follow=follow)

    def submit(self, path: str, *, follow: bool = True, **fields: str) -> Answer:
        """Open a page and send its form, with its CSRF token."""
        page = self.get(path)
        return self.post(page.url, {"csrf_token": self.token_in(page), **fields}, follow=follow)

    def token_in(self, page: Answer) -> str:
        """Return the CSRF token of a page's first form."""
        found = CSRF.search(page.text)
        assert found, f"{page.url} has no form: {page.words[:200]}"
        return found[1]

    @property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies by name."""
        return {cookie.name: cookie for cookie in self.jar}

    def sign_in(self, username: str, password: str, **more: str) -> Answer:
        """Sign in."""
        page = self.get("/login")
        fields = {"csrf_token": self.token_in(page), "username": username, "password": password}
        return self.post(page.url, fields | more)

    def sign_out(self) -> Answer:
        """Press the button in the page's head."""
        return self.post("/logout", {"csrf_token": self.token_in(self.get("/index"))})

    def signed_in_as(self) -> str | None:
        """Return who the site says is signed in, None for nobody."""
        page = self.get("/index")
        found = re.search(r'class="who">([^<]+)<', page.text)
        return found[1] if found else None
