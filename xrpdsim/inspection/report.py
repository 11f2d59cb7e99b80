"""A sorted screen on one page that opens in any browser, without a network."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Any

from .._support._files import write_atomically
from ..sorting.screens.sorted_screen import SortedScreen
from ._page import note, page, section, table
from ._plots import colour_of
from ._section_groups import groups_section
from ._section_maps import maps_sections
from ._section_plates import plates_section
from ._section_run import run_section


def write_report(
    found: SortedScreen, path: str | os.PathLike[str], *, run: dict[str, Any] | None = None
) -> None:
    """Write the report of a sorted screen: one HTML page with all its pictures inside.

    Parameters
    ----------
    found : SortedScreen
        As from `sort_screen`.
    path : path-like
        The file appears whole or not at all.
    run : dict of str to object, optional
        What else to say of how it was made, such as the command.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_report(sort_screen(screen), path)
    >>> path.read_text(encoding="utf-8")[:15]
    '<!DOCTYPE html>'
    """
    with write_atomically(path) as file:
        file.write(render_report(found, run=run))


def render_report(found: SortedScreen, *, run: dict[str, Any] | None = None) -> str:
    """Return the report as text, see `write_report`."""
    name = Path(found.screen.folder).resolve().name if found.screen.folder else "screen"
    sections = [
        _heading(found, name),
        groups_section(found),
        _doubtful(found),
        plates_section(found),
        *maps_sections(found),
        _files(found),
        run_section(found, run or {}),
    ]
    return page(f"Solid forms in {name}", [part for part in sections if part])


def _heading(found: SortedScreen, name: str) -> str:
    summary = found.summary()
    marks = [
        f'<span class="mark" style="background:{colour_of(k if k < len(found.group_names) else -1)}'
        '"></span>'
        for k in range(len(summary["group"]))
    ]
    rows = "".join(
        f"<tr><td>{mark}{html.escape(str(row['group']))}</td>"
        + "".join(f"<td>{html.escape(str(row[key]))}</td>" for key in list(row)[1:])
        + "</tr>"
        for mark, row in zip(marks, summary.rows(), strict=True)
    )
    head = "".join(f"<th>{html.escape(key)}</th>" for key in summary)
    return (
        f"<h1>Solid forms in {html.escape(name)}</h1>"
        f"<p>{len(found.screen.files)} patterns, {len(found.group_names)} groups, sorted by the "
        f"similarity {html.escape(found.clusterer.similarity_name_)}.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + note(
            "probability: the mean, over the group, of the probability that two members are the "
            "same form. medoid: the member most alike to all others that is no likely mixture, a "
            "reference for the group."
        )
        + "".join(note(remark) for remark in found.notes)
    )


def _doubtful(found: SortedScreen) -> str:
    if not found.doubts:
        return section("To look at", "<p>Nothing is unsure.</p>")
    rows = [
        (found.screen.files[row], found.group_of(row), "; ".join(reasons))
        for row, reasons in sorted(found.doubts.items())
    ]
    return section("To look at", table(("file", "group", "why"), rows, "forms.csv"))


def _files(found: SortedScreen) -> str:
    listing = found.table()
    for told_elsewhere in ("similarity", "sha256"):
        listing.pop(told_elsewhere, None)
    return section(
        "All patterns",
        "<details><summary>Show the table (also in forms.csv)</summary>",
        table(list(listing), list(zip(*listing.values(), strict=True)), "forms.csv"),
        "</details>",
    )
