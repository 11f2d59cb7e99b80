"""The files of a sorted screen, as contents by name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..._support._table import Table
from ...io.writing import pattern_as_text
from ...preprocessing.peaks import PeakList
from ..screens import SortedScreen
from ._workbook import workbook
from .form_peaks import pattern_as_sorted, peaks_as_sorted
from .references_found import references_found

_NOT_IN_NAMES = re.compile(r"[^\w()+,=\- ]+")
# Names that Windows keeps for devices, whatever ends them.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.I)
_MAX_NAME = 60
# Single patterns that may be new forms; the surest come first.
_MAX_SINGLE = 100


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
        `peaks.csv`, a row a peak of each group's typical pattern and of single patterns that may be
        new forms; `peaks.txt`, a line for each of these as journals print it; `typical/NAME.xy`,
        these patterns at Cu K-alpha1; `references_found.csv`, a row a reference, where there are
        any; and `forms.xlsx`.

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
    forms = _forms(found)
    references = references_found(found)
    peak_table = _peak_table(forms)
    files = {
        "forms.csv": table.to_csv(),
        "forms.json": _document(found, table, forms, references, run_id),
        "peaks.csv": peak_table.to_csv(),
        "peaks.txt": "".join(
            f"{_one_line(form.name)}: {form.peaks.one_line()}\n" for form in forms
        ),
    }
    if references is not None:
        files["references_found.csv"] = references.to_csv()
    for form in forms:
        text = pattern_as_text(pattern_as_sorted(found, form.row, form.name), ".xy")
        files[form.file] = f"# measured: {found.screen.files[form.row]}\n{text}"
    contents = {name: text.encode("utf-8") for name, text in files.items()}
    if excel:
        sheets = {"groups": found.summary(), "patterns": table, "peaks": peak_table}
        if references is not None:
            sheets["references"] = references
        contents["forms.xlsx"] = workbook(sheets)
    return contents


class _Form(NamedTuple):
    """A group, or a single pattern that may be a new form: its name, its pattern and its peaks."""

    name: str
    row: int
    file: str
    peaks: PeakList


def _forms(found: SortedScreen) -> list[_Form]:
    """Return the groups, then single patterns that may be new forms."""
    rows = list(found.typical_rows)
    names = list(found.group_names)
    for form in [form for form in found.new_forms if form.group < 0][:_MAX_SINGLE]:
        rows.append(form.row)
        names.append(f"possible new form {found.screen.files[form.row]}")
    return [
        _Form(name, row, f"typical/{file}.xy", peaks_as_sorted(found, row, name))
        for name, row, file in zip(names, rows, file_names(names), strict=True)
    ]


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


def _peak_table(forms: Sequence[_Form]) -> Table:
    rows = [{"group": form.name, **row} for form in forms for row in form.peaks.table().rows()]
    columns = ("group", "two_theta", "d", "intensity", "height")
    return Table({column: [row[column] for row in rows] for column in columns})


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _document(
    found: SortedScreen,
    table: Table,
    forms: Sequence[_Form],
    references: Table | None,
    run_id: str,
) -> str:
    """Return groups, peaks and patterns as JSON."""
    labels = found.clusterer.labels_
    n_groups = len(found.group_names)
    groups = [
        {
            **{key: row[key] for key in ("group", "probability", "typical", "remark")},
            "form": found.group_forms[number],
            "typical_pattern": form.file,
            "patterns": [
                found.screen.files[member] for member in (labels == number).nonzero()[0].tolist()
            ],
            "peaks": form.peaks.table().rows(),
        }
        for number, (row, form) in enumerate(
            zip(found.summary().rows()[:n_groups], forms[:n_groups], strict=True)
        )
    ]
    probability = {form.row: form.probability for form in found.new_forms if form.group < 0}
    single = [
        {
            "file": found.screen.files[form.row],
            "probability": round(probability[form.row], 4),
            "typical_pattern": form.file,
            "peaks": form.peaks.table().rows(),
        }
        for form in forms[n_groups:]
    ]
    document = {
        "run": run_id,
        "wavelength": {"two_theta and d": "Cu K-alpha1", "angstrom": 1.5406},
        "groups": groups,
        "references": [] if references is None else references.rows(),
        "single_patterns_that_may_be_new_forms": single,
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
