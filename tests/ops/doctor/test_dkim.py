"""DKIM: how a key in the DNS stands."""

from base64 import b64encode
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from microblog.ops.doctor import dkim
from microblog.ops.doctor.findings import Level

PLACE = "s1._domainkey.blog.example"


@cache
def rsa_key(bits: int, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    """Return a real public key as DKIM writes it."""
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return b64encode(public.public_bytes(Encoding.DER, form)).decode()


ED25519 = b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
@pytest.mark.parametrize("bits", [1024, 2048])
def test_the_size_of_a_key_is_told(bits: int, form: PublicFormat) -> None:
    assert dkim.parse_key(f"v=DKIM1; k=rsa; p={rsa_key(bits, form)}").bits == bits


CASES = [
    ("OK", ["v=DKIM1; k=rsa; p={2048}"], "RSA, about 2048 bits"),
    ("OK", ["v=DKIM1;p={1024};"], "about 1024 bits"),
    ("OK", ["k=rsa; p={2048}"], "about 2048 bits"),
    ("OK", ["v=DKIM1; h=sha256; t=s; n=a note; p= {2048 in pieces}"], "about 2048 bits"),
    ("OK", ["v=DKIM1; k=ed25519; p={ed25519}"], "(ed25519)"),
    ("WARN", ["v=DKIM1; t=y:s; p={2048}"], "marked as a test"),
    ("FAIL", ["v=DKIM1; p="], "revoked"),
    ("FAIL", ["v=DKIM1; p={short}"], "none below 1024"),
    ("FAIL", ['v=DKIM1; p="{2048}"'], "is damaged"),
    ("FAIL", ["v=DKIM1; p=abc"], "is damaged"),
    ("FAIL", ["v=DKIM1; k=rsa"], "it is no DKIM key"),
    ("FAIL", ["v=DKIM2; p={2048}"], "it is no DKIM key"),
    ("FAIL", ["v=spf1 -all"], "it is no DKIM key"),
    ("FAIL", ["v=DKIM1; p={2048}", "v=DKIM1; p={1024}"], "2 TXT records"),
]


@pytest.mark.parametrize(("level", "texts", "words"), CASES)
def test_a_record_is_judged(level: str, texts: list[str], words: str) -> None:
    long = rsa_key(2048)
    keys = {"{2048}": long, "{2048 in pieces}": f"{long[:100]} {long[100:]}", "{1024}": rsa_key(1024)}
    keys |= {"{ed25519}": ED25519, "{short}": b64encode(bytes(90)).decode()}
    for name, key in keys.items():
        texts = [text.replace(name, key) for text in texts]
    finding = dkim.check_key_record(PLACE, texts)
    assert finding
    assert finding.level == level, finding
    assert PLACE in finding.words
    assert words in finding.words
    assert bool(finding.remedy) == (finding.level is not Level.OK)


def test_where_there_is_no_record_there_is_nothing_to_judge() -> None:
    assert dkim.check_key_record(PLACE, []) is None
