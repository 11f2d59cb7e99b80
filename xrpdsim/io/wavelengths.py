"""Wavelengths as people write them: numbers in angstrom, or names of anode lines."""

from __future__ import annotations

import math
import re

KALPHA1_KALPHA2_KBETA = {
    "Cr": (2.289726, 2.293651, 2.084881),
    "Mn": (2.101854, 2.105822, 1.910216),
    "Fe": (1.936041, 1.939973, 1.756604),
    "Co": (1.788996, 1.792835, 1.620826),
    "Ni": (1.657930, 1.661756, 1.500152),
    "Cu": (1.540593, 1.544427, 1.392234),
    "Mo": (0.709317, 0.713607, 0.632303),
    "Ag": (0.559422, 0.563813, 0.497082),
    "W": (0.209013, 0.213833, 0.184377),
}
"""K lines of anodes in angstrom: Hoelzer et al., Phys. Rev. A 56 (1997) 4554 for Cr to Cu, and
Deslattes et al., Rev. Mod. Phys. 75 (2003) 35 for Mo, Ag and W."""

_LINE = re.compile(
    r"(?P<anode>[a-z]{1,2}?)k(?:(?:alpha|a)(?P<alpha>1|2|12|1\+2)?|(?:beta|b)(?P<beta>1|3)?)"
)
_NUMBER = re.compile(r"(?P<value>\d*[.,]?\d+)(?P<unit>å|a|angstroms?|nm|pm)?")
_UNITS = {None: 1.0, "nm": 10.0, "pm": 0.01}


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
        If it is neither, or not between 0.01 and 10 angstrom.

    Examples
    --------
    >>> parse_wavelength("CuKa1")
    1.540593
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
            "for example 1.5406"
        )
    return value


def _from_text(text: str) -> float:
    # "Cu K-alpha_1" and "CuKa1" are one name, and so it is with the Greek letter.
    plain = re.sub(r"[\s_\-]", "", text.lower()).replace("\N{GREEK SMALL LETTER ALPHA}", "a")
    plain = plain.replace("\N{GREEK SMALL LETTER BETA}", "b")
    number = _NUMBER.fullmatch(plain)
    if number:
        scale = _UNITS.get(number["unit"], 1.0)
        return round(float(number["value"].replace(",", ".")) * scale, 12)
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
