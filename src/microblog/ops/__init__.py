"""Looking after the site: health, and letting go of what is no longer needed."""

from microblog.ops.health import database_answers
from microblog.ops.letters import sample_letters
from microblog.ops.retention import sweep

__all__ = ["database_answers", "sample_letters", "sweep"]
