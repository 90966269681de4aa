"""What a request says in confidence is found wherever it is."""

import io
from typing import Any

import pytest
from flask import session

from microblog.web.private_values import private_values
from support.running import RunningSite


@pytest.mark.parametrize(
    ("request_", "value"),
    [
        ({"method": "POST", "data": {"password": "summer rain"}}, "summer rain"),
        ({"method": "POST", "data": {"like": ["tulips", "roses"]}}, "roses"),
        ({"method": "POST", "data": {"picture": (io.BytesIO(b"x"), "me-at-sea.png")}}, "me-at-sea.png"),
        ({"method": "POST", "data": b'{"pin": "1234"}', "content_type": "application/json"}, '{"pin": "1234"}'),
        ({"query_string": {"q": "what I look for"}}, "what I look for"),
        ({"query_string": "q=one&q=two"}, "two"),
        ({"path": "/reset_password/a-token/with-a-slash"}, "a-token/with-a-slash"),
        ({"headers": {"Cookie": "theirs=from-elsewhere"}}, "from-elsewhere"),
        ({"headers": {"Authorization": "Bearer a-secret"}}, "a-secret"),
        ({"headers": {"X-CSRFToken": "another-secret"}}, "another-secret"),
    ],
)
def test_every_place_is_looked_into(page_site: RunningSite, request_: dict[str, Any], value: str) -> None:
    with page_site.app.test_request_context(**request_):
        assert value in private_values()


def test_the_session_is_read_however_deep_it_is(page_site: RunningSite) -> None:
    with page_site.app.test_request_context():
        session.update(_user_id="the login", number=5, _flashes=[("info", "words")], more={"deep": ["deeper"]})
        assert {"the login", "words", "deeper"} <= set(private_values())


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "POST", "data": {"text": "x" * 100_000}},
        {"method": "POST", "data": b"--x", "content_type": "multipart/form-data"},
        {"method": "POST", "data": b"{", "content_type": "application/json"},
        {"method": "POST", "data": b"a=%ff%fe&b", "content_type": "application/x-www-form-urlencoded"},
        {"query_string": "q=%ff"},
        {"headers": {"Cookie": '="; \\x00'}},
        {"method": "POST", "data": b"\xff\xfe", "content_type": "text/plain"},
    ],
    ids=["too large", "no boundary", "no form", "no text", "no query", "no cookie", "nothing at all"],
)
def test_a_request_that_cannot_be_read_is_no_error(page_site: RunningSite, request_: dict[str, Any]) -> None:
    headers = {"Authorization": "a-secret", **request_.get("headers", {})}
    with page_site.app.test_request_context(**{**request_, "headers": headers}):
        assert "a-secret" in private_values()
