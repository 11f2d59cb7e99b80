"""Philips UDF: text with entries "Name, value, ... ,/", then counts up to a slash."""

from __future__ import annotations

from ...._numbers import last_digit, number, numbers
from ...._scan import Scan, stepped_angles
from ...._text import Content
from ....errors import PatternFileError
from ...format import Format

_DATA = ("RawScan", "ScanData")


def _is_udf(content: Content) -> bool:
    head = content.head[:4096]
    return head.lstrip().startswith("SampleIdent,") or (
        "DataAngleRange," in head and "ScanStepSize," in head
    )


def _read_udf(content: Content) -> list[Scan]:
    """Read the one scan of a file."""
    lines = content.lines
    mark = next((row for row, line in enumerate(lines) if line.strip() in _DATA), None)
    entries = {}
    for line in lines[:mark]:
        name, _, value = line.partition(",")
        entries[name.strip()] = value.strip().rstrip("/").strip().rstrip(",").strip()
    # A slash ends the counts, except in files of some converters.
    data, slash, _ = "\n".join([] if mark is None else lines[mark + 1 :]).partition("/")
    if mark is None or not (slash or data.endswith("\n")):
        raise PatternFileError("the counts do not end with a slash; the file is cut off")
    counts = numbers(data, "the counts")
    limits = entries.get("DataAngleRange", "").replace(",", " ").split()
    if len(limits) != 2:
        raise PatternFileError("DataAngleRange is not the first and last angle")
    first, last = (number(text, "DataAngleRange") for text in limits)
    step = number(entries.get("ScanStepSize", ""), "ScanStepSize")
    alpha1, alpha2 = (
        next((entries[name] for name in (f"Labda{line}", f"Lambda{line}") if name in entries), "")
        for line in ("Alpha1", "Alpha2")
    )
    return [
        Scan(
            stepped_angles(first, step, counts.size, last, last_digit(limits[1])),
            counts,
            wavelength=number(alpha1, "LabdaAlpha1") if alpha1 else None,
            kalpha2=number(alpha2, "LabdaAlpha2") if alpha2 else None,
            sample=entries.get("SampleIdent", ""),
            date=entries.get("FileDateTime", ""),
            instrument=entries.get("Diffractor", ""),
            metadata={"anode": entries.get("Anode", "")},
        )
    ]


UDF = Format("Philips UDF", (".udf",), _is_udf, _read_udf)
"""Philips UDF."""
