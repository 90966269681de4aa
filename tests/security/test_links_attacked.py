"""What somebody may make of a link, over HTTP, at every door that takes one from a letter."""

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from microblog.web.urls.link_repair import repair_token
from security.town import Town
from support.dump import changed, dump
from support.running import RunningSite

Claims = dict[str, Any]
DAY = 86_400
NOTED = ("reset_link_opened", "reset_link_refused")  # that a link was tried is noted, and changes nothing
UNSUBSCRIBE = "/unsubscribe"
"""The one link that stays in its address, as RFC 8058 has it. It opens no account and names nobody."""
DEAD = (400, 404, 410, 414, 431)
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def tokens(town: Town) -> dict[str, str]:
    """The living tokens of the town's letters, by the path of their door."""
    found = dict(link.removeprefix(town.site.base).rsplit("/", 1) for link in town.links if link.count(".") >= 2)
    return {door: token for door, token in found.items() if town.site.visitor().get(f"{door}/{token}").status == 200}


def claims_of(token: str) -> Claims:
    """What a token says."""
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def keys_of(town: Town, token: str) -> tuple[bytes, ...]:
    """The keys that a token of its purpose is signed by, which nobody outside has."""
    purpose = claims_of(token)["aud"]
    unsubscribes = purpose.startswith("unsubscribe_")  # a purpose for each kind of email, by the same keys
    return town.site.settings.keys("unsubscribe" if unsubscribes else purpose)


def encoded(part: object) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def signed(text: str, key: bytes) -> str:
    """A token signed by any key, however bad."""
    return f"{text}.{base64.urlsafe_b64encode(hmac.digest(key, text.encode(), 'sha256')).decode().rstrip('=')}"


def with_our_key(claims: Claims, key: bytes) -> Iterator[tuple[str, str]]:
    """Yield what even somebody with the key could not pass off for a link, were there no other way to make one."""
    for name in claims:
        yield f"without {name}", jwt.encode({one: claims[one] for one in claims if one != name}, key, "HS256")
    for algorithm in ("HS384", "HS512"):
        yield algorithm, jwt.encode(claims, key, algorithm)
    headers: list[dict[str, Any]] = [
        {"kid": "../../dev/null"},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"typ": "at+jwt"},
        {"crit": ["exp"]},
    ]
    for header in headers:
        yield f"header {header}", jwt.encode(claims, key, "HS256", header)
    for change in ({"iss": "https://other.example"}, {"aud": "another purpose"}, {"exp": "never"}):
        yield f"{change}", jwt.encode({**claims, **change}, key, "HS256")


def without_our_key(token: str, claims: Claims) -> Iterator[tuple[str, str]]:
    """Yield what a stranger can make of a token."""
    head, body, signature = token.split(".")
    for none in ("none", "None", "NONE", "nOnE", ""):
        bare = encoded({"alg": none, "typ": "JWT"})
        yield f"alg {none!r}", f"{bare}.{body}."
        yield f"alg {none!r}, signed", f"{bare}.{body}.{signature}"
    yield "RS256", jwt.encode(claims, RSA_KEY, "RS256")
    yield "an empty key", signed(f"{head}.{body}", b"")
    yield "a key like the site's address", jwt.encode(claims, claims["iss"].encode(), "HS256")
    yield "another member", f"{head}.{encoded({**claims, claims['aud']: 1})}.{signature}"
    yield "a longer life", f"{head}.{encoded({**claims, 'exp': claims['exp'] + DAY})}.{signature}"
    yield "no signature", f"{head}.{body}"
    yield "twice", f"{token}.{token}"
    yield "an encrypted one", f"{head}.{body}.{signature}.{body}.{signature}"
    for more in ("=", "==", " ", "\n", "\0", "%00", "+", "/", ".", "\u200b", "A"):
        yield f"with {more!r} after it", token + more
        if more != "/":  # two slashes are one, and lead to the link as it was
            yield f"with {more!r} before it", more + token
    yield "in capitals", token.upper()
    yield "huge", token + "A" * 20_000
    for place in range(0, len(token), 7):
        yield f"cut at {place}", token[:place]
        flipped = chr(ord(token[place]) ^ 1)
        yield f"a bit flipped at {place}", token[:place] + flipped + token[place + 1 :]


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_no_link_that_this_site_did_not_send_opens_anything(town: Town) -> None:
    before, living = dump(town.site.database, but_events=NOTED), tokens(town)
    assert len(living) >= 2
    for door, token in living.items():
        claims, key = claims_of(token), keys_of(town, token)[0]
        visitor = town.site.visitor()
        assert visitor.get(f"{door}/{jwt.encode(claims, key, 'HS256')}").status == 200  # so the key is the right one
        for what, forged in (*with_our_key(claims, key), *without_our_key(token, claims)):
            if repair_token(forged) == token:  # our own link, as a mail program hands it over
                assert what.startswith("with ")
                continue
            visitor = town.site.visitor()
            answer = visitor.get(f"{door}/{quote(forged, safe='')}", follow=False)
            assert answer.status in DEAD, f"{door} {what}"
            assert visitor.get(door).status in DEAD, f"{door} {what}: and it was remembered"
    assert changed(before, dump(town.site.database, but_events=NOTED)) == {}


def test_a_link_opens_its_own_door_alone(town: Town) -> None:
    living = tokens(town)
    for door, token in living.items():
        for other in living:
            answer = town.site.visitor().get(f"{other}/{token}")
            assert (answer.status == 200) == (other == door), (door, other)


def test_a_link_of_another_installation_opens_nothing_though_it_has_the_same_secret_and_members(town: Town) -> None:
    secret = {"SECRET_KEY": town.site.settings.secret_key.decode()}
    other = RunningSite(town.site.settings.data, town.site.settings.database_url, secret).start(deliver=False)
    try:
        for door, token in tokens(town).items():
            assert other.visitor().get(f"{door}/{token}").status in (400, 410)
    finally:
        other.stop()


def test_a_link_is_for_a_visitor_as_for_anybody_signed_in_and_signs_nobody_in(town: Town) -> None:
    member = town.people["a member"]
    for door, token in tokens(town).items():
        assert member.get(f"{door}/{token}").status == 200
        assert member.signed_in_as() == "bobby"
        stranger = town.site.visitor()
        stranger.get(f"{door}/{token}")
        assert stranger.signed_in_as() is None


def test_the_page_behind_a_link_holds_no_token_and_its_address_none(town: Town) -> None:
    living = tokens(town)
    assert living.pop(UNSUBSCRIBE)
    for door, token in living.items():
        visitor = town.site.visitor()
        moved = visitor.get(f"{door}/{token}", follow=False)
        page = visitor.get(moved.headers["Location"])
        for answer in (moved, page):
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "no-store"
            assert not any(part in answer.text for part in token.split(".")[1:])
        assert moved.headers["Location"] == door
        assert page.path in (door, "/login")
