"""The way from a file to its patterns."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import os
import re
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..patterns import Pattern
from ._axes import in_two_theta
from ._scan import Scan, check_scan, join_scans, to_pattern
from ._text import Content
from .errors import PatternFileError, PatternFileWarning, ReaderFailure, printable
from .formats import Format, identify_format
from .wavelengths import agreed_wavelength, check_doublet, parse_wavelength

MAX_BYTES = 64 * 2**20
# Programs that integrate images write the axis into the name: "sample_q.chi".
_Q_IN_NAME = re.compile(r"[ _.-]q$", re.I)


def name_of_scan(name: str, number: int) -> str:
    """Return what one scan of a file with several is called.

    Parameters
    ----------
    name : str
        The file.
    number : int
        From 0, as `scan` of `read_pattern`.

    Examples
    --------
    >>> name_of_scan("plate.ras", 2)
    'plate.ras#2'
    """
    return f"{name}#{number}"


def split_scan_name(name: str) -> tuple[str, int | None]:
    """Return the file and the number that `name_of_scan` put together; None where it did not.

    Examples
    --------
    >>> split_scan_name("plate.ras#2"), split_scan_name("plate.ras")
    (('plate.ras', 2), ('plate.ras', None))
    """
    file, mark, number = name.rpartition("#")
    if not (mark and file and number.isascii() and number.isdecimal()):
        return name, None
    return file, int(number)


def read_patterns(
    path: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    default_wavelength: float | str | None = None,
    override_wavelength: bool = False,
) -> list[Pattern]:
    r"""Read every scan of a file as a pattern of its own.

    Parameters
    ----------
    path : path-like
        The file.
    wavelength, default_wavelength, override_wavelength
        As in `read_pattern`.

    Returns
    -------
    list of Pattern
        In the order of the file.

    Raises
    ------
    PatternFileError
        As in `read_pattern`.

    See Also
    --------
    xrpdsim.io.read_pattern : one pattern.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "two.csv"
    >>> rows = ["2theta,A,B"] + [f"{5 + 0.02 * k:.2f},{100 + k},{90 + k}" for k in range(30)]
    >>> _ = path.write_text("\n".join(rows))
    >>> [float(pattern.intensity[0]) for pattern in read_patterns(path, wavelength="CuKa1")]
    [100.0, 90.0]
    """
    path = Path(path)
    format, scans, _ = _read_scans(path, None, wavelength, default_wavelength, override_wavelength)
    return [to_pattern(scan, printable(path), format) for scan in scans]


def read_pattern(
    path: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    default_wavelength: float | str | None = None,
    scan: int | None = None,
    override_wavelength: bool = False,
) -> Pattern:
    r"""Read a powder pattern from a file; its format is told by its content, not by its ending.

    A file that is compressed with gzip or bzip2 is unpacked in memory. Ranges that follow each
    other become one pattern that remembers its `ranges`; if they were
    counted for different times, all are brought to counts per second.

    Parameters
    ----------
    path : path-like
        The file.
    wavelength : float or str, optional
        What this file was measured with: in angstrom, or the name of an anode line such as "CuKa1"
        (see `parse_wavelength`). Where the file names one within 0.2 % of it, the file's is used;
        where it names another, that is an error.
    default_wavelength : float or str, optional
        For a file that names none and has none in `wavelength`; one that names another stands.
    scan : int, optional
        Which scan of a file with several, from 0. By default they are joined if they do not
        overlap, and refused if they do.
    override_wavelength : bool, default=False
        Use `wavelength` even where the file names another.

    Returns
    -------
    Pattern
        `wavelength` is None where neither the file nor the caller tells it: it is never guessed.
        `metadata["wavelength_from"]` says where it comes from: "file", "given", "default" or, of an
        axis in q or d without a wavelength, "axis".
        An axis in q or d, if its unit is stated, is converted to 2theta at the wavelength or, where
        none is known, at Cu K-alpha1, which it then is.

    Raises
    ------
    PatternFileError
        If the format is not known, the file is damaged or cut off, the scan axis is another,
        scans overlap and none is picked, or the wavelength contradicts the file's.
    OSError
        If the file cannot be opened.

    Warns
    -----
    PatternFileWarning
        If the file can be read, but may be cut off, or was not measured with X-rays.

    See Also
    --------
    xrpdsim.io.read_patterns : every scan of a file.
    xrpdsim.io.read_folder : all files of a folder.
    xrpdsim.patterns.to_grid : brings patterns to one grid.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "paracetamol.xy"
    >>> _ = path.write_text("# 2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    >>> pattern = read_pattern(path, wavelength="CuKa1")
    >>> pattern.intensity, pattern.wavelength
    (array([120., 118., 131.]), 1.5406)
    """
    path = Path(path)
    format, scans, _ = _read_scans(path, scan, wavelength, default_wavelength, override_wavelength)
    return _joined(path, format, scans)


def read_with_digest(
    path: str | os.PathLike[str],
    *,
    wavelength: float | str | None = None,
    default_wavelength: float | str | None = None,
    override_wavelength: bool = False,
    all_scans: bool = False,
    of_scans: Mapping[int, float | str] | None = None,
) -> tuple[list[Pattern], str]:
    """Read the pattern of a file, and the SHA-256 of the very bytes that it was read from.

    Parameters and errors are those of `read_pattern`; with `all_scans` each scan is a pattern, as
    `read_patterns` returns them. `of_scans` says what single scans of several were measured with,
    before `wavelength`.
    """
    path = Path(path)
    format, scans, digest = _read_scans(
        path, None, wavelength, default_wavelength, override_wavelength, of_scans
    )
    if all_scans:
        return [to_pattern(scan, printable(path), format) for scan in scans], digest
    return [_joined(path, format, scans)], digest


def _joined(path: Path, format: str, scans: list[Scan]) -> Pattern:
    try:
        joined, ranges = join_scans(scans)
    except PatternFileError as error:
        raise PatternFileError(error.reason, path=printable(path), format=format) from None
    if len(scans) > 1:  # those of a single scan were told when it was read
        for doubt in joined.doubts:
            warnings.warn(f"{printable(path)}: {doubt}", PatternFileWarning, stacklevel=3)
    return replace(to_pattern(joined, printable(path), format), ranges=ranges)


def _read_scans(
    path: Path,
    pick: int | None,
    wavelength: float | str | None,
    default: float | str | None,
    override: bool,
    of_scans: Mapping[int, float | str] | None = None,
) -> tuple[str, list[Scan], str]:
    given = None if wavelength is None else parse_wavelength(wavelength)
    of_each = {number: parse_wavelength(each) for number, each in (of_scans or {}).items()}
    for_those_without = None if default is None else parse_wavelength(default)
    name = printable(path)
    content, digest = _content(path, name)
    format = None
    try:
        format = identify_format(content)
        scans = _read(format, content)
        if pick is not None:
            if not -len(scans) <= pick < len(scans):
                raise PatternFileError(
                    f"scan={pick} was asked for, but the file holds {len(scans)}, counted from 0"
                )
            scans = [scans[pick]]
        if len(scans) == 1:
            of_each = {}
        finished = []
        for place, scan in enumerate(scans):
            if not scan.axis_stated and _Q_IN_NAME.search(path.stem):
                raise PatternFileError(
                    "the name of the file ends in q, and no heading says that its first column is "
                    "2theta; write a heading, such as '# 2theta intensity' or '# q (1/A) intensity'"
                )
            check_doublet(scan.wavelength, scan.kalpha2)
            stated = scan.wavelength
            scan.wavelength = agreed_wavelength(stated, of_each.get(place, given), override)
            if scan.wavelength is not None:
                scan.wavelength_from = "file" if scan.wavelength == stated else "given"
            elif for_those_without is not None:
                scan.wavelength, scan.wavelength_from = for_those_without, "default"
            scan = in_two_theta(scan)
            if scan.wavelength is not None and not scan.wavelength_from:
                scan.wavelength_from = "axis"
            check_scan(scan)
            for doubt in scan.doubts:
                warnings.warn(f"{name}: {doubt}", PatternFileWarning, stacklevel=3)
            finished.append(scan)
    except PatternFileError as error:
        named = type(error)(error.reason, path=name, format=format.name if format else "")
        raise named from error
    return format.name, finished, digest


def _read(format: Format, content: Content) -> list[Scan]:
    """Read the scans of a file; whatever stops a reader stops this file only."""
    try:
        scans = format.read(content)
    except PatternFileError:
        raise
    except Exception as error:
        raise ReaderFailure(
            f"the file cannot be read ({type(error).__name__}: {str(error)[:200]}); it is damaged, "
            "or the reader is at fault"
        ) from error
    if not scans:
        raise PatternFileError("the file holds no scan")
    return scans


def _content(path: Path, name: str) -> tuple[Content, str]:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise PatternFileError(
            f"the file has {size / 2**20:.0f} MiB; powder patterns have less than "
            f"{MAX_BYTES / 2**20:.0f}",
            path=name,
        )
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        content = _unpacked(content)
    except PatternFileError as error:
        raise PatternFileError(error.reason, path=name) from error
    if not content.strip():
        raise PatternFileError("the file is empty", path=name)
    return Content(content), digest


def _unpacked(content: bytes) -> bytes:
    """Return what a file holds that is compressed with gzip or bzip2, and any other as it is."""
    packed = io.BytesIO(content)
    stream: gzip.GzipFile | bz2.BZ2File
    if content.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=packed)
    elif content.startswith(b"BZh"):
        stream = bz2.BZ2File(packed)
    else:
        return content
    try:
        # Reading to the end compares the checksum.
        unpacked = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise PatternFileError(f"the compressed file is damaged or cut off ({error})") from error
    if len(unpacked) > MAX_BYTES:
        raise PatternFileError(f"the file unpacks to more than {MAX_BYTES / 2**20:.0f} MiB")
    return unpacked
