"""The formats, and the way from a file to its patterns."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from xrpdsim.io import (
    brml,
    bruker_raw,
    foreign,
    gsas,
    opxrd,
    pdcif,
    rigaku,
    scan_text,
    stoe,
    text,
    xrdml,
)
from xrpdsim.io._errors import PatternFileError, PatternFileWarning
from xrpdsim.io._scan import Scan, check_scan, join_scans, to_pattern
from xrpdsim.io.wavelengths import parse_wavelength
from xrpdsim.patterns import Pattern

MAX_BYTES = 64 * 2**20
SAME_WAVELENGTH = 2e-3
"""Relative difference up to which two wavelengths are the same line, K-alpha1 or the mean."""


@dataclass(frozen=True)
class Format:
    """A file format: its name, how its content is told from others, and its reader.

    Parameters
    ----------
    name : str
        As messages say it.
    endings : tuple of str
        Usual endings of such files. They are told to people, never used to decide.
    recognise : callable
        From the content (bytes) to bool: does the file announce this format?
    read : callable
        From the content to a list of `Scan`; raises `PatternFileError`.
    """

    name: str
    endings: tuple[str, ...]
    recognise: Callable[[bytes], bool]
    read: Callable[[bytes], list[Scan]]


# The first that recognises a file reads it, so plain columns, which announce nothing, come last.
FORMATS: tuple[Format, ...] = (
    Format("PANalytical XRDML", (".xrdml",), xrdml.is_xrdml, xrdml.read_xrdml),
    Format("Bruker RAW1", (".raw",), bruker_raw.is_raw1, bruker_raw.read_raw1),
    Format("Bruker RAW2", (".raw",), bruker_raw.is_raw2, bruker_raw.read_raw2),
    Format("Bruker RAW1.01", (".raw",), bruker_raw.is_raw3, bruker_raw.read_raw3),
    Format("Bruker RAW4", (".raw",), bruker_raw.is_raw4, bruker_raw.read_raw4),
    Format("Bruker BRML", (".brml",), brml.is_brml, brml.read_brml),
    Format("STOE RAW", (".raw",), stoe.is_stoe_raw, stoe.read_stoe_raw),
    Format("Rigaku RAS", (".ras",), rigaku.is_ras, rigaku.read_ras),
    Format("Rigaku RASX", (".rasx",), rigaku.is_rasx, rigaku.read_rasx),
    Format("Rigaku ASCII", (".asc", ".dat"), rigaku.is_old_rigaku, rigaku.read_old_rigaku),
    Format("Bruker UXD", (".uxd",), scan_text.is_uxd, scan_text.read_uxd),
    Format("Philips UDF", (".udf",), scan_text.is_udf, scan_text.read_udf),
    Format("Sietronics CPI", (".cpi",), scan_text.is_cpi, scan_text.read_cpi),
    Format("GSAS", (".gsas", ".gda", ".fxye", ".raw"), gsas.is_gsas, gsas.read_gsas),
    Format("pdCIF", (".cif",), pdcif.is_cif, pdcif.read_cif),
    Format("opXRD JSON", (".json",), opxrd.is_json, opxrd.read_json),
    Format("CHI", (".chi",), scan_text.is_chi, scan_text.read_chi),
    Format("not a known pattern format", (), foreign.is_foreign, foreign.refuse),
    Format("columns of text", (".xy", ".xye", ".csv", ".txt", ".dat", ".prn"), text.is_text,
           text.read_text),
)  # fmt: skip


def identify_format(content: bytes) -> Format:
    """Return the format that a file's content announces.

    Raises
    ------
    PatternFileError
        If it is none of `FORMATS`.
    """
    for format in FORMATS:
        if format.recognise(content):
            return format
    raise PatternFileError(
        f"the file begins with {content[:8]!r}, which is none of the formats known here; export it "
        "as columns of 2theta and intensity (.xy)"
    )


def read_patterns(
    path: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    override_wavelength: bool = False,
) -> list[Pattern]:
    """Read every scan of a file as a pattern of its own.

    Parameters
    ----------
    path : path-like
        The file.
    wavelength, override_wavelength
        As in `read_pattern`.

    Returns
    -------
    list of Pattern
        In the order of the file.

    Raises
    ------
    PatternFileError
        As in `read_pattern`.
    """
    path = Path(path)
    format, scans = _read_scans(path, None, wavelength, override_wavelength)
    return [to_pattern(scan, str(path), format) for scan in scans]


def read_pattern(
    path: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    scan: int | None = None,
    override_wavelength: bool = False,
) -> Pattern:
    r"""Read a powder pattern from a file; its format is told by its content, not by its ending.

    Ranges that follow each other become one pattern that remembers its `ranges`; if they were
    counted for different times, all are brought to counts per second.

    Parameters
    ----------
    path : path-like
        The file.
    wavelength : float or str, optional
        In angstrom, or the name of an anode line such as "CuKa1" (see `parse_wavelength`), for
        files that do not say. Where the file names one within 0.2 % of it, the file's is used.
    scan : int, optional
        Which scan of a file with several, from 0. By default they are joined if they do not
        overlap, and refused if they do.
    override_wavelength : bool, default=False
        Use `wavelength` even where the file names another.

    Returns
    -------
    Pattern
        `wavelength` is None where neither the file nor the caller tells it: it is never guessed.

    Raises
    ------
    PatternFileError
        If the format is not known, the file is damaged or cut off, the scan axis is not 2theta,
        scans overlap and none is picked, or the wavelength contradicts the file's.
    OSError
        If the file cannot be opened.

    Warns
    -----
    PatternFileWarning
        If the file can be read, but may be cut off, or was not measured with X-rays.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "paracetamol.xy"
    >>> _ = path.write_text("# 2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> pattern = read_pattern(path, wavelength="CuKa1")
    >>> pattern.intensity, pattern.wavelength
    (array([120., 118., 131.]), 1.540593)
    """
    path = Path(path)
    format, scans = _read_scans(path, scan, wavelength, override_wavelength)
    try:
        joined, ranges = join_scans(scans)
    except PatternFileError as error:
        raise PatternFileError(error.reason, path=str(path), format=format) from None
    return replace(to_pattern(joined, str(path), format), ranges=ranges)


def _read_scans(
    path: Path, pick: int | None, wavelength: float | str | None, override: bool
) -> tuple[str, list[Scan]]:
    given = None if wavelength is None else parse_wavelength(wavelength)
    content = _content(path)
    format = None
    try:
        format = identify_format(content)
        scans = format.read(content)
        if not scans:
            raise PatternFileError("the file holds no scan")
        if pick is not None:
            if not -len(scans) <= pick < len(scans):
                raise PatternFileError(
                    f"scan={pick} was asked for, but the file holds {len(scans)}, counted from 0"
                )
            scans = [scans[pick]]
        for scan in scans:
            check_scan(scan)
            scan.wavelength = _agreed_wavelength(scan.wavelength, given, override)
            for doubt in scan.doubts:
                warnings.warn(f"{path}: {doubt}", PatternFileWarning, stacklevel=3)
    except PatternFileError as error:
        name = format.name if format else ""
        raise PatternFileError(error.reason, path=str(path), format=name) from error
    return format.name, scans


def _content(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise PatternFileError(
            f"the file has {size / 2**20:.0f} MiB; powder patterns have less than "
            f"{MAX_BYTES / 2**20:.0f}",
            path=str(path),
        )
    content = path.read_bytes()
    if not content.strip():
        raise PatternFileError("the file is empty", path=str(path))
    return content


def _agreed_wavelength(in_file: float | None, given: float | None, override: bool) -> float | None:
    if in_file is not None and not 0.01 < in_file < 10:
        raise PatternFileError(
            f"the file says that the wavelength is {in_file:g} angstrom; the file is damaged"
        )
    if given is None or in_file is None or override:
        return in_file if given is None else given
    if abs(given - in_file) > SAME_WAVELENGTH * in_file:
        raise PatternFileError(
            f"the file says that the wavelength is {in_file:g} angstrom, but {given:g} was given; "
            "give none, or override_wavelength=True if the file is wrong"
        )
    return in_file
