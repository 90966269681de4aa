"""Settings to examine: a real site that sends by some provider, and the DNS around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microblog.ops.doctor.dns import Dns
from microblog.settings import Settings, load
from support.dns_server import DnsServer, Zone

KEY = "Rk3v9sXw2LqTn7YbHc5ZdJf8GmPa4Ue1"
REAL = {"PUBLIC_URL": "https://blog.example", "SECRET_KEY": KEY, "ADMINS": "ann@blog.example", "TRUSTED_PROXIES": "1"}
SENDGRID = {"MAIL_PROVIDER": "sendgrid", "MAIL_PASSWORD": "SG.a-secret-key"}
RSA_KEY = "v=DKIM1; k=rsa; p=" + "A" * 392  # as long as one of 2048 bits
SITE: Zone = {
    ("blog.example", "A"): ["192.0.2.7"],
    ("blog.example", "MX"): ["10 mail.blog.example."],
}


def settings_of(folder: Path, **environ: str) -> Settings:
    """Return the settings of a real site, with these beside."""
    return load({"MICROBLOG_DATA": str(folder), **REAL, **environ})


@contextmanager
def asking(zone: Zone) -> Iterator[Dns]:
    """Serve a zone, and ask it."""
    with DnsServer(zone) as server:
        yield Dns("127.0.0.1", server.port, seconds=2)
