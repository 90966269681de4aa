"""What travels with an email: any file, by any name, and nothing that could be taken for a header or another part."""

from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mail.composing import HEADERS, ONE_LINE, QUICK, composed, lines, read
from microblog.mail import Attachment
from microblog.mail.mailbox import part_of

FILE_NAME = st.text(ONE_LINE, max_size=40) | st.text("aé🎉\"'\\/.;=%*?_ \r\n\0", max_size=300)


def attached(*attachments: Attachment, text: str = "Hello\n", html: str = "<p>Hello</p>\n") -> EmailMessage:
    return read(composed(text=text, html=html, attachments=attachments))


def only(message: EmailMessage) -> EmailMessage:
    (part,) = message.iter_attachments()
    return part


def test_an_email_with_a_file_says_the_same_as_without() -> None:
    message = attached(Attachment("report.csv", b"a,b\r\n1,2\r\n", "text/csv"))
    assert sorted(message.keys()) == sorted([*HEADERS, "Content-Type"])
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in message.iter_parts()] == ["multipart/alternative", "text/csv"]
    assert lines(part_of(message, "plain")) == ["Hello"]
    assert lines(part_of(message, "html")) == ["<p>Hello</p>"]


@pytest.mark.parametrize(
    ("text", "html", "kind"),
    [("Hello\n", "", "text/plain"), ("", "<p>Hello</p>\n", "text/html"), ("", "", "text/plain")],
)
def test_a_file_travels_with_an_email_in_one_form(text: str, html: str, kind: str) -> None:
    message = attached(Attachment("a.bin", b"\0"), text=text, html=html)
    assert [part.get_content_type() for part in message.iter_parts()] == [kind, "application/octet-stream"]


def test_several_files_keep_their_order() -> None:
    message = attached(*(Attachment(f"{number}.txt", str(number).encode(), "text/plain") for number in range(5)))
    found = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
    assert found == [(f"{number}.txt", str(number)) for number in range(5)]


@QUICK
@given(FILE_NAME, st.binary(max_size=200), st.sampled_from(["application/octet-stream", "text/csv", "image/png"]))
@example("x" * 300, b"", "text/plain")
@example("日本語🎉" * 75 + ".pdf", b"--\r\nFrom .\r\n.\r\n", "application/pdf")
@example('"quoted"', b"", "text/plain")
@example("a'b'c%41*0*.txt", b"\xff", "text/plain")
def test_any_file_arrives_whole_by_its_name(name: str, content: bytes, content_type: str) -> None:
    part = only(attached(Attachment(name, content, content_type)))
    assert part.get_payload(decode=True) == content
    assert part.get_content_type() == content_type
    assert part.get_content_disposition() == "attachment"
    assert sorted(part.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type"]
    expected = name.translate({ord("/"): "_", ord("\\"): "_", ord("\r"): None, ord("\n"): None, 0: None}).strip()
    # Not by get_filename(), which takes quotation marks off a name that stands in them.
    assert part["Content-Disposition"].params["filename"] == (expected if expected.strip(".") else "attachment")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ('the "final" one.pdf', 'the "final" one.pdf'),
        ("../../etc/passwd", ".._.._etc_passwd"),
        (r"C:\Windows\evil.exe", "C:_Windows_evil.exe"),
        ("a\r\nBcc: mallory@example.com", "aBcc: mallory@example.com"),
        ('a"\r\nX: y; filename="b', 'a"X: y; filename="b'),
        ("=?utf-8?q?evil=0D=0A?=", "=?utf-8?q?evil=0D=0A?="),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\0\x1b\x7f\x85\u2028b", "ab"),
        ("", "attachment"),
        (" ", "attachment"),
        ("..", "attachment"),
        ("résumé.pdf", "résumé.pdf"),
        ("🎉.txt", "🎉.txt"),
    ],
)
def test_a_file_name_names_one_file_in_no_folder_and_ends_where_it_ends(name: str, shown: str) -> None:
    part = only(attached(Attachment(name, b"x")))
    assert part.get_filename() == shown
    assert sorted(part.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type"]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("résumé.pdf", "r_sum_.pdf"),
        ("🎉" * 300 + ".txt", "_.txt"),
        ('"a";b.pdf', "_a_b.pdf"),
        ("x" * 90 + ".pdf", None),
    ],
)
def test_who_cannot_read_the_name_is_given_a_plain_one(name: str, plain: str | None) -> None:
    given_name = only(attached(Attachment(name, b"x")))["Content-Type"].params["name"]
    assert given_name == (plain or "x" * 40 + "_" + "x" * 15 + ".pdf")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text",
        "text/",
        "/plain",
        "text/plain; charset=x",
        "text/plain\r\nBcc: mallory@example.com",
        "text/plain\n",
        "text /plain",
        "téxt/plain",
        "a/b/c",
        "message/rfc822",
        "multipart/mixed",
        "Multipart/Mixed",
    ],
)
def test_a_content_type_that_is_none_is_refused(content_type: str) -> None:
    with pytest.raises(ValueError, match=r"content type|cannot be attached"):
        composed(attachments=(Attachment("a", b"x", content_type),))


def test_half_a_character_in_a_name_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="half a character"):
        composed(attachments=(Attachment("\ud800", b"x"),))


@pytest.mark.parametrize(("content", "charset"), [("é".encode(), "utf-8"), (b"\xe9", None)])
def test_attached_text_names_its_charset_where_it_is_known(content: bytes, charset: str | None) -> None:
    assert only(attached(Attachment("a.csv", content, "text/csv"))).get_content_charset() == charset


def test_what_is_attached_is_carried_in_lines_of_seventy_six() -> None:
    envelope = composed(attachments=(Attachment("a.bin", bytes(range(256)) * 40),))
    body = envelope.message.partition(b"base64\r\n")[2].split(b"\r\n\r\n")[1]
    assert {len(line) for line in body.split(b"\r\n")[:-1]} == {76}


def test_a_picture_named_in_the_html_stands_beside_it() -> None:
    html = '<img src="cid:logo@blog.example" alt="Microblog">\n'
    picture = Attachment("logo.png", b"\x89PNG", "image/png", content_id="logo@blog.example")
    message = attached(picture, Attachment("a.bin", b"x"), html=html)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/octet-stream",
    ]
    shown = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert (shown["Content-ID"], shown.get_content_disposition()) == ("<logo@blog.example>", "inline")


def test_a_picture_without_html_is_a_file_like_any_other() -> None:
    message = attached(Attachment("logo.png", b"\x89PNG", "image/png", content_id="logo"), html="")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "image/png"]


@pytest.mark.parametrize("content_id", ["a b", "a>\r\nBcc: m@e.com", "<a>", "ä", "a\n"])
def test_a_content_id_that_is_none_is_refused(content_id: str) -> None:
    with pytest.raises(ValueError, match="content id"):
        composed(attachments=(Attachment("a", b"x", content_id=content_id),))
