"""The context that a view gives a use case."""

from flask import g

from microblog.context import Client, Context
from microblog.web.origin import origin
from microblog.web.protection.client_key import client_key
from microblog.web.site import this_site


def context() -> Context:
    """Return the context of this request; the same one each time, so that it has one `now`."""
    if "context" not in g:
        site = this_site()
        g.context = Context(site.settings, site.database, site.limits, site.now(), Client(client_key(), origin()))
    found: Context = g.context
    return found
