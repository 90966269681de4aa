"""Templates of emails: folders with `subject.txt`, `body.txt` and `body.html`, on the layout all emails share."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from microblog.mail.rendered import Rendered

LAYOUT = Path(__file__).parent / "layout"


def render_templates(module: str, folder: str, to: str, values: Mapping[str, Any], **more: Any) -> Rendered:  # noqa: ANN401
    """Render the templates in FOLDER, which lies beside the module: pass its `__name__`.

    Raises:
        jinja2.UndefinedError: for a name a template uses and `values` lacks.
    """
    return render_folder(str(files(module.rpartition(".")[0])), folder, to, values, **more)


def render_folder(parent: str, folder: str, to: str, values: Mapping[str, Any], **more: Any) -> Rendered:  # noqa: ANN401
    """Render the templates in PARENT/FOLDER."""
    subject, text, html = (template.render(values) for template in email_templates(parent, folder))
    return Rendered(
        to=to, subject=" ".join(subject.split()), text=text.strip() + "\n", html=html.strip() + "\n", **more
    )


@cache
def email_templates(parent: str, folder: str) -> tuple[Template, ...]:
    """Return the three templates of an email; kept, for each would otherwise be looked for again in every email."""
    environment = template_environment(parent)
    return tuple(environment.get_template(f"{folder}/{name}") for name in ("subject.txt", "body.txt", "body.html"))


@cache
def template_environment(parent: str) -> Environment:
    """Make the template environment of the emails in a folder."""
    return Environment(
        loader=FileSystemLoader([parent, str(LAYOUT)]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
