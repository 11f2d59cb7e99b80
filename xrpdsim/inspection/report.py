"""A sorted screen on one page that opens in any browser, without a network."""

from __future__ import annotations

import base64
import html
import json
import os
import platform
import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray

from .._files import write_atomically
from ..sorting.sorted_screen import SortedScreen
from . import _svg
from ._page import note, page, section, table
from ._plots import colour_of
from .layout import map_in_two_dimensions, order_of_map, scaled

# Members drawn behind the medoid of a group, evenly chosen, so that pages stay small.
_DRAWN_A_GROUP = 40
_CLOSE_PAIRS = 10
# A map of more patterns has more pixels than a screen.
_LARGEST_MAP = 1500
_MOST_POINTS = 3000


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
        _groups(found),
        _doubtful(found),
        _plates(found),
        _map(found),
        _plane(found),
        _pairs(found),
        _files(found),
        _provenance(found, run or {}),
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
        f"<p>{len(found.screen.files)} patterns, {len(found.group_names)} groups.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + note(
            "probability: the mean, over the group, of the probability that two members are the "
            "same form. medoid: the member most alike to all others, a reference for the group."
        )
    )


def _groups(found: SortedScreen) -> str:
    heights, files = scaled(found.screen.X), found.screen.files
    parts = []
    for group, name in enumerate(found.group_names):
        members = np.flatnonzero(found.clusterer.labels_ == group)
        medoid = int(found.clusterer.medoid_indices_[group])
        some = _some(members[members != medoid], _DRAWN_A_GROUP)
        drawn = [(heights[row], files[row]) for row in (*some.tolist(), medoid)]
        left_out = len(members) - len(drawn)
        parts.append(
            f"<h3>{html.escape(name)}: {len(members)} patterns</h3>"
            + _svg.stack(drawn, found.screen.two_theta, colour_of(group), f"patterns of {name}")
            + note(
                f"In front: {files[medoid]}."
                + (f" {left_out} more members are not drawn." if left_out else "")
            )
        )
    outside = np.flatnonzero(found.clusterer.labels_ < 0)
    if len(outside):
        drawn = [(heights[row], files[row]) for row in _some(outside, _DRAWN_A_GROUP).tolist()]
        parts.append(
            f"<h3>In no group: {len(outside)} patterns</h3>"
            + _svg.stack(
                drawn, found.screen.two_theta, colour_of(-1), "patterns that belong to no group"
            )
        )
    return section("Groups", *parts)


def _doubtful(found: SortedScreen) -> str:
    if not found.doubts:
        return section("To look at", "<p>Nothing is unsure.</p>")
    rows = [
        (found.screen.files[row], found.group_of(row), "; ".join(reasons))
        for row, reasons in sorted(found.doubts.items())
    ]
    return section("To look at", table(("file", "group", "why"), rows))


def _plates(found: SortedScreen) -> str:
    """Draw plates, one for each way that names go on around the position."""
    wells = found.screen.wells
    placed = [row for row, well in enumerate(wells) if well]
    if len(placed) < 0.8 * len(found.screen.files):
        return ""
    if len({wells[row] for row in placed}) == len(placed):
        plates = {"": placed}
    else:
        plates = defaultdict(list)
        for row in placed:
            letter, number = wells[row][0], int(wells[row][1:])
            pattern = rf"(?<![A-Za-z0-9]){letter}0?{number}(?![A-Za-z0-9])"
            plates[re.sub(pattern, "*", found.screen.files[row], flags=re.IGNORECASE)].append(row)
    parts = []
    for plate, rows in plates.items():
        parts += [f"<h3>{html.escape(plate)}</h3>" if plate else "", _plate(found, rows)]
    return section(
        "Plates",
        note("Numbers are groups; + a likely mixture, a amorphous, ? in no group."),
        *parts,
    )


def _plate(found: SortedScreen, rows: list[int]) -> str:
    wells = found.screen.wells
    letters = max(max(ord(wells[row][0]) - ord("A") + 1 for row in rows), 8)
    numbers = max(max(int(wells[row][1:]) for row in rows), 12)
    size, left, top = (40.0 if numbers <= 12 else 24.0), 24.0, 20.0
    parts = [
        _svg.text(left + (k + 0.5) * size, 14, str(k + 1), anchor="middle") for k in range(numbers)
    ]
    parts += [_svg.text(8, top + (k + 0.5) * size + 4, chr(ord("A") + k)) for k in range(letters)]
    for k in range(letters):
        for j in range(numbers):
            parts.append(
                f'<circle cx="{left + (j + 0.5) * size:g}" cy="{top + (k + 0.5) * size:g}" '
                f'r="{0.42 * size:g}" fill="none" stroke="#ddd"/>'
            )
    for row in rows:
        x = left + (int(wells[row][1:]) - 0.5) * size
        y = top + (ord(wells[row][0]) - ord("A") + 0.5) * size
        label = int(found.clusterer.labels_[row])
        mixed = "+" if found.mixture_of(row) else ""
        short = (
            f"{label + 1}{mixed}"
            if label >= 0
            else ("a" if found.clusterer.amorphous_[row] else "?")
        )
        title = html.escape(f"{wells[row]}: {found.screen.files[row]}, {found.group_of(row)}")
        parts.append(
            f'<g><title>{title}</title><circle cx="{x:g}" cy="{y:g}" r="{0.42 * size:g}" '
            f'fill="{colour_of(label)}"/>'
            + _svg.text(x, y + 4, short, anchor="middle", colour="white")
            + "</g>"
        )
    return _svg.svg(left + numbers * size + 4, top + letters * size + 4, parts, "plate")


def _map(found: SortedScreen) -> str:
    clusterer, files = found.clusterer, found.screen.files
    if not hasattr(clusterer, "pair_probabilities_") or len(files) > _LARGEST_MAP:
        return section(
            "Similarity map",
            note(f"Left out: {len(files)} patterns have more pairs than a picture shows."),
        )
    probability = clusterer.pair_probabilities_
    sorted_rows = np.flatnonzero(~clusterer.amorphous_)
    linkage = getattr(clusterer, "linkage_", None)
    if linkage is None or len(linkage) + 1 != len(sorted_rows):
        order, above = np.argsort(clusterer.labels_, kind="stable"), ""
    else:
        order = order_of_map(len(files), linkage, sorted_rows)
        inside = order[: len(sorted_rows)]
        order = inside if len(inside) else order
        above = _svg.tree(
            linkage, [files[row] for row in inside], clusterer.threshold, "tree of the patterns"
        )
    shown = probability[np.ix_(order, order)]
    levels = (np.clip(shown, 0, 1) * 255).astype(np.uint8)
    names = json.dumps([files[row] for row in order]).replace("<", "\\u003c")
    return section(
        "Similarity map",
        note(
            "Probability that two patterns are the same form, from dark (0) to bright (1), in the "
            "order of the tree above; its dashed line is where groups are cut. Amorphous patterns "
            "are left out."
        ),
        f'<div class="map">{above}<img id="map" alt="similarity map" '
        f'src="{_svg.heat_map(shown)}"></div><p id="pointed" class="note">Point at the map for the '
        "names of two files.</p>"
        f'<script type="application/json" id="names">{names}</script>'
        '<script type="text/plain" id="levels">'
        f"{base64.b64encode(levels.tobytes()).decode('ascii')}</script>",
    )


def _plane(found: SortedScreen) -> str:
    clusterer, files = found.clusterer, found.screen.files
    if not hasattr(clusterer, "pair_probabilities_") or len(files) > _MOST_POINTS:
        return ""
    rows = np.flatnonzero(~clusterer.amorphous_)
    if len(rows) < 3:
        return ""
    places = map_in_two_dimensions(clusterer.pair_probabilities_[np.ix_(rows, rows)])
    titles = [f"{files[row]}, {found.group_of(int(row))}" for row in rows]
    return section(
        "Map of the screen",
        note(
            "Patterns that are probably the same form lie together. Two dimensions do not hold all "
            "distances: groups may overlap here that are apart. Crosses belong to no group."
        ),
        _svg.scatter(places, clusterer.labels_[rows], titles, "map of the screen"),
    )


def _pairs(found: SortedScreen) -> str:
    clusterer, files = found.clusterer, found.screen.files
    if not hasattr(clusterer, "pair_probabilities_"):
        return ""
    probability, labels = clusterer.pair_probabilities_, clusterer.labels_
    first, second = np.triu_indices(len(files), k=1)
    sorted_ones = ~(clusterer.amorphous_[first] | clusterer.amorphous_[second])
    same = (labels[first] == labels[second]) & (labels[first] >= 0)

    def listed(chosen: NDArray[np.bool_], sign: int) -> str:
        pairs = np.flatnonzero(chosen)
        values = probability[first[pairs], second[pairs]]
        best = pairs[np.argsort(sign * values, kind="stable")[:_CLOSE_PAIRS]]
        rows = [
            (
                files[i], found.group_of(i), files[j], found.group_of(j),
                f"{probability[i, j]:.3f}",
            )
            for i, j in zip(first[best].tolist(), second[best].tolist(), strict=True)
        ]  # fmt: skip
        return table(("file", "group", "file", "group", "probability"), rows)

    return section(
        "Where groups come close",
        "<h3>Closest pairs across groups</h3>",
        listed(~same & sorted_ones, -1),
        "<h3>Farthest pairs within groups</h3>",
        listed(same, 1),
    )


def _files(found: SortedScreen) -> str:
    listing = found.table()
    return section(
        "All patterns",
        "<details><summary>Show the table (also in forms.csv)</summary>",
        table(list(listing), zip(*listing.values(), strict=True)),
        "</details>",
    )


def _provenance(found: SortedScreen, run: dict[str, Any]) -> str:
    from .. import __version__

    screen, clusterer = found.screen, found.clusterer
    facts: dict[str, Any] = {
        "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "xrpdsim": __version__,
        "Python": platform.python_version(),
        "NumPy, SciPy, scikit-learn": ", ".join(
            module.__version__ for module in (np, scipy, sklearn)
        ),
        "similarity": " ".join(repr(clusterer.similarity_).split()),
        "threshold": clusterer.threshold,
        "grid": f"{screen.two_theta[0]:g} to {screen.two_theta[-1]:g} degrees 2theta at Cu "
        f"K-alpha1, {len(screen.two_theta)} points",
        "folder": screen.folder,
        **run,
    }
    corrections = found.corrections
    if len(corrections.same) + len(corrections.different):
        facts["corrections"] = (
            f"{len(corrections.same)} pairs kept together, {len(corrections.different)} apart"
        )
    parts = [table(("what", "which"), facts.items())]
    of_references = [] if found.references is None else found.references.skipped
    skipped = [*screen.skipped, *(("references: " + name, why) for name, why in of_references)]
    if skipped:
        parts += [
            "<h3>Skipped files</h3>",
            table(("file", "why"), skipped),
        ]
    if screen.remarks:
        parts += ["<h3>Read with a doubt</h3>", table(("file", "remark"), screen.remarks)]
    duplicates = screen.duplicates()
    if duplicates:
        parts += [
            "<h3>Byte-identical files</h3>",
            table(
                ("files",), [(", ".join(screen.files[row] for row in same),) for same in duplicates]
            ),
        ]
    hashes = list(zip(screen.files, screen.hashes, strict=False))
    if found.references is not None:
        hashes += [
            ("references: " + name, digest)
            for name, digest in zip(found.references.files, found.references.hashes, strict=False)
        ]
    if hashes:
        parts += [
            "<details><summary>SHA-256 of all files</summary>",
            table(("file", "SHA-256"), hashes),
            "</details>",
        ]
    return section("What was run", *parts)


def _some(rows: NDArray[np.intp], at_most: int) -> NDArray[np.intp]:
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), at_most)).astype(int)]
