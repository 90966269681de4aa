"""Flask-Security with its own templates, Flask-SQLAlchemy, Flask-Mailman and the CSRF check of Flask-WTF.

As a program it makes the tables and so many members.
"""

import os
import sys
from uuid import uuid4

from flask import Flask
from flask_mailman import Mail
from flask_security import Security, SQLAlchemyUserDatastore, hash_password
from flask_security.models import fsqla_v3
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

app = Flask(__name__)
app.config.update(
    SECRET_KEY="of a benchmark, and of no value at all",
    SECURITY_PASSWORD_SALT="the same",
    SECURITY_RECOVERABLE=True,
    SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    SECURITY_EMAIL_SENDER="no-reply@blog.example",
    SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
    MAIL_SERVER="127.0.0.1",
    MAIL_PORT=int(os.environ["MAIL_PORT"]),
)
db = SQLAlchemy(app)
CSRFProtect(app)
Mail(app)
fsqla_v3.FsModels.set_db_info(db)


class Role(db.Model, fsqla_v3.FsRoleMixin):
    """What Flask-Security asks for."""


class User(db.Model, fsqla_v3.FsUserMixin):
    """A member."""


Security(app, SQLAlchemyUserDatastore(db, User, Role))


def add_members(count: int) -> None:
    """Make the tables and the members."""
    db.create_all()
    password = hash_password("seven small boats in the fog")
    for number in range(count):
        unique = uuid4().hex
        db.session.add(User(email=f"member{number}@example.com", password=password, active=True, fs_uniquifier=unique))
    db.session.commit()


if __name__ == "__main__":
    with app.app_context():
        add_members(int(sys.argv[1]))
