"""The mail server's certificate: its names, its expiry, and why it is not trusted."""

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from microblog.ops.doctor.findings import Finding, Subject

TLS = Subject("TLS")
SOON = timedelta(days=21)
NOT_YET, EXPIRED = 9, 10  # OpenSSL's numbers (X509_V_ERR_...)
SELF_SIGNED, SELF_SIGNED_IN_CHAIN = 18, 19
NO_ISSUER, NO_ISSUER_LOCALLY = 20, 21
OTHER_NAMES = (62, 64)  # of a host, of an address


def certificate_names(certificate: Mapping[str, Any]) -> list[str]:
    """Return the hosts a certificate is for, as `SSLSocket.getpeercert` gives it."""
    return [name for _, name in certificate.get("subjectAltName", ())]


def check_certificate(certificate: Mapping[str, Any], version: str, now: datetime) -> Finding:
    """Check how long a verified certificate is valid."""
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    days = (ends - now).days
    words = f"{version}, certificate for {', '.join(certificate_names(certificate)[:3])}, good for {days} more days."
    if ends - now < SOON:
        remedy = "Whoever runs the mail server should renew it. If that is you, see why it did not happen by itself."
        return TLS.warn(words, remedy)
    return TLS.ok(words)


def explain_untrusted(code: int, message: str, server: str, names: Sequence[str], ca_file: Path | None) -> Finding:
    """Explain why a certificate is not trusted, from OpenSSL's error code and message.

    `names` are those it is for, where it could be read.
    """
    private = (
        "If that authority is your own, set MAIL_CA_FILE to a file with its certificate. If the server is a "
        "provider's, somebody may be reading along: do not go on."
    )
    if code == EXPIRED:
        return TLS.fail(f"The certificate of {server} has expired.", "Whoever runs the mail server must renew it.")
    if code == NOT_YET:
        words = f"The certificate of {server} is not good yet."
        return TLS.fail(words, "See whether this computer's clock is right.")
    if code in OTHER_NAMES:
        named = f" It is for {', '.join(names[:5])}." if names else ""
        fitting = names[0] if names and "*" not in names[0] else "a name that it is for"
        return TLS.fail(f"The certificate is not for {server}.{named}", f"Set MAIL_SERVER to {fitting}.")
    if code == SELF_SIGNED:
        remedy = "If the server is your own, set MAIL_CA_FILE to a file with that certificate. If not, do not go on."
        return TLS.fail(f"The certificate of {server} is signed by itself (self-signed).", remedy)
    if code in (SELF_SIGNED_IN_CHAIN, NO_ISSUER, NO_ISSUER_LOCALLY):
        beside = f", nor in {ca_file}" if ca_file else ""
        words = f"The certificate of {server} is signed by an authority that this computer does not know{beside}."
        return TLS.fail(words, private)
    return TLS.fail(f"The certificate of {server} cannot be trusted: {message}.", private)
