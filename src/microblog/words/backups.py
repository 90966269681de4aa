"""Error messages of making and restoring backups."""

from collections.abc import Callable, Sequence

DATABASE = "The database"


def database_in_use(connections: Sequence[tuple[int, str]] | None) -> str:
    """Say what to stop, and which connections PostgreSQL knows of."""
    stop = "The site, a worker or another command is using this database. Stop everything that uses it, then try again."
    if connections is None:
        return stop
    listed = ", ".join(f"process {pid} from {client}" for pid, client in connections)
    return f"{stop} Connections that PostgreSQL knows of: {listed or 'none of this user'}."


def damaged_words(path: str, error: str) -> str:
    """Say what SQLite found."""
    return f"{path or DATABASE} is damaged: {error}."


def unreadable_words(path: str, error: str) -> str:
    """Say what SQLite said."""
    return f"{path or DATABASE} is damaged, or not one of Microblog: {error}."


def dangling_words(path: str, table: str, other: str) -> str:
    """Name the tables."""
    return f"{path or DATABASE} is damaged: a row of {table} refers to one of {other} that is missing."


TEXTS: dict[str, str | Callable[..., str]] = {
    "database_in_use": database_in_use,
    "restore_under_way": "This database is being restored from a backup. Start again when that has finished.",
    "backup_file_exists": "{path} exists already. Give another name, or --overwrite.",
    "backup_file_is_folder": "{path} is a folder. Give the name of a file.",
    "backup_not_writable": "{path} cannot be written: {error}.",
    "no_backup_file": "There is no file {path}.",
    "not_a_backup": "{path} was not made by `microblog backup`.",
    "backup_damaged": damaged_words,
    "backup_unreadable": unreadable_words,
    "backup_dangling": dangling_words,
    "backup_too_new": "This backup was made by a newer version of Microblog. Update the program.",
    "backup_failed": "The backup could not be made: {error}.",
    "backup_of_old_schema": (
        "The database is not up to date, and this version cannot read it. Make the backup with the version that the "
        "site runs."
    ),
    "no_database": "There is no database at {path} yet.",
}
