"""How long the steps of a deletion take."""

from datetime import timedelta

DELETED_AFTER = timedelta(days=3)
NAME_KEPT_FOR = timedelta(days=30)  # whoever took the name the next day would be taken for them
