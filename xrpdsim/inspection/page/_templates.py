"""Jinja2 templates: whatever is put into them is escaped there, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .._colours import ink_on
from .._visible import visible

STYLES = ("drawing.css", "page.css", "controls.css")
"""What the page looks like, in order."""
# Each may use what those before it define.
_SCRIPTS = (
    "screen",
    "elements",
    "answers",
    "corrections",
    "plots",
    "sketches",
    "viewer",
    "questions",
    "groups",
    "pictures",
    "tree_cut",
    "page",
)


def render(template: str, **values: Any) -> str:
    """Fill a template of this package.

    Parameters
    ----------
    template : str
        Its path within `templates/`.
    **values : object

    Returns
    -------
    str
    """
    return _environment().get_template(template).render(**values)


def asset(name: str) -> str:
    """Return the text of a file in `assets/`."""
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")


def script() -> str:
    """Return the script of the page: all files of ours, in their order, in one scope."""
    parts = "\n".join(asset(f"{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(function () {{\n{parts}\n}})();\n'


def digest_of(script: str) -> str:
    """Return what a Content Security Policy names a script by, the only one that then runs."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ink_on"] = ink_on
    return environment


def _shown(value: Any) -> Any:
    """Make a text visible that is no markup of a template's own."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
