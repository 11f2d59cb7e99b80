"""Where an estimator is documented, for the link in its HTML representation."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from itertools import accumulate


class DocumentedMixin:
    """Links an estimator of this library to its page; scikit-learn draws the link."""

    _doc_link_module = "xrpdsim"
    _doc_link_template = "{page}"

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        return {"page": page_of(type(self))}


def page_of(cls: type) -> str:
    """Return the address of the page of a public class; "" where there is none.

    It is documented in the outermost package that exports it.
    """
    site = documentation_site()
    packages = accumulate(cls.__module__.split("."), lambda a, b: f"{a}.{b}")
    for package in packages:
        if site and cls.__name__ in getattr(sys.modules.get(package), "__all__", ()):
            return f"{site}/en/latest/generated/{package}.{cls.__name__}.html"
    return ""


@cache
def documentation_site() -> str:
    """Return the address of the documentation as the installed package states it, or ""."""
    try:
        stated = metadata("xrpdsim").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    urls = dict(entry.split(", ", 1) for entry in stated)
    return urls.get("Documentation", "").rstrip("/")
