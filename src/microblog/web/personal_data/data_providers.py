"""The parts of a member's download, from the packages that own them. What a deletion erases is in `ops.deletion`."""

from microblog.audit.export import EXPORTERS as OF_AUDIT
from microblog.auth.export import EXPORTERS as OF_AUTH
from microblog.contact.export import EXPORTERS as OF_CONTACT
from microblog.exports import ExportPart
from microblog.follows.export import EXPORTERS as OF_FOLLOWS
from microblog.posts.export import EXPORTERS as OF_POSTS
from microblog.profiles.export import EXPORTERS as OF_PROFILES
from microblog.subscriptions.export import EXPORTERS as OF_SUBSCRIPTIONS

EXPORTERS: tuple[ExportPart, ...] = (
    *OF_AUDIT,
    *OF_AUTH,
    *OF_CONTACT,
    *OF_PROFILES,
    *OF_POSTS,
    *OF_FOLLOWS,
    *OF_SUBSCRIPTIONS,
)
