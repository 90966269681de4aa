"""The doctor: looks at everything a letter needs to arrive, and says what it found and what to do."""

from microblog.ops.doctor.advice import Advice, advice_for
from microblog.ops.doctor.configuration import refused
from microblog.ops.doctor.dns import Dns
from microblog.ops.doctor.examination import Examination
from microblog.ops.doctor.findings import Finding, Level, Subject
from microblog.ops.doctor.outbox import check_outbox

__all__ = ["Advice", "Dns", "Examination", "Finding", "Level", "Subject", "advice_for", "check_outbox", "refused"]
