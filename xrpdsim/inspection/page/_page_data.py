"""What the script of the page works on: patterns, groups, questions and the tree, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...patterns import CU_KALPHA1, Pattern
from ...preprocessing.peaks import find_peaks
from ...sorting.results import references_found
from ...sorting.results.form_peaks import peaks_as_sorted
from ...sorting.screens.sorted_screen import AMORPHOUS, MIXTURE, NO_GROUP
from .._colours import COLOURS, SHAPES
from .._visible import visible
from ..layout import scaled
from ._shown_screen import ShownScreen
from ._sureness import sureness
from .drawing import marker

_LEVELS = 65534
_MISSING = 65535
_LEAST_HEIGHT = 1  # per cent of the highest line
_AMORPHOUS, _MIXTURE = -2, -3


def page_data(shown: ShownScreen) -> dict[str, Any]:
    """Return all that the script needs but the intensities; names are as in the files.

    Parameters
    ----------
    shown : ShownScreen
        With its questions.

    Returns
    -------
    dict
        `labels` hold -1 for a pattern of no group, -2 for an amorphous one and -3 for a mixture;
        `held` are the rows of the patterns whose intensities and lines the page holds, in order.
    """
    found = shown.found
    clusterer = found.clusterer
    remarks = found.summary()["remark"]
    return {
        "run": str(shown.run.get("run", "")),
        "wavelength": CU_KALPHA1,
        "two_theta": _packed(found.screen.two_theta.astype("<f4")),
        "colours": COLOURS,
        "shapes": [marker(label, 0, 0, 5.5).path for label in (*range(len(SHAPES)), -1)],
        "files": found.screen.files,
        "shown": _as_shown(found.screen.files),
        "labels": _labels(shown),
        "probabilities": [round(float(value), 3) for value in clusterer.probabilities_],
        "copies": {row: int(of) for row, of in enumerate(clusterer.copy_of_) if of >= 0},
        "held": shown.held,
        "lines": [_lines(shown, row) for row in shown.held],
        "badges": {row: _badges(shown, row) for row in shown.held},
        "mixtures": {
            row: text for row in found.explanations if (text := found.mixture_of(int(row)))
        },
        "groups": [
            {
                "name": name,
                "form": found.group_forms[group] is not None,
                "typical": int(found.typical_rows[group]),
                "sure": sureness(shown, group),
                "remark": remarks[group],
            }
            for group, name in enumerate(found.group_names)
        ],
        "references": _references(shown),
        "questions": [vars(question) for question in shown.questions],
        "tree": {"rows": shown.rows.tolist(), "nodes": _nodes(shown)},
        # a cut through the tree of some of the patterns says nothing of the others
        "cut": None if shown.remark else clusterer.min_probability,
        "earlier": _earlier(shown),
    }


def packed_patterns(shown: ShownScreen) -> str:
    """Return a line of base64 for each held pattern, then for each reference.

    A line holds 16-bit integers, little end first: 65534 for the highest point of the pattern, 0
    for the lowest, and 65535 where it was not measured.
    """
    found = shown.found
    blocks = [found.screen.X[shown.held]]
    if found.references is not None:
        blocks.append(found.references.X)
    levels = np.rint(scaled(np.concatenate(blocks)) * _LEVELS)
    integers = np.where(np.isnan(levels), _MISSING, levels).astype("<u2")
    return "\n".join(map(_packed, integers))


def _packed(numbers: NDArray[Any]) -> str:
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def _as_shown(names: Iterable[str]) -> dict[int, str]:
    """Return, by row, those names that hold what a reader cannot see, made visible."""
    return {row: visible(name) for row, name in enumerate(names) if visible(name) != name}


def _lines(shown: ShownScreen, row: int) -> list[list[int]]:
    """Return the lines of a pattern: hundredths of a degree, and heights in per cent."""
    if shown.found.clusterer.flags_ is not None and shown.found.flags.amorphous[row]:
        return [[], []]
    return _rounded(peaks_as_sorted(shown.found, row, "", _LEAST_HEIGHT))


def _rounded(peaks: Any) -> list[list[int]]:
    return [
        np.rint(peaks.two_theta * 100).astype(int).tolist(),
        np.rint(peaks.intensity).astype(int).tolist(),
    ]


def _badges(shown: ShownScreen, row: int) -> list[str]:
    """Return what to know of a pattern that is no question."""
    found = shown.found
    badges = [name for name in found.flags.names(row) if name != "amorphous"]
    if found.clusterer.copy_of_[row] >= 0:
        badges.append("copy")
    return badges


def _references(shown: ShownScreen) -> list[dict[str, Any]]:
    references = shown.found.references
    if references is None:
        return []
    table = references_found(shown.found)
    remarks = [] if table is None else table["remark"]
    return [
        {
            "file": visible(name),
            "form": visible(form),
            "remark": visible(remark),
            "lines": _reference_lines(shown, number),
        }
        for number, (name, form, remark) in enumerate(
            # the table ends with references that were refused
            zip(references.files, references.forms, remarks, strict=False)
        )
    ]


def _reference_lines(shown: ShownScreen, number: int) -> list[list[int]]:
    references = shown.found.references
    if references is None or np.isnan(references.X[number]).all():
        return [[], []]
    measured = ~np.isnan(references.X[number])
    pattern = Pattern(
        references.two_theta[measured], references.X[number][measured], wavelength=CU_KALPHA1
    )
    return _rounded(find_peaks(pattern, min_intensity=_LEAST_HEIGHT))


def _nodes(shown: ShownScreen) -> list[list[float]]:
    """Return the two branches of each node of the tree, and how far they are apart."""
    return [[int(a), int(b), round(float(d), 4)] for a, b, d, _ in shown.linkage]


def _labels(shown: ShownScreen) -> list[int]:
    """Return the group of each pattern, or why it is in none."""
    why = {AMORPHOUS: _AMORPHOUS, MIXTURE: _MIXTURE, NO_GROUP: -1}
    return [
        int(label) if label >= 0 else why[shown.found.group_of(row)]
        for row, label in enumerate(shown.found.clusterer.labels_)
    ]


def _earlier(shown: ShownScreen) -> list[list[Any]]:
    """Return the corrections that the screen was sorted with: row, relation, other, who and when.

    Files that were excluded are no patterns of the screen any more: they stand by their name.
    """
    given, files = shown.found.corrections, shown.found.screen.files

    def by(file: str, relation: str, other: str = "") -> tuple[str, str]:
        return given.signed.get((file, relation, other), ("", ""))

    def pairs(relation: str, rows: NDArray[np.intp]) -> Iterator[list[Any]]:
        for a, b in rows.tolist():
            who = by(files[a], relation, files[b])
            yield [a, relation, b, *(who if any(who) else by(files[b], relation, files[a]))]

    def of_one(relation: str, texts: Mapping[int, str]) -> Iterator[list[Any]]:
        for row, text in texts.items():
            yield [row, relation, text, *by(files[row], relation)]

    return [
        *pairs("same", given.same),
        *pairs("different", given.different),
        *of_one("form", given.names),
        *of_one("confirmed", given.confirmed),
        *of_one("amorphous", dict.fromkeys(given.amorphous, "")),
        *of_one("mixture", given.mixtures),
        *(
            [name, "exclude", why, *by(name, "exclude")]
            for name, why in shown.found.screen.excluded()
        ),
    ]
