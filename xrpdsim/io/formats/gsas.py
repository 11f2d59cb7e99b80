"""GSAS powder data at constant wavelength: STD, ESD, FXYE, FXY and ALT.

Layouts as in the GSAS manual (Larson and Von Dreele, LAUR 86-748): fields of fixed width, angles
in hundredths of a degree. ALT is read after the manual alone; no file of it was at hand.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .._numbers import integer, is_number, number, number_list
from .._scan import Scan, even_angles
from .._text import Content, check_last_line
from ..errors import PatternFileError
from ..wavelengths import stated_wavelength
from .format import Format

# Name and width of the fields that make up a point; None where blanks separate them.
_FORMS: dict[str, tuple[tuple[str, int | None], ...]] = {
    "STD": (("counters", 2), ("intensity", 6)),
    "ESD": (("intensity", 8), ("esd", 8)),
    "ALT": (("angle", 8), ("intensity", 7), ("esd", 5)),
    "FXYE": (("angle", None), ("intensity", None), ("esd", None)),
    "FXY": (("angle", None), ("intensity", None)),
}
# Decimals that Fortran supplies where a field has no decimal point.
_IMPLIED_DECIMALS = {("ALT", "intensity"): 4, ("ALT", "esd"): 4}


def _is_gsas(content: Content) -> bool:
    """Whether a line near the beginning announces a bank of data."""
    return any(
        line.startswith("BANK")
        and len(fields := line.split(maxsplit=4)) == 5
        and all(map(is_number, fields[1:4]))
        and fields[4][0].isalpha()
        for line in content.head.split("\n")
    )


def _read_gsas(content: Content) -> list[Scan]:
    """Read every bank."""
    lines = content.lines
    starts = [row for row, line in enumerate(lines) if line.startswith("BANK")]
    head = lines[: starts[0]]
    doubts = check_last_line(content.text)
    wavelength = stated_wavelength("\n".join(head))
    sample = head[0].strip() if head and not head[0].startswith("#") else ""
    return [
        _bank(lines[first].split(), lines[first + 1 : end], sample, wavelength, doubts)
        for first, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _bank(
    head: list[str],
    lines: list[str],
    sample: str,
    wavelength: float | None,
    doubts: tuple[str, ...],
) -> Scan:
    if len(head) < 7:
        raise PatternFileError(f"the line {' '.join(head)!r} is too short; the file is damaged")
    if head[4].upper() not in ("CONS", "CONST"):
        raise PatternFileError(
            f"the bank is binned as {head[4]!r}: time of flight or energy, not 2theta at constant "
            "wavelength"
        )
    # Without a form at the end of the line, STD is meant.
    form = head[-1] if head[-1].isalpha() else "STD"
    if form not in _FORMS:
        raise PatternFileError(f"the form {form!r} is not known, only {', '.join(_FORMS)}")
    n_points = integer(head[2], "the number of channels")
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    widths = [width for _, width in _FORMS[form]]
    points = _points(lines, widths)
    if None in widths and len(points) == n_points + 1:
        # Files of 11-BM at the Advanced Photon Source announce one point less than they hold.
        doubts = (f"the bank announces {n_points} points, {len(points)} were read", *doubts)
        n_points += 1
    if any(field.strip("0. ") for point in points[n_points:] for field in point):
        raise PatternFileError(
            f"the bank announces {n_points} points but holds more; the file is damaged"
        )
    columns = {
        name: number_list(
            [
                _with_point(point[place], _IMPLIED_DECIMALS.get((form, name), 0))
                for point in points[:n_points]
            ],
            name,
        )
        for place, (name, _) in enumerate(_FORMS[form])
    }
    if "angle" in columns:
        angles = columns["angle"] / 100
    else:
        start, step = number(head[5], "the first angle"), number(head[6], "the step")
        angles = even_angles(start / 100, step / 100, columns["intensity"].size)
    if "counters" in columns:
        # Counts are the mean over the counters that contributed; blank stands for one.
        counters = np.maximum(columns["counters"], 1.0)
        columns["esd"] = np.sqrt(np.maximum(columns["intensity"], 1.0) / counters)
    return Scan(
        angles,
        columns["intensity"],
        columns.get("esd"),
        wavelength=wavelength,
        n_declared=n_points,
        sample=sample,
        metadata={"form": form},
        doubts=doubts,
    )


def _points(lines: list[str], widths: list[int | None]) -> list[list[str]]:
    """Cut lines into the fields of points."""
    if None in widths:
        points = [line.split() for line in lines]
        if any(len(point) != len(widths) for point in points):
            raise PatternFileError(
                f"a line does not hold {len(widths)} numbers; the file is cut off or damaged"
            )
        return points
    cuts = np.cumsum([0, *(width or 0 for width in widths)])
    return [
        [line[start + a : start + b].strip() for a, b in pairwise(cuts)]
        for line in lines
        for start in range(0, len(line.rstrip()), int(cuts[-1]))
    ]


def _with_point(field: str, implied: int) -> str:
    """Return a field of Fortran as a number: blank is zero, decimals may be implied."""
    field = field or "0"
    return f"{field}e-{implied}" if implied and "." not in field else field


GSAS = Format("GSAS", (".gsas", ".gda", ".fxye", ".raw"), _is_gsas, _read_gsas)
"""GSAS."""
