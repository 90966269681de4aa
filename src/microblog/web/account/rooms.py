"""What other rooms keep of a member: their part of the download, and how they let go of it before an account goes."""

from microblog.accounts import EXPORT_PARTS, Forget, Part

PARTS: tuple[Part, ...] = (*EXPORT_PARTS,)
FORGET: tuple[Forget, ...] = ()
