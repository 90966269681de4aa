"""/admin/mail: the administration of the outbox. It never shows what an email says, a link, or its payload."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from sqlalchemy.orm import Session

from microblog.db import Database
from microblog.mail import State, admin, clean_identifier
from microblog.mail.admin import Outcome, Wanted
from microblog.web.admin.hour_chart import draw
from microblog.web.current_member import current_member_or_none
from microblog.web.redirects import see_other
from microblog.web.site import this_site
from microblog.words.emails import OUTCOMES, action_refused_text, last_response, last_words, story
from microblog.words.spans import ago, counted

blueprint = Blueprint("admin_mail", __name__, url_prefix="/admin")

PAGE = 50
DAY = timedelta(days=1)
Action = Callable[[Database, int, datetime, str], Outcome]
ActionOnHeld = Callable[[Database, datetime, str], int]


@blueprint.get("/")
def front() -> Response:
    """Send an admin to the admin."""
    return see_other(url_for(".outbox"))


@blueprint.get("/mail")
def outbox() -> str:
    """Show the summary of the outbox, and the emails that match the filter."""
    site = this_site()
    now = site.now()
    with site.database.reading() as db:
        kinds = admin.kinds(db)
        wanted = wanted_of(kinds)
        glance = summarize_outbox(db, now)
        before, after = (admin.number_in(request.args.get(name, "")) for name in ("before", "after"))
        page = admin.find(db, wanted, size=PAGE, before=before, after=after)
        obstacle = admin.what_stops_delivery(db, now)
    facts = {"obstacle": obstacle, "last_response": last_response, "states": State, **glance}
    return render_template("admin/mail.html", now=now, kinds=kinds, wanted=wanted, page=page, **facts)


def wanted_of(kinds: tuple[str, ...]) -> Wanted:
    """Read the filter from the address; what is no state and no kind filters nothing."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    known = State(state) if state in set(State) else None
    return Wanted(known, kind if kind in kinds else "", clean_identifier(request.args.get("search", "")))


def summarize_outbox(db: Session, now: datetime) -> dict[str, Any]:
    """Return what the top of the page shows."""
    minutes = admin.last_hour(db, now)
    workers = admin.workers(db, now)
    return {
        "open_now": admin.open_now(db),
        "last_day": admin.ended_since(db, now - DAY),
        "ever": admin.ended_ever(db),
        "oldest": admin.oldest_open(db),
        "workers": workers,
        "trouble": next((one.trouble for one in workers if one.alive and one.trouble), ""),
        "minutes": minutes,
        "picture": draw(minutes),
        "ago": ago,
    }


@blueprint.get("/mail/<number>")
def show_email(number: str) -> str:
    """Show one email: its status, every attempt, and what can be done."""
    site = this_site()
    with site.database.reading() as db:
        entry = admin.entry(db, number_or_404(number)) or abort(404)
        tries, now = admin.all_tries(db, entry.id), site.now()
        obstacle = admin.what_stops_delivery(db, now)
    refusal = admin.why_no_retry(entry)
    facts = {"story": story(entry, now, obstacle), "refusal": refusal, "last_words": last_words(entry), "now": now}
    return render_template("admin/email.html", email=entry, tries=tries, ago=ago, **facts)


@blueprint.post("/mail/<number>/retry")
def retry(number: str) -> Response:
    """Make an email due now."""
    return change_email(number_or_404(number), admin.retry)


@blueprint.post("/mail/<number>/drop")
def drop(number: str) -> Response:
    """Drop an email that has not left."""
    return change_email(number_or_404(number), admin.drop)


@blueprint.post("/mail/held/release")
def release_held() -> Response:
    """Send every email held after a restore."""
    return change_held(admin.release_held, "{} due now.")


@blueprint.post("/mail/held/drop")
def drop_held() -> Response:
    """Drop every email held after a restore."""
    return change_held(admin.drop_held, "{} dropped.")


def change_held(action: ActionOnHeld, words: str) -> Response:
    """Do the same to every held email, and say on the front page to how many."""
    site = this_site()
    done = action(site.database, site.now(), administrator())
    flash(words.format(counted(done, "email")), "success")
    return see_other(url_for(".outbox"))


def change_email(number: int, action: Action) -> Response:
    """Change an email, and say on its page what was done, or why nothing was."""
    site = this_site()
    try:
        outcome = action(site.database, number, site.now(), administrator())
    except admin.NoSuchEmail:
        abort(404)
    except admin.ActionRefused as refusal:
        flash(action_refused_text(refusal), "error")
    else:
        flash(OUTCOMES[outcome], "success")
    return see_other(url_for(".show_email", number=number))


def administrator() -> str:
    """Return who is at work here, for the log."""
    member = current_member_or_none()
    return f"account id={member and member.account_id}"


def number_or_404(number: str) -> int:
    """Return an email's number from the address, or abort with 404."""
    return admin.number_in(number) or abort(404)
