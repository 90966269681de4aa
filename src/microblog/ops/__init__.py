"""Operations: health, figures, traces, retention, deletion and the doctor."""

from microblog.ops.deletion import delete_due
from microblog.ops.emails.test_letter import write_test_email
from microblog.ops.figures import Figures, figures
from microblog.ops.future import mend_moments
from microblog.ops.health import Health, health_of
from microblog.ops.retention import count_ended, sweep
from microblog.ops.sample_emails import sample_emails

__all__ = [
    "Figures",
    "Health",
    "count_ended",
    "delete_due",
    "figures",
    "health_of",
    "mend_moments",
    "sample_emails",
    "sweep",
    "write_test_email",
]
