"""The doctor: checks everything that delivery depends on, and reports findings with remedies."""

from microblog.ops.doctor.advice import Advice, find_advice
from microblog.ops.doctor.configuration import report_invalid_settings
from microblog.ops.doctor.dns import Dns
from microblog.ops.doctor.examination import Examination
from microblog.ops.doctor.findings import Finding, Level, Subject
from microblog.ops.doctor.outbox import check_outbox

__all__ = [
    "Advice",
    "Dns",
    "Examination",
    "Finding",
    "Level",
    "Subject",
    "check_outbox",
    "find_advice",
    "report_invalid_settings",
]
