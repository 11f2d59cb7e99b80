"""The files of a sorted screen, as contents by name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from ..._support._table import Table
from ...io.writing import pattern_as_text
from ...preprocessing.peaks import PeakList
from ..screens import SortedScreen
from ._workbook import workbook
from .form_peaks import form_peaks, typical_pattern

_NOT_IN_NAMES = re.compile(r"[^\w()+,=\- ]+")
# Names that Windows keeps for devices, whatever ends them.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.I)
_MAX_NAME = 60


def result_files(found: SortedScreen, *, run_id: str = "", excel: bool = False) -> dict[str, bytes]:
    """Return the files that say what a sorted screen holds.

    Parameters
    ----------
    found : SortedScreen
        As from `sort_screen`.
    run_id : str
        Of the run, to be written into `forms.json`; see `describe_run`.
    excel : bool, default=False
        Whether to make a workbook, too; needs openpyxl (extra ``excel``).

    Returns
    -------
    dict of str to bytes
        By their path: `forms.csv`, a row a file; `forms.json`, the same with groups and peaks;
        `peaks.csv`, a row a peak of each group's typical pattern; `peaks.txt`, a line a group as
        journals print it; `typical/NAME.xy`, these patterns at Cu K-alpha1; and `forms.xlsx`.

    Raises
    ------
    ImportError
        If a workbook is asked for and openpyxl is missing.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> sorted(result_files(sort_screen(screen)))
    ['forms.csv', 'forms.json', 'peaks.csv', 'peaks.txt', 'typical/group 1.xy',
    'typical/group 2.xy']
    """
    table = found.table()
    peaks = form_peaks(found)
    names = file_names(found.group_names)
    peak_table = _peak_table(found, peaks)
    files = {
        "forms.csv": table.to_csv(),
        "forms.json": _document(found, table, peaks, names, run_id),
        "peaks.csv": peak_table.to_csv(),
        "peaks.txt": _lines(found, peaks),
    }
    for group, name in enumerate(names):
        text = pattern_as_text(typical_pattern(found, group), ".xy")
        files[f"typical/{name}.xy"] = (
            f"# measured: {found.screen.files[found.typical_rows[group]]}\n{text}"
        )
    contents = {name: text.encode("utf-8") for name, text in files.items()}
    if excel:
        sheets = {"groups": found.summary(), "patterns": table, "peaks": peak_table}
        contents["forms.xlsx"] = workbook(sheets)
    return contents


def file_names(names: Sequence[str]) -> list[str]:
    """Return names of files for names of groups: no two alike, and none that a system refuses.

    Examples
    --------
    >>> file_names(["Form I", "form i", "2/3 <wet>", "nul"])
    ['Form I', 'form i (2)', '2_3 _wet_', '_nul']
    """
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = _NOT_IN_NAMES.sub("_", name)[:_MAX_NAME].strip() or "_"
        if _DEVICES.fullmatch(plain):
            plain = f"_{plain}"
        candidate, number = plain, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{plain} ({number})"
        taken.add(candidate.casefold())
        found.append(candidate)
    return found


def _peak_table(found: SortedScreen, peaks: Sequence[PeakList]) -> Table:
    rows = [
        {"group": name, **row}
        for name, of_group in zip(found.group_names, peaks, strict=True)
        for row in of_group.table().rows()
    ]
    columns = ("group", "two_theta", "d", "intensity", "height")
    return Table({column: [row[column] for row in rows] for column in columns})


def _lines(found: SortedScreen, peaks: Sequence[PeakList]) -> str:
    return "".join(
        f"{_one_line(name)}: {of_group.one_line()}\n"
        for name, of_group in zip(found.group_names, peaks, strict=True)
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _document(
    found: SortedScreen,
    table: Table,
    peaks: Sequence[PeakList],
    names: Sequence[str],
    run_id: str,
) -> str:
    """Return groups, peaks and patterns as JSON."""
    labels = found.clusterer.labels_
    groups = [
        {
            **{key: row[key] for key in ("group", "probability", "typical")},
            "form": found.group_forms[number],
            "typical_pattern": f"typical/{names[number]}.xy",
            "patterns": [
                found.screen.files[member] for member in (labels == number).nonzero()[0].tolist()
            ],
            "peaks": of_group.table().rows(),
        }
        for number, (row, of_group) in enumerate(
            zip(found.summary().rows()[: len(peaks)], peaks, strict=True)
        )
    ]
    document = {
        "run": run_id,
        "wavelength": {"two_theta and d": "Cu K-alpha1", "angstrom": 1.5406},
        "groups": groups,
        "patterns": table.rows(),
    }
    return json.dumps(_jsonable(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _jsonable(value: Any) -> Any:
    """Return values as JSON knows them: what is no number is null."""
    if isinstance(value, dict):
        return {key: _jsonable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_jsonable(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
