"""How groups are told apart: by colour, by shape, and by the number that stands beside them."""

from __future__ import annotations

# As far apart from each other in OKLab (Bjorn Ottosson, 2020) as was found, also for eyes without
# red or green receptors, with a contrast of at least 3 to a white page and to a dark one.
COLOURS = (
    "#006EB4", "#FA6400", "#DC5AFA", "#C81E64", "#8C1EFA", "#788CAA", "#00780A", "#64A00A",
    "#D200C8", "#BE3C00", "#32A082", "#826482", "#7864DC", "#A07850", "#0096FA", "#466E5A",
    "#AA82D2", "#E66478", "#A03CA0", "#FA50B4",
)  # fmt: skip
SAME, DIFFERENT, MARKED = COLOURS[0], COLOURS[1], COLOURS[3]
"""Colours of pairs of one form, of pairs of different forms, and of thresholds."""

SHAPES = ("circle", "square", "triangle", "diamond", "wedge", "pentagon", "star")
"""Seven shapes and twenty colours come together again only after 140 groups."""

MARKERS = dict(zip(SHAPES, "os^Dvp*", strict=True))
"""What Matplotlib calls the shapes."""

NO_GROUP = "#1A1A1A"
"""On white paper: a pattern of no group may be a new form, and is drawn as strongly as any."""


def colour_of(label: int) -> str:
    """Return the colour of a group, or that of patterns in no group (-1).

    Examples
    --------
    >>> colour_of(0), colour_of(20), colour_of(-1)
    ('#006EB4', '#006EB4', '#1A1A1A')
    """
    return NO_GROUP if label < 0 else COLOURS[label % len(COLOURS)]


def shape_of(label: int) -> str:
    """Return the shape of a group; patterns in no group (-1) are crosses.

    Examples
    --------
    >>> shape_of(0), shape_of(20), shape_of(-1)
    ('circle', 'star', 'cross')
    """
    return "cross" if label < 0 else SHAPES[label % len(SHAPES)]


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour.

    Relative luminance and contrast as in the Web Content Accessibility Guidelines 2.1.

    Parameters
    ----------
    colour : str
        Such as "#006EB4".

    Returns
    -------
    {"#000000", "#FFFFFF"}

    Examples
    --------
    >>> ink_on("#006EB4"), ink_on("#FA6400")
    ('#FFFFFF', '#000000')
    """
    channels = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#FFFFFF"
