"""Wavelengths as people and files write them: numbers with a unit, or names of anode lines.

All that decides about a wavelength stands here: what a text says, what holds where file and caller
differ, and what is said where nobody knows it. None is ever guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ..patterns import CU_KALPHA1
from ._numbers import NUMBER, with_decimal_points
from .errors import PatternFileError

SAME_WAVELENGTH = 2e-3
"""Relative difference up to which two wavelengths are the same line, K-alpha1 or the mean."""

KALPHA1_KALPHA2_KBETA = {
    "Cr": (2.289726, 2.293651, 2.084881),
    "Mn": (2.101854, 2.105822, 1.910216),
    "Fe": (1.936041, 1.939973, 1.756604),
    "Co": (1.788996, 1.792835, 1.620826),
    "Ni": (1.657930, 1.661756, 1.500152),
    "Cu": (CU_KALPHA1, 1.544427, 1.392234),
    "Mo": (0.709317, 0.713607, 0.632303),
    "Ag": (0.559422, 0.563813, 0.497082),
    "W": (0.209013, 0.213833, 0.184377),
}
"""K lines of anodes in angstrom: Hoelzer et al., Phys. Rev. A 56 (1997) 4554 for Cr to Cu, and
Deslattes et al., Rev. Mod. Phys. 75 (2003) 35 for Mo, Ag and W. K-alpha1 of Cu is the value at
which the common grid is defined (Hoelzer: 1.540593), so that patterns of this line stay on it."""

_LINE = re.compile(
    r"(?P<anode>[a-z]{1,2}?)k(?:(?:alpha|a)(?P<alpha>1|2|12|1\+2)?|(?:beta|b)(?P<beta>1|3)?)"
)
_UNITS = {
    "": 1.0, "a": 1.0, "ang": 1.0, "angstrom": 1.0, "angstroms": 1.0, "\N{ANGSTROM SIGN}": 1.0,
    "å": 1.0, "nm": 10.0, "pm": 0.01, "m": 1e10,
}  # fmt: skip
# In angstrom or nm: such a figure without a unit can be a wavelength of X-rays in metres only.
_SHORTER_THAN_ANY = 1e-8
_QUANTITY = re.compile(rf"(?P<value>{NUMBER})\s*(?P<unit>[^\W\d_]*)")
_USUAL_ANODES = ("Cr", "Fe", "Co", "Cu", "Mo", "Ag")
_AS_WRITTEN = 3e-4  # wavelengths are written with four digits or more
_KEYWORD = re.compile(r"wave\s?length|lambda", re.I)
# Between the word and the figure: the number of the line, a unit in brackets, a sign, the quotes
# around the cells of a CSV file.
_BETWEEN = re.compile(
    r"[_\s]?(?P<line>[12](?![0-9.]))?\s*(?:[(\[](?P<unit>[^)\]]*)[)\]])?[\s=:,;\"']*"
)
_ALPHA1 = re.compile(r"k?\W?a(?:lpha)?\W?1\W*$", re.I)
_WINDOW = 80
# Lines that hold names, in which a figure may be part of one.
_NAMES = re.compile(
    r"\W*(?:(?:user|data)\s?)?(?:measured|sample|file|title|id|identification|name)s?\b"
    r"(?:\s?(?:name|id|identification))?[\s\"']*[:=,]",
    re.I,
)
_AT_THE_START = re.compile(rf"\W*(?:{_KEYWORD.pattern})", re.I)


def parse_wavelength(wavelength: float | str) -> float:
    """Return a wavelength in angstrom, given as a number or as the name of an anode line.

    Parameters
    ----------
    wavelength : float or str
        Angstrom, a number as text with an optional unit (A, nm or pm), or a line such as
        "CuKa1", "Co K-alpha", "MoKa1" or "CuKb". Without 1 or 2, K-alpha is the mean of the
        doublet weighted by intensity, (2 K-alpha1 + K-alpha2) / 3.

    Returns
    -------
    float
        In angstrom.

    Raises
    ------
    ValueError
        If it is neither, not between 0.01 and 10 angstrom, or text without a unit that is a usual
        line in nm.

    Examples
    --------
    >>> parse_wavelength("CuKa1")
    1.5406
    >>> round(parse_wavelength("Co K-alpha"), 5)
    1.79028
    >>> parse_wavelength("0.15406 nm")
    1.5406
    """
    if isinstance(wavelength, str):
        value = _from_text(wavelength)
    elif isinstance(wavelength, bool):
        raise ValueError(_complaint(wavelength))
    else:
        try:
            value = float(wavelength)
        except (TypeError, ValueError):
            raise ValueError(_complaint(wavelength)) from None
    if not (math.isfinite(value) and 0.01 < value < 10):
        raise ValueError(
            f"wavelength={wavelength!r} is not a plausible X-ray wavelength; give it in angstrom, "
            "for example 1.5406, or with its unit, for example '154.06 pm'"
        )
    # as a person writes it: a number may have been converted already
    bare = isinstance(wavelength, str) and re.fullmatch(
        NUMBER, wavelength.strip().replace(",", ".")
    )
    if bare and (why := in_nanometres(value)):
        raise ValueError(f"wavelength={wavelength!r} {why}")
    return value


def in_nanometres(value: float) -> str:
    """Return what to say of a figure without a unit that is a usual line in nm; else nothing.

    Examples
    --------
    >>> in_nanometres(0.07093)
    "is K-alpha of Mo in nm; give it in angstrom, 0.7093, or write '0.07093 A' if it is meant"
    """
    for anode in _USUAL_ANODES:
        alpha1, alpha2, _ = KALPHA1_KALPHA2_KBETA[anode]
        for line in (alpha1, (2 * alpha1 + alpha2) / 3):
            if abs(10 * value / line - 1) < _AS_WRITTEN:
                return (
                    f"is K-alpha of {anode} in nm; give it in angstrom, {10 * value:g}, or write "
                    f"'{value:g} A' if it is meant"
                )
    return ""


def _from_text(text: str) -> float:
    if len(text) > _WINDOW:
        raise ValueError(_complaint(text[:_WINDOW]))
    quantity = _QUANTITY.fullmatch(text.strip().replace(",", "."))
    value = _in_angstrom(quantity["value"], quantity["unit"]) if quantity else None
    if value is not None:
        return value
    # "Cu K-alpha_1" and "CuKa1" are one name, and so it is with the Greek letter.
    plain = re.sub(r"[\s_\-]", "", text.lower()).replace("\N{GREEK SMALL LETTER ALPHA}", "a")
    plain = plain.replace("\N{GREEK SMALL LETTER BETA}", "b")
    line = _LINE.fullmatch(plain)
    anode = line["anode"].capitalize() if line else ""
    if line is None or anode not in KALPHA1_KALPHA2_KBETA:
        raise ValueError(_complaint(text))
    alpha1, alpha2, beta = KALPHA1_KALPHA2_KBETA[anode]
    if "ka" not in plain:
        return beta
    return {"1": alpha1, "2": alpha2}.get(line["alpha"], (2 * alpha1 + alpha2) / 3)


def _complaint(given: object) -> str:
    hint = ""
    if isinstance(given, str) and given.strip().capitalize() in KALPHA1_KALPHA2_KBETA:
        anode = given.strip().capitalize()
        hint = f" (did you mean {anode + 'Ka1'!r} or {anode + 'Ka'!r}?)"
    return (
        f"wavelength={given!r} is not a wavelength{hint}; give a number in angstrom, for example "
        "1.5406, or a line of one of the anodes "
        f"{', '.join(KALPHA1_KALPHA2_KBETA)}, for example 'CuKa1'"
    )


def name_of_line(wavelength: float) -> str:
    """Return the name of the anode line that a wavelength is, empty where it is none.

    Parameters
    ----------
    wavelength : float
        In angstrom; K-alpha1, K-alpha2, K-beta or the mean of K-alpha to a ten-thousandth.

    Returns
    -------
    str

    Examples
    --------
    >>> name_of_line(1.5406), name_of_line(1.5418), name_of_line(0.4139)
    ('Cu Kα1', 'Cu Kα', '')
    """
    for anode, (alpha1, alpha2, beta) in KALPHA1_KALPHA2_KBETA.items():
        mean = (2 * alpha1 + alpha2) / 3
        for name, value in (("Kα1", alpha1), ("Kα2", alpha2), ("Kβ", beta), ("Kα", mean)):
            if abs(wavelength - value) < 1e-4 * value:
                return f"{anode} {name}"
    return ""


def doublet_ratio(wavelength: float) -> float | None:
    """Return K-alpha2 over K-alpha1 of the anode whose K-alpha line a wavelength is.

    Parameters
    ----------
    wavelength : float
        In angstrom; K-alpha1 or the mean of the doublet, within 0.2 %.

    Returns
    -------
    float or None
        None if it is the line of no anode.

    Examples
    --------
    >>> round(doublet_ratio(1.5406), 5), doublet_ratio(0.4139)
    (1.00248, None)
    """
    for alpha1, alpha2, _ in KALPHA1_KALPHA2_KBETA.values():
        if abs(wavelength - alpha1) < SAME_WAVELENGTH * alpha1:
            return alpha2 / alpha1
    return None


def stated_wavelength(text: str) -> float | None:
    """Return the wavelength that headings state, in angstrom.

    Parameters
    ----------
    text : str
        Heading lines. A figure without a unit is in angstrom, as programs write it; one with a
        unit that is not known here counts for nothing. Where a line begins with the word, lines of
        names, such as "sample: ...", count for nothing.

    Returns
    -------
    float or None
        K-alpha1 if the text says which it is. None if it states none, or several.

    Raises
    ------
    PatternFileError
        If it is a usual line in nm, and without a unit.

    Examples
    --------
    >>> stated_wavelength("Wavelength: 4.066e-11 m"), stated_wavelength("lambda (nm) = 0.15406")
    (0.4066, 1.5406)
    """
    alpha1: dict[float | None, bool] = {}
    others: dict[float | None, bool] = {}
    lines = text.split("\n")
    if any(map(_AT_THE_START.match, lines)):
        lines = [line for line in lines if _NAMES.match(line) is None]
    for line in lines:
        for word in _KEYWORD.finditer(line):
            # A window of fixed length keeps the time linear in the length of the line.
            behind = with_decimal_points(line[word.end() : word.end() + _WINDOW])
            between = _BETWEEN.match(behind)
            start = between.end() if between else 0
            figure = _QUANTITY.match(behind, start)
            if figure is None or not re.search(r"[.e]", figure["value"], re.I):
                continue
            unit = (between["unit"] if between else None) or figure["unit"]
            before = line[max(0, word.start() - _WINDOW) : word.start()]
            first = between is not None and between["line"] == "1"
            named = first or _ALPHA1.search(before[-12:])
            value, found = _in_angstrom(figure["value"], unit), alpha1 if named else others
            found[value] = found.get(value, True) and not unit.strip()
    values = alpha1 or others
    if len(values) != 1:
        return None
    ((value, without_unit),) = values.items()
    if value is None or not 0.01 < value < 10:
        return None
    if without_unit and (why := in_nanometres(value)):
        raise PatternFileError(f"the wavelength that the file states, {value:g}, {why}")
    return value


def _in_angstrom(value: str, unit: str) -> float | None:
    if not unit.strip() and 0 < float(value) < _SHORTER_THAN_ANY:
        unit = "m"  # as old versions of Dioptas write it
    scale = _UNITS.get(unit.strip(" .").lower())
    return None if scale is None else round(float(value) * scale, 12)


def check_doublet(alpha1: float | None, alpha2: float | None) -> None:
    """Compare the two lines of a doublet, which a damaged digit drives apart.

    Parameters
    ----------
    alpha1, alpha2 : float or None
        As the file states them, in one unit; None or 0 where it does not.

    Raises
    ------
    PatternFileError
        If no anode has such a pair: K-alpha2 is longer by 0.17 % (Cr) to 0.79 % (Ag), for W by
        2.3 %; files of one line repeat it.
    """
    if not alpha1 or not alpha2:
        return
    ratio = alpha2 / alpha1
    if not (1 - 1e-6 <= ratio <= 1.0085 or 1.021 <= ratio <= 1.025):
        raise PatternFileError(
            f"the file says that K-alpha1 is {alpha1:g} and K-alpha2 {alpha2:g} angstrom, which "
            "are the lines of no anode; the file is damaged"
        )


def agreed_wavelength(in_file: float | None, given: float | None, override: bool) -> float | None:
    """Return the wavelength that holds: the file's, unless the caller knows better.

    Parameters
    ----------
    in_file, given : float or None
        What the file and the caller say, in angstrom.
    override : bool
        Whether `given` holds even where the file says another.

    Returns
    -------
    float or None
        None if neither says it.

    Raises
    ------
    PatternFileError
        If the file's is no wavelength of X-rays, or the two are different lines.
    """
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


def missing_wavelength(names: Sequence[str], *, anode: str = "", table: str = "") -> str:
    """Return what to say of files whose wavelength nobody knows.

    Parameters
    ----------
    names : sequence of str
        The files.
    anode : str
        The anode that a file names; which of its lines was used stays open.
    table : str
        A table of labels in whose column "wavelength" it may be written.

    Returns
    -------
    str

    Examples
    --------
    >>> print(missing_wavelength(["a.xy"]))
    a.xy does not name its wavelength; give it (wavelength=, --wavelength), in angstrom or as an
    anode line such as CuKa1
    """
    if len(names) == 1:
        what = f"{names[0]} does not name its wavelength"
    else:
        listed = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        what = f"{len(names)} files do not name their wavelength ({listed})"
    if anode:
        what += f" (but an anode of {anode}: {anode}Ka1 or {anode}Ka?)"
    place = f", or for single files in the column 'wavelength' of {table}" if table else ""
    return (
        f"{what}; give it (wavelength=, --wavelength), in angstrom or as an anode line such as "
        f"CuKa1{place}"
    )
