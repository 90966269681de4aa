"""Sign-ups that wait for their email to be answered."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.registration.models import SignUp


def pending_sign_ups(session: Session, email_keys: Collection[str]) -> Sequence[SignUp]:
    """Return the sign-ups with one of these addresses, the oldest first."""
    return session.scalars(select(SignUp).where(SignUp.email_key.in_(email_keys)).order_by(SignUp.id)).all()
