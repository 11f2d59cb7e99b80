"""What was run to sort a screen, at the end of the report."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from typing import Any

import numpy as np
import scipy
import sklearn

from ..sorting.screens.sorted_screen import SortedScreen
from ._page import MOST_ROWS, note, section, table


def run_section(found: SortedScreen, run: dict[str, Any]) -> str:
    """Return what was run: versions, parameters, files and their hashes."""
    from .._support._version import __version__

    screen, clusterer = found.screen, found.clusterer
    facts: dict[str, Any] = {
        "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "xrpdsim": __version__,
        "Python": platform.python_version(),
        "NumPy, SciPy, scikit-learn": ", ".join(
            module.__version__ for module in (np, scipy, sklearn)
        ),
        "similarity": clusterer.similarity_name_,
        "estimator": " ".join(repr(clusterer.similarity_).split()),
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
    parts.append(_hashes(found))
    return section("What was run", *parts)


def _hashes(found: SortedScreen) -> str:
    hashes = list(zip(found.screen.files, found.screen.hashes, strict=False))
    if found.references is not None:
        hashes += [
            ("references: " + name, digest)
            for name, digest in zip(found.references.files, found.references.hashes, strict=False)
        ]
    if not hashes:
        return ""
    if len(hashes) > MOST_ROWS:
        every_line = "".join(f"{digest}\n" for _, digest in hashes)
        digest = hashlib.sha256(every_line.encode("ascii")).hexdigest()
        return note(
            f"The SHA-256 of each file stands in forms.csv; that of their list, one a line, is "
            f"{digest}."
        )
    return (
        "<details><summary>SHA-256 of all files</summary>"
        + table(("file", "SHA-256"), hashes)
        + "</details>"
    )
