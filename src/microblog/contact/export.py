"""The changes of an account's email address, in its owner's download."""

from microblog.contact.models import AddressChange
from microblog.exports import ExportPart, Row, export_table


def change_row(change: AddressChange) -> Row:
    """Return a change of address."""
    row: Row = {"from": change.old_email, "to": change.new_email, "asked": change.asked_at}
    return row | {"completed": change.completed_at, "taken_back": change.taken_back_at}


EXPORTERS: tuple[ExportPart, ...] = (
    export_table("address_changes", AddressChange.id, AddressChange.account_id.expression, change_row),
)
