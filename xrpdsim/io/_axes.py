"""What an axis is called, and the way from q and d to 2theta.

An axis in q or d is converted where its name and its unit are stated, and refused where the unit
is not: programs write q in 1/angstrom and in 1/nm.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..patterns import CU_KALPHA1
from ._scan import Scan
from .errors import PatternFileError

MAX_NAME = 80

# Names of scans that move 2theta, stripped to letters and digits, as instruments write them.
_TWO_THETA_SCANS = {
    "2thetascan", "twothetascan", "detectorscan", "gonio",
    "2thetatheta", "twothetatheta", "theta2theta", "thetatwotheta", "thth", "tththeta",
    "2thetaomega", "twothetaomega", "omega2theta", "omegatwotheta",
    "coupledtwothetatheta", "coupled2thetatheta", "coupledthetatwotheta", "coupledtheta2theta",
    "coupled", "lockedcoupled", "unlockedcoupled", "psdfixedscan", "psdfastscan",
    "psdfixed", "psdfast",
}  # fmt: skip
# Names of columns, stripped likewise, without their unit.
_TWO_THETA = {
    "2theta", "twotheta", "2th", "tth", "ttheta", "2ththeta", "angle", "angle2theta",
    "2thetaangle", "pos2th",
}  # fmt: skip
_Q = {"q", "qvalue", "qspace", "qvector", "scatteringvector", "scatteringvectorq",
      "momentumtransfer"}  # fmt: skip
_D = {"d", "dvalue", "dspacing", "dspace", "planespacing", "latticespacing"}
_OTHER = {
    "theta", "th", "omega", "chi", "phi", "energy", "time", "times", "tof", "channel", "wavelength",
    "s", "temperature",
}  # fmt: skip

_DEGREES = {"", "deg", "degree", "degrees", "\N{DEGREE SIGN}"}
_RADIANS = {"rad", "radian", "radians"}
_ANGSTROM = {"a", "ang", "angstrom", "angstroms", "\N{LATIN SMALL LETTER A WITH RING ABOVE}"}
_NANOMETRE = {"nm", "nanometer", "nanometers", "nanometre", "nanometres"}

_BRACKETED = re.compile(r"([^(\[]*)[(\[]([^)\]]*)[)\]][\s:]*")
_INVERSE = re.compile(r"(?:1/|inverse|inv|per)\.?|\^?\(?(?:-1|\*\*-1)\)?$")


def kind_of_axis(name: str) -> tuple[str, str] | None:
    """Tell what an axis is from its name.

    Parameters
    ----------
    name : str
        As a heading or an instrument writes it, such as "2-Theta (deg)" or "q_nm^-1".

    Returns
    -------
    tuple of (str, str), or None
        The kind ("2theta", "q", "d" or "other") and the unit ("deg", "rad", "1/A", "1/nm", "A",
        "nm", or "" where none is stated that is known). None if the name says nothing.

    Examples
    --------
    >>> kind_of_axis("2-Theta Angle (Degrees)"), kind_of_axis("q_nm^-1"), kind_of_axis("d [A]")
    (('2theta', 'deg'), ('q', '1/nm'), ('d', 'A'))
    """
    if len(name) > MAX_NAME:
        return None
    name = _plain(name)
    if re.sub(r"[^0-9a-z]", "", name) in _TWO_THETA_SCANS:
        return "2theta", "deg"
    for quantity, unit in _splits(name):
        stripped = re.sub(r"[^0-9a-z]", "", quantity)
        if stripped in _TWO_THETA and unit in _DEGREES:
            return "2theta", "deg"
        if stripped in _TWO_THETA and unit in _RADIANS:
            return "2theta", "rad"
        if stripped in _Q and (found := _inverse_length(unit)) is not None:
            return "q", found
        if stripped in _D and (found := _length(unit)) is not None:
            return "d", found
    first = re.split(r"[\s_(\[]", name.strip(), maxsplit=1)[0]
    for kind, names in (("q", _Q), ("d", _D), ("other", _OTHER)):
        if re.sub(r"[^0-9a-z]", "", first) in names:
            return kind, ""
    return None


def moves_two_theta(axis: str) -> bool:
    """Say whether a scan axis, as files name it, is 2theta or 2theta coupled with theta."""
    return kind_of_axis(axis) == ("2theta", "deg")


def in_two_theta(scan: Scan) -> Scan:
    """Return a scan with its axis in degrees 2theta.

    An axis in q or d belongs to no wavelength: it becomes 2theta at the wavelength of the scan or,
    where none is known, at that of the common grid, Cu K-alpha1, which is then the wavelength of
    the scan.

    Raises
    ------
    PatternFileError
        If the axis is another, or its unit is not stated.
    """
    kind, unit = kind_of_axis(scan.axis) or ("", "")
    if (kind, unit) == ("2theta", "deg"):
        return scan
    values = np.asarray(scan.two_theta, dtype=np.float64)
    if (kind, unit) == ("2theta", "rad"):
        return replace(scan, two_theta=np.degrees(values))
    if kind not in ("q", "d"):
        raise PatternFileError(
            f"the scan axis is {scan.axis[:60]!r}, not 2theta or a coupled theta/2theta; this is "
            "not a powder pattern"
        )
    if not unit:
        example = "'q (1/A)' or 'q (1/nm)'" if kind == "q" else "'d (A)' or 'd (nm)'"
        raise PatternFileError(
            f"the scan axis is {scan.axis[:60]!r}, without a unit that is known; write {example} "
            "as its heading"
        )
    return _converted(scan, values, kind, unit)


def _converted(scan: Scan, values: NDArray[np.float64], kind: str, unit: str) -> Scan:
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise PatternFileError(f"the axis {scan.axis[:60]!r} holds values below 0")
    wavelength = CU_KALPHA1 if scan.wavelength is None else scan.wavelength
    # sin(theta) = q wavelength / (4 pi) = wavelength / (2 d), with lengths in angstrom.
    if kind == "q":
        sine = values * (0.1 if unit == "1/nm" else 1.0) * wavelength / (4 * np.pi)
    else:
        with np.errstate(divide="ignore"):
            sine = wavelength / (2 * values * (10.0 if unit == "nm" else 1.0))
    seen = sine <= 1
    order = np.flatnonzero(seen)
    doubts = scan.doubts
    if not seen.all():
        doubts = (
            *doubts,
            f"{np.sum(~seen)} of {seen.size} points have no angle at {wavelength:g} angstrom and "
            "are left out",
        )
    if order.size > 1 and sine[order[0]] > sine[order[-1]]:
        order = order[::-1]
    if scan.n_declared not in (None, values.size):
        raise PatternFileError(
            f"the file announces {scan.n_declared} points but holds {values.size}; it may be cut "
            "off"
        )

    def kept(column: object) -> NDArray[np.float64]:
        column = np.asarray(column, dtype=np.float64)
        if column.shape != values.shape:
            raise PatternFileError(
                f"there are {values.size} values of {scan.axis[:60]} but {column.size} of another "
                "column; the file may be cut off"
            )
        return column[order]

    return replace(
        scan,
        two_theta=np.degrees(2 * np.arcsin(sine[order])),
        intensity=kept(scan.intensity),
        esd=None if scan.esd is None else kept(scan.esd),
        wavelength=wavelength,
        n_declared=None,
        doubts=doubts,
    )


def _plain(name: str) -> str:
    for letter, plain in (
        ("\N{GREEK SMALL LETTER THETA}", "theta"), ("\N{GREEK CAPITAL LETTER THETA}", "theta"),
        ("\N{GREEK THETA SYMBOL}", "theta"), ("\N{GREEK SMALL LETTER OMEGA}", "omega"),
        ("\N{GREEK SMALL LETTER CHI}", "chi"), ("\N{GREEK SMALL LETTER PHI}", "phi"),
        ("\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}", "^-1"), ("\N{MINUS SIGN}", "-"),
        ("\N{ANGSTROM SIGN}", "A"), ("\N{LATIN CAPITAL LETTER A WITH RING ABOVE}", "A"),
        ("\N{LATIN SMALL LETTER A WITH RING ABOVE}", "a"),
    ):  # fmt: skip
        name = name.replace(letter, plain)
    return name.lower().strip()


def _splits(name: str) -> list[tuple[str, str]]:
    """Return the ways to cut a name into the quantity and its unit."""
    found = [(name, "")]
    if bracket := _BRACKETED.fullmatch(name):
        found.append((bracket[1], bracket[2].strip()))
    for mark in ("_", ",", "/", " ", "-", "."):
        for quantity, there, unit in (name.partition(mark), name.rpartition(mark)):
            if there:
                found.append((quantity, unit.strip(" _,.")))
    # "2thetadeg": the unit follows without a mark.
    endings = ("deg", "degree", "degrees", "rad")
    found += [(name.removesuffix(unit), unit) for unit in endings if name.endswith(unit)]
    return found


def _length(unit: str) -> str | None:
    unit = unit.strip(" .")
    return "A" if unit in _ANGSTROM else "nm" if unit in _NANOMETRE else None


def _inverse_length(unit: str) -> str | None:
    rest = _INVERSE.sub("", unit, count=1)
    if rest == unit:
        return None
    length = _length(rest.strip(" _()"))
    return None if length is None else f"1/{length}"
