"""The forgotten password of Django, Flask-Security and django-allauth against ours, on the same cores and addresses.

1,000 different members ask once each, 32 at a time, by GET and POST of the form with its CSRF token; every email is
delivered, to a mail server that answers at once. Clients, mail server and database share the cores with the site.
"""

from benchmarks.peers.compare import TITLE, run

__all__ = ["TITLE", "run"]
