"""What was run to sort a screen."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from typing import Any

import numpy as np
import scipy
import sklearn

from ...._support._version import __version__
from .._listing import Listing, listing
from .._shown_screen import ShownScreen


def what_was_run(shown: ShownScreen) -> dict[str, Any]:
    """Return versions, parameters, files that were skipped, and hashes."""
    found = shown.found
    screen = found.screen
    skipped = list(screen.skipped)
    if found.references is not None:
        skipped += [("references: " + name, why) for name, why in found.references.skipped]
    duplicates = [(", ".join(screen.files[row] for row in same),) for same in screen.duplicates()]
    hashes = _hashes(shown)
    fit_in = len(hashes) <= shown.limits.table_rows
    return {
        "facts": listing(("what", "which"), _facts(shown).items(), prose=("which",)),
        "skipped": _unless_empty(("file", "why"), skipped),
        "remarks": _unless_empty(("file", "remark"), screen.remarks),
        "duplicates": _unless_empty(("files",), duplicates),
        "hashes": hashes if fit_in else [],
        "hash_of_hashes": "" if fit_in else _hash_of(hashes),
    }


def _facts(shown: ShownScreen) -> dict[str, object]:
    screen, clusterer = shown.found.screen, shown.found.clusterer
    facts: dict[str, object] = {
        "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "xrpdsim": __version__,
        "Python": platform.python_version(),
        "NumPy, SciPy, scikit-learn": ", ".join(
            module.__version__ for module in (np, scipy, sklearn)
        ),
        "similarity": clusterer.similarity_name_,
        "estimator": " ".join(repr(clusterer.similarity_).split()),
        "least mean probability within a group": clusterer.min_probability,
        "grid": f"{screen.two_theta[0]:g} to {screen.two_theta[-1]:g} degrees 2theta at Cu "
        f"K-alpha1, {len(screen.two_theta)} points",
        "folder": screen.folder,
        **shown.run,
    }
    if applied := _corrections(shown):
        facts["corrections"] = applied
    return facts


def _corrections(shown: ShownScreen) -> str:
    """Return how many corrections of each kind were applied; pairs also follow from names."""
    given = shown.found.corrections
    counts = {
        "form": len(given.names),
        "confirmed": len(given.confirmed),
        "amorphous": len(given.amorphous),
        "mixture": len(given.mixtures),
        "excluded": len(list(shown.found.screen.excluded())),
        "pairs kept together": len(given.same),
        "pairs kept apart": len(given.different),
    }
    return ", ".join(f"{kind}: {n}" for kind, n in counts.items() if n)


def _unless_empty(columns: tuple[str, ...], rows: list[Any]) -> Listing | None:
    return listing(columns, rows, prose=("why", "remark", "files")) if rows else None


def _hashes(shown: ShownScreen) -> list[tuple[str, str]]:
    found = shown.found
    hashes = list(zip(found.screen.files, found.screen.hashes, strict=False))
    if found.references is not None:
        hashes += [
            ("references: " + name, digest)
            for name, digest in zip(found.references.files, found.references.hashes, strict=False)
        ]
    return hashes


def _hash_of(hashes: list[tuple[str, str]]) -> str:
    every_line = "".join(f"{digest}\n" for _, digest in hashes)
    return hashlib.sha256(every_line.encode("ascii")).hexdigest()
