"""Static files are cached for ever; their address changes with their content."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from microblog.settings import Settings

FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Add a version to the address of each static file."""
    folder = Path(app.static_folder or "")
    versions = {file.relative_to(folder).as_posix(): digest(file) for file in folder.rglob("*") if file.is_file()}

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["v"] = versions.get(values["filename"])

    @app.after_request
    def cache(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:  # noqa: PLR2004
            known = request.args.get("v") == versions.get((request.view_args or {}).get("filename", ""))
            response.headers["Cache-Control"] = FOR_EVER if known else "no-cache"
        return response


def digest(file: Path) -> str:
    """Return a short name for a file's content."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
