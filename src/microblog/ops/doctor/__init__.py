"""The doctor: looks at everything a letter needs to arrive, and says what it found and what to do."""

from microblog.ops.doctor.advice import Advice, advice_for

__all__ = ["Advice", "advice_for"]
