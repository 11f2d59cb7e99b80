"""Writing patterns as columns of text or pdCIF."""

from __future__ import annotations

import os
import re
from pathlib import Path

from gemmi import cif

from .._support._files import write_atomically
from ..patterns import Pattern


def write_pattern(pattern: Pattern, path: str | os.PathLike[str]) -> None:
    r"""Write a pattern; the ending of the name says how.

    Parameters
    ----------
    pattern : Pattern
    path : path-like
        Ends in `.xy` (2theta and intensity), `.xye` (and esd), `.csv` (with headings) or `.cif`
        (pdCIF). An existing file is replaced; the file appears whole or not at all.

    Raises
    ------
    ValueError
        If the ending is none of these, or `.xye` is asked of a pattern without `esd`.

    See Also
    --------
    xrpdsim.io.read_pattern : reads it again.

    Notes
    -----
    Wavelength, sample and date are written as comments, in pdCIF as data; `read_pattern` finds
    them again. Angles are written to 1e-7 degrees, intensities at full precision.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.xy"
    >>> write_pattern(Pattern([5.0, 5.02, 5.04], [120, 118, 131], wavelength=1.5406), path)
    >>> print(path.read_text())
    # wavelength: 1.5406 A
    # 2theta intensity
    5.0 120.0
    5.02 118.0
    5.04 131.0
    """
    path = Path(path)
    try:
        text = pattern_as_text(pattern, path.suffix)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    with write_atomically(path) as file:
        file.write(text)


def pattern_as_text(pattern: Pattern, ending: str) -> str:
    """Return what `write_pattern` writes into a file with an ending.

    Parameters
    ----------
    pattern : Pattern
    ending : str
        ".xy", ".xye", ".csv" or ".cif".

    Returns
    -------
    str

    Raises
    ------
    ValueError
        As `write_pattern`.
    """
    ending = ending.lower()
    if ending == ".xye" and pattern.esd is None:
        raise ValueError("the pattern has no esd to write; write it as .xy")
    if ending in (".xy", ".xye"):
        return _columns(pattern, " ", with_esd=ending == ".xye")
    if ending == ".csv":
        return _columns(pattern, ",", with_esd=pattern.esd is not None)
    if ending == ".cif":
        return _pdcif(pattern)
    raise ValueError(f"the ending {ending!r} is not one of .xy, .xye, .csv and .cif")


def _columns(pattern: Pattern, separator: str, with_esd: bool) -> str:
    lines = []
    if pattern.wavelength is not None:
        lines.append(f"# wavelength: {pattern.wavelength!r} A")
    if pattern.sample:
        lines.append(f"# sample: {_one_line(pattern.sample)}")
    if pattern.date:
        lines.append(f"# date: {_one_line(pattern.date)}")
    names = ["2theta", "intensity", "esd"][: 2 + with_esd]
    lines.append(separator.join(names) if separator == "," else "# " + separator.join(names))
    lines += [separator.join(row) for row in _rows(pattern, with_esd)]
    return "\n".join(lines) + "\n"


def _rows(pattern: Pattern, with_esd: bool) -> list[tuple[str, ...]]:
    columns = [pattern.two_theta.round(7), pattern.intensity]
    if with_esd and pattern.esd is not None:
        columns.append(pattern.esd)
    return list(zip(*(map(repr, column.tolist()) for column in columns), strict=True))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _block_name(pattern: Pattern) -> str:
    """Return the sample or the file in the letters that CIF allows in names."""
    names = (
        re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
        for text in (pattern.sample, Path(pattern.source).stem)
    )
    return next(filter(None, names), "pattern")


def _pdcif(pattern: Pattern) -> str:
    document = cif.Document()
    block = document.add_new_block(_block_name(pattern))
    if pattern.wavelength is not None:
        block.set_pair("_diffrn_radiation_wavelength", repr(pattern.wavelength))
    if pattern.sample:
        block.set_pair("_pd_phase_name", cif.quote(_one_line(pattern.sample)))
    if pattern.date:
        block.set_pair("_pd_meas_datetime_initiated", cif.quote(_one_line(pattern.date)))
    block.set_pair("_pd_meas_number_of_points", str(pattern.two_theta.size))
    tags = ["2theta_scan", "intensity_total", "intensity_total_su"]
    loop = block.init_loop("_pd_meas_", tags[: 2 + (pattern.esd is not None)])
    for row in _rows(pattern, with_esd=True):
        loop.add_row(list(row))
    return document.as_string()
