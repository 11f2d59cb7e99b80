"""The names of columns: which are angles, which intensities, and which of them belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, islice
from typing import NamedTuple

from ..._axes import MAX_NAME, kind_of_axis
from ...errors import PatternFileError

# Headings in lower case, stripped to letters and digits.
_INTENSITY = {
    "intensity", "int", "i", "y", "counts", "count", "cts", "cps", "yobs", "iobs",
    "intensitycounts", "intensitycts", "intensitycps", "intensityau", "intensityarbunits",
    "icounts", "icts", "icps",
}  # fmt: skip
_ESD = {
    "esd", "esds", "e", "sigma", "sig", "sigmay", "sigmai", "sd", "std", "stddev", "error", "err",
    "yerr", "uncertainty", "intensityerror", "intensityesd",
}  # fmt: skip
# Names that leave open what the first column is.
_ANY_AXIS = {"x", "no", "point", "row", "frame", "index", ""}

# A word of two letters or more that names a column, such as that in "2theta error", is no label.
_OF_COLUMNS = {name for name in _INTENSITY | _ESD if len(name) > 1}
_AXES = ("2theta", "q", "d")

# What a row of units below the names says of angles.
_DEGREES = {"deg", "degree", "degrees", "\N{DEGREE SIGN}"}
_RADIANS = {"rad", "radian", "radians"}

_WORD = re.compile(r"[^\W\d_]+|\d+")
# Behind a name that a table holds already: pandas and R write ".1"; I0 is another quantity than I.
_DOT_NUMBER = re.compile(r"\.[1-9]\d{0,2}$")
_REPEAT = re.compile(r"[1-9]\d{0,2}$")
# Where the label of a pattern may part from what is labelled: "A 2theta", "2theta (A)", "2theta1".
_PARTING = re.compile(r"[\s_.:,;/|-]+|(?=[(\[])|(?<=[^\W\d_])(?=\d{1,3}$)")
_MAX_PARTINGS = 12
# A name without any of these needs no closer look.
_LIKE_TWO_THETA = re.compile(r"2\W*(?:th|[\u03b8\u0398\u03d1])|two|tth|angle", re.I)
_ROMAN = re.compile(r"[IVX]{2,}")


class Chosen(NamedTuple):
    """The columns of a pattern.

    `name` tells the patterns of a table apart; `axis` is the place of the angles and `axis_name`
    what their heading says, empty where there is none; `intensity` and `esd` are places, too.
    """

    name: str
    axis: int
    axis_name: str
    intensity: int
    esd: int | None


def _unit(name: str) -> str:
    return name.strip("()[]. ").lower()


def is_in_radians(unit: str) -> bool:
    """Say whether a unit is that of angles in radians."""
    return _unit(unit) in _RADIANS


def are_units(names: list[str]) -> bool:
    """Say whether a line is a row of units: it holds one of an angle, and no name of an axis.

    The second, s, is no name there.
    """
    units = set(map(_unit, names))
    return not units.isdisjoint(_DEGREES | _RADIANS) and not any(
        name.lower() != "s" and kind_of_axis(name) is not None for name in names
    )


def _is(kind: tuple[str, str] | None, *kinds: str) -> bool:
    return kind is not None and kind[0] in kinds


def by_names(names: list[str], units: Sequence[str]) -> list[Chosen] | None:
    """Return the patterns that a line of names tells, None if it names neither axis nor counts.

    `units` is the row of units below it, empty where there is none.
    """
    written, known = names, set(names)
    names = [name if (name := _DOT_NUMBER.sub("", each)) in known else each for each in written]
    quantities, labels = _parted_from_labels(names)
    for k, unit in enumerate(units):
        quantities[k] = _with_unit(quantities[k], unit)
    kinds = list(map(kind_of_axis, quantities))
    # Where 2theta stands beside q or d, it is the one that was measured.
    candidates = [k for k, kind in enumerate(kinds) if _is(kind, "2theta")]
    candidates += [k for k, kind in enumerate(kinds) if _is(kind, *_AXES)]
    if not candidates:
        plain = [_plain(_words(name)) for name in names]
        y = next((k for k, name in enumerate(plain) if name in _INTENSITY), None)
        if kinds[0] is not None or (y not in (None, 0) and plain[0] not in _ANY_AXIS):
            raise PatternFileError(
                f"the first column is headed {names[0][:60]!r}, not 2theta; if it does hold 2theta "
                "in degrees, correct the heading"
            )
        return None
    axes = [k for k, kind in enumerate(kinds) if kind == kinds[candidates[0]]]
    # A single axis is that of all columns; of several, each is that of those up to the next.
    starts = axes if len(axes) > 1 else [0]
    blocks = list(map(slice, starts, [*axes[1:], len(names)]))
    for axis, block in zip(axes, blocks, strict=True):
        labels[block] = [labels[axis]] * len(names[block])
    columns = _columns(names, kinds, labels, axes)
    _check_none_astray(columns[: starts[0]], len(axes))
    found: list[Chosen] = []
    for axis, block in zip(axes, blocks, strict=True):
        patterns = _patterns(columns[block])
        if not patterns and len(names) == 2:
            return None
        if not patterns:
            raise PatternFileError(
                f"no intensity is named beside the column headed {names[axis][:60]!r}, only axes "
                "and deviations; put it to the right of its angles, and name it as in '2theta "
                "intensity' or '2theta A 2theta B'"
            )
        found += [Chosen(written[y], axis, quantities[axis], y, esd) for y, esd in patterns]
    # A pattern that is alone needs no name, and one that several have tells none apart.
    counts = Counter(each.name for each in found)
    return [
        each if len(found) > 1 and counts[each.name] == 1 else each._replace(name="")
        for each in found
    ]


def _check_none_astray(columns: list[_Column], n_axes: int) -> None:
    """Refuse intensities to the left of the first of several axes."""
    for column in columns:
        if column.meaning in ("intensity", "pattern", "esd"):
            raise PatternFileError(
                f"the column headed {column.name[:60]!r} stands to the left of all {n_axes} "
                "columns of angles, and which are its own cannot be told; put each pattern to the "
                "right of its angles"
            )


def _with_unit(quantity: str, unit: str) -> str:
    """Return what a heading says of a column, together with the unit of an angle below it."""
    kind, unit = kind_of_axis(quantity), _unit(unit)
    if not _is(kind, "2theta") or unit not in _DEGREES | _RADIANS:
        return quantity
    stated = "rad" if is_in_radians(unit) else "deg"
    joined = quantity if kind == ("2theta", stated) else f"{quantity} ({stated})"
    if kind_of_axis(joined) != ("2theta", stated):
        raise PatternFileError(
            f"the column headed {quantity[:60]!r} has the unit {unit!r} in the row below, which "
            "contradicts its heading; correct one of them"
        )
    return joined


def _parted_from_labels(names: list[str]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return what each name says of its column and, apart from it, the label of its pattern.

    The label in "A 2theta" and "2theta.1" is a number, or the beginning or end of the name of
    another column; else a name has none.
    """
    quantities = list(names)
    labels: list[tuple[str, ...]] = [()] * len(names)
    parted = [(k, *parts) for k, name in enumerate(names) for parts in _ways_to_part(name)]
    if parted:
        ends = Counter(end for name in names for end in _ends(_words(name)))
        for k, quantity, label in parted:
            known = ends[label] > 1 or (len(label) == 1 and label[0].isdecimal())
            if known and not labels[k] and _plain(label) not in _OF_COLUMNS:
                quantities[k], labels[k] = quantity, label
    return quantities, labels


def _ways_to_part(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the ways to part a name into one of 2theta and the words of a label."""
    if len(name) > MAX_NAME or _LIKE_TWO_THETA.search(name) is None:
        return []
    if _is(kind_of_axis(name), "2theta"):
        return []
    cuts = [cut.span() for cut in islice(_PARTING.finditer(name), _MAX_PARTINGS)]
    pairs = [(name[:end], name[start:]) for end, start in cuts]
    pairs += [(right, left) for left, right in pairs]
    return [
        (quantity, words)
        for quantity, label in pairs
        if _is(kind_of_axis(quantity), "2theta") and (words := _words(label))
    ]


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(name.lower()))


def _ends(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return all words with which a name begins or ends."""
    return {words[:n] for n in range(1, len(words) + 1)} | {words[n:] for n in range(len(words))}


def _plain(words: Sequence[str]) -> str:
    return re.sub(r"[^a-z0-9]", "", "".join(words))


class _Column(NamedTuple):
    """What a heading says of a column.

    `plain` is its name in letters and digits, without the label of its pattern and without the
    number of a repeated name; `meaning` is "angles" for those that are used, "axis", "other",
    "intensity", "esd", "number" (of the row), or "pattern" where a pattern is named.
    """

    place: int
    name: str
    plain: str
    meaning: str


def _columns(
    names: list[str],
    kinds: list[tuple[str, str] | None],
    labels: list[tuple[str, ...]],
    axes: list[int],
) -> list[_Column]:
    plain = []
    for name, label in zip(names, labels, strict=True):
        words, n = _words(name), len(label)
        if label and words[:n] == label:
            words = words[n:]
        elif label and words[-n:] == label:
            words = words[:-n]
        plain.append(_plain(words))
    repeated = set(plain) - {""}
    plain = [short if (short := _REPEAT.sub("", each)) in repeated else each for each in plain]
    used = set(axes)
    letters = _letters_that_are_labels([n for k, n in enumerate(names) if k not in used])
    columns = []
    for k, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if k in used:
            meaning = "angles"
        elif name in letters or (labels[k] and _words(name) == labels[k]):
            meaning = "pattern"
        elif kind is not None:
            meaning = "axis" if _is(kind, *_AXES) else "other"
        elif _ways_to_part(name):
            meaning = "axis"  # of what, is not known
        elif plain[k] in _INTENSITY:
            meaning = "intensity"
        elif plain[k] in _ESD:
            meaning = "esd"
        elif k < axes[0] and (not name or (plain[k] and plain[k] in _ANY_AXIS)):
            meaning = "number"
        else:
            meaning = "pattern"
        columns.append(_Column(k, name, plain[k], meaning))
    return columns


def _letters_that_are_labels(names: list[str]) -> set[str]:
    """Return the names of one letter that count patterns: "E" after "D", and "I" beside "II"."""
    letters = {name for name in names if len(name) == 1 and name.isascii() and name.isalpha()}
    codes = sorted({ord(letter.upper()) for letter in letters})
    unknown = [
        letter
        for letter in letters
        if letter.lower() not in _INTENSITY | _ESD | _ANY_AXIS and kind_of_axis(letter) is None
    ]
    if unknown and len(codes) > 1 and codes[-1] - codes[0] == len(codes) - 1:
        return letters
    return {"I"} if any(map(_ROMAN.fullmatch, names)) else set()


def _patterns(columns: list[_Column]) -> list[tuple[int, int | None]]:
    """Return the places of intensity and deviation of each pattern over one axis."""
    esds = [column.place for column in columns if column.meaning == "esd"]
    for meaning in ("intensity", "pattern", "number"):
        if intensities := [column for column in columns if column.meaning == meaning]:
            break
    else:
        return []
    first, last = intensities[0], intensities[-1]
    for of_axes, group in groupby(columns, lambda column: column.meaning in ("angles", "axis")):
        side_by_side = list(group)
        if not of_axes or any(column.meaning == "angles" for column in side_by_side):
            continue
        other = side_by_side[0]
        if first.place < other.place < last.place:
            raise PatternFileError(
                f"the column headed {other.name[:60]!r} stands between those headed "
                f"{first.name[:60]!r} and {last.name[:60]!r}, and which belongs to which angles "
                "cannot be told; name the columns as in '2theta A 2theta B', or remove it"
            )
    if first.meaning == "intensity":  # another unit of the same counts is no pattern of its own
        intensities = [column for column in intensities if column.plain == first.plain]
    places = [column.place for column in intensities]
    if len(esds) == len(places) == 1:
        return [(places[0], esds[0])]
    # Of several, each must stand behind its intensity.
    paired = len(places) == 1 or esds == [place + 1 for place in places]
    return [(place, place + 1 if paired and place + 1 in esds else None) for place in places]
