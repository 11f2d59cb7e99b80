"""Pairs of patterns: which belong to one phase, and in which order pairs come."""

from __future__ import annotations

import unicodedata
import warnings
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

ONLY_IN_SPELLING = "only in case or blanks, or in how accents are stored"
"""How labels differ that have one `spelling`, to say so in messages."""


def encode_phases(
    y: Any, groups: ArrayLike | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp] | None]:
    """Turn labels into phase numbers, and compound numbers where compounds are known.

    Parameters
    ----------
    y : array-like of shape (n_patterns,) or (n_patterns, 2)
        One label a pattern, where the same label always means the same form of the same compound;
        or the two columns compound and form (an array or a DataFrame).
    groups : array-like of shape (n_patterns,), optional
        The compound of each pattern. It takes precedence over the compound column of `y`.

    Returns
    -------
    phases : ndarray of shape (n_patterns,), intp
        Two patterns with the same number are the same form of the same compound.
    compounds : ndarray of shape (n_patterns,), intp, or None
        None where neither `groups` nor a compound column is there.

    Raises
    ------
    ValueError
        If a label is missing, lengths differ, or one form lies in two groups: "Form I" of one
        compound is not "Form I" of another.

    Examples
    --------
    >>> y = [["aspirin", "I"], ["aspirin", "II"], ["caffeine", "I"], ["caffeine", "I"]]
    >>> encode_phases(y)
    (array([0, 1, 2, 2]), array([0, 0, 1, 1]))
    >>> encode_phases(["a", "b", "a"])
    (array([0, 1, 0]), None)
    """
    labels = as_labels(y)
    refuse_missing_labels(labels, "y")
    two_columns = labels.ndim == 2

    compounds = None
    if groups is not None:
        group_labels = _as_array(groups)
        if group_labels.shape != (len(labels),):
            raise ValueError(
                f"groups has shape {group_labels.shape}, expected ({len(labels)},): one compound "
                "a pattern"
            )
        refuse_missing_labels(group_labels, "groups")
        compounds = _encode(group_labels)
    elif two_columns:
        compounds = _encode(labels[:, 0])

    if two_columns:
        columns = np.column_stack([_encode(labels[:, 0]), _encode(labels[:, 1])])
        phases = np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1)
    else:
        phases = _encode(labels)

    if compounds is not None:
        _refuse_form_in_two_groups(phases, compounds, labels)
    return phases.astype(np.intp), compounds


def as_labels(y: Any) -> NDArray[Any]:
    """Return labels as an array of shape (n_patterns,), or (n_patterns, 2) of compound and form.

    Raises
    ------
    ValueError
        If `y` has another shape.
    """
    labels = _as_array(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim not in (1, 2) or (labels.ndim == 2 and labels.shape[1] != 2):
        raise ValueError(
            f"y has shape {labels.shape}; it must be (n_patterns,) labels, or (n_patterns, 2) with "
            "the columns compound and form"
        )
    return labels


def missing_labels(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where labels are None, NaN, NaT or pandas' NA.

    Examples
    --------
    >>> missing_labels(np.array(["I", None, float("nan")], dtype=object))
    array([False,  True,  True])
    """
    if labels.dtype.kind == "f":
        return np.isnan(labels)
    if labels.dtype != object:
        return np.zeros(labels.shape, dtype=bool)
    return np.frompyfunc(_is_missing, 1, 1)(labels).astype(bool)


def _is_missing(label: Any) -> bool:
    # pandas' NA answers no comparison; it is known by its name, as pandas need not be there
    return label is None or type(label).__name__ == "NAType" or bool(label != label)


def _as_array(values: Any) -> NDArray[Any]:
    # NumPy turns numbers beside strings into strings, NaN into "nan" and None into "None"
    array = np.asarray(values)
    if array.dtype.kind in "biuf" or (array.dtype.kind in "US" and isinstance(values, np.ndarray)):
        return array
    objects = np.asarray(values, dtype=object)
    only_strings = all(isinstance(value, str | bytes) for value in objects.reshape(-1))
    return array if array.dtype.kind in "US" and only_strings else objects


def _encode(labels: NDArray[Any]) -> NDArray[np.intp]:
    try:
        codes = np.unique(labels, return_inverse=True)[1]
    except TypeError:  # numbers and strings have no order: as they are written, 1 before "1"
        different = set(labels.tolist())
        ordered = sorted(different, key=lambda label: (str(label), isinstance(label, str)))
        number = {label: code for code, label in enumerate(ordered)}
        codes = np.array([number[label] for label in labels.tolist()])
    return codes.reshape(-1).astype(np.intp)


def as_forms(y: Any, name: str) -> NDArray[Any]:
    """Return the forms of references as an array that scikit-learn takes for classes.

    Parameters
    ----------
    y : array-like of shape (n_references,)
    name : str
        Of the argument, for messages.

    Returns
    -------
    ndarray
        Of text, or of numbers; of the shape that `y` has.

    Raises
    ------
    ValueError
        If a form is missing, or some are text and some numbers.
    """
    refuse_missing_labels(as_labels(y), name)
    forms = _as_array(y)
    if forms.dtype != object:
        return forms
    texts = [isinstance(form, str) for form in forms.reshape(-1)]
    if any(texts) and not all(texts):
        row, other = texts.index(True), texts.index(False)
        raise ValueError(
            f"{name} has text and numbers for forms, {forms.flat[row]!r} in row {row} and "
            f"{forms.flat[other]!r} in row {other}; write all as text, or all as numbers"
        )
    return forms if all(texts) else np.asarray(forms.tolist())


def refuse_missing_labels(labels: NDArray[Any], name: str) -> None:
    """Refuse labels that are missing or blank, and warn of those that differ in case or blanks.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,) or (n_patterns, 2)
        As `as_labels` returns them: a list with NaN among names would have become "nan".
    name : str
        Of the argument, for the message.

    Raises
    ------
    ValueError
        Naming the first such row.
    """
    # Few labels differ: rows are searched only where one of these is refused.
    different = dict.fromkeys(labels.reshape(-1).tolist())
    if any(map(_is_missing, different)):
        row = int(np.argwhere(missing_labels(labels))[0][0])
        raise ValueError(f"{name} has no label in row {row}; every pattern needs one")
    if any(map(_is_blank, different)):
        row = int(np.argwhere(np.frompyfunc(_is_blank, 1, 1)(labels))[0][0])
        raise ValueError(
            f"{name} has an empty label in row {row}. Patterns without a label would count as one "
            "form: give each its own label, or leave it out"
        )
    _warn_of_spellings(labels, name)


def _is_blank(label: Any) -> bool:
    return isinstance(label, str | bytes) and not label.strip()


def _warn_of_spellings(labels: NDArray[Any], name: str) -> None:
    """Warn of labels that differ in nothing but their spelling."""
    if labels.dtype.kind not in "OU":
        return
    different = dict.fromkeys(map(tuple, labels.reshape(len(labels), -1).tolist()))
    spellings: dict[tuple[Any, ...], list[str]] = {}
    for label in different:
        key = tuple(spelling(str(part)) for part in label)
        spellings.setdefault(key, []).append(", ".join(map(repr, label)))
    doubtful = [" / ".join(written) for written in spellings.values() if len(written) > 1]
    if doubtful:
        listed = "; ".join(doubtful[:5]) + ("; ..." if len(doubtful) > 5 else "")
        warnings.warn(
            f"{name} has labels that differ {ONLY_IN_SPELLING}, or as number and text: {listed}. "
            "They count as different; write them alike if they are the same",
            UserWarning,
            stacklevel=3,
        )


def spelling(label: str) -> str:
    """Return what labels have in common that are written differently by mistake only.

    It has no capitals and blanks, and letters and their accents are composed.

    Examples
    --------
    >>> spelling("Form II") == spelling("form  ii"), spelling("Form I") == spelling("Form II")
    (True, False)
    """
    # macOS stores the accents of names beside their letters, keyboards write both as one
    return "".join(unicodedata.normalize("NFC", label).split()).casefold()


def _refuse_form_in_two_groups(
    phases: NDArray[np.intp], compounds: NDArray[np.intp], labels: NDArray[Any]
) -> None:
    combinations = np.unique(np.column_stack([phases, compounds]), axis=0)
    repeated = np.flatnonzero(np.diff(combinations[:, 0]) == 0)
    if repeated.size:
        row = int(np.flatnonzero(phases == combinations[repeated[0], 0])[0])
        label = ", ".join(map(str, np.atleast_1d(labels[row])))
        raise ValueError(
            f"the form '{label}' occurs in more than one group. A form belongs to one compound: "
            "give y as two columns, compound and form, or labels that are unique over all compounds"
        )


def n_condensed(n_patterns: int) -> int:
    """Return the number of pairs i < j among `n_patterns`.

    Examples
    --------
    >>> n_condensed(4)
    6
    """
    return n_patterns * (n_patterns - 1) // 2


def condensed_pairs(n_patterns: int) -> NDArray[np.intp]:
    """Return all pairs i < j in SciPy's condensed order.

    Parameters
    ----------
    n_patterns : int

    Returns
    -------
    ndarray of shape (n_patterns * (n_patterns - 1) / 2, 2)

    Examples
    --------
    >>> condensed_pairs(3)
    array([[0, 1],
           [0, 2],
           [1, 2]])
    """
    return np.column_stack(np.triu_indices(n_patterns, k=1))


def same_phase(phases: ArrayLike, pairs: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Return for each pair whether both patterns are of one phase.

    Parameters
    ----------
    phases : array-like of shape (n_patterns,)
        As from `encode_phases`.
    pairs : array-like of shape (n_pairs, 2), optional
        Row numbers; by default all i < j in condensed order.

    Returns
    -------
    ndarray of shape (n_pairs,), bool

    Examples
    --------
    >>> same_phase([0, 0, 1])
    array([ True, False, False])
    """
    phases = np.asarray(phases)
    if pairs is not None:
        first, second = check_pairs(pairs, len(phases)).T
        return phases[first] == phases[second]
    same = np.empty(n_condensed(len(phases)), dtype=bool)
    end = 0
    for row in range(len(phases) - 1):
        start, end = end, end + len(phases) - 1 - row
        same[start:end] = phases[row + 1 :] == phases[row]
    return same


def refuse_one_kind(phases: NDArray[np.intp]) -> None:
    """Raise ValueError unless there are pairs of one phase and pairs of two.

    Parameters
    ----------
    phases : ndarray of shape (n_patterns,)
        As from `encode_phases`.

    Examples
    --------
    >>> refuse_one_kind(np.array([0, 0]))
    Traceback (most recent call last):
    ...
    ValueError: all 2 labelled patterns are one form (1 class): there are no pairs of different...
    """
    n_phases = len(np.unique(phases))
    if n_phases == 1:
        raise ValueError(
            f"all {len(phases)} labelled patterns are one form (1 class): there are no pairs "
            "of different forms to learn a threshold from. Give patterns of more forms, or fit "
            "without y and call set_threshold"
        )
    if n_phases == len(phases):
        raise ValueError(
            f"all {len(phases)} labelled patterns are different forms: there are no pairs of "
            "one form to learn a threshold from. Give several patterns of some forms, or fit "
            "without y and call set_threshold"
        )


def check_n_pairs(n: Any) -> int:
    """Return a number of pairs that is asked for, checked.

    Raises
    ------
    ValueError
        If it is not a whole number from 1 on.

    Examples
    --------
    >>> check_n_pairs(10)
    10
    """
    if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
        raise ValueError(f"n={n!r} must be a whole number of pairs, 1 or more")
    return int(n)


def check_pairs(pairs: ArrayLike, n_patterns: int) -> NDArray[np.intp]:
    """Return `pairs` as an integer array, checked against the number of patterns.

    Parameters
    ----------
    pairs : array-like of shape (n_pairs, 2)
        Row numbers into X, from 0; an empty list is no pairs.
    n_patterns : int

    Returns
    -------
    ndarray of shape (n_pairs, 2), intp

    Raises
    ------
    ValueError
        If the shape, the type or a row number is wrong.

    Examples
    --------
    >>> check_pairs([[0, 2]], 3)
    array([[0, 2]])
    """
    array = np.asarray(pairs)
    if array.shape == (0,):
        array = array.reshape(0, 2)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"pairs has shape {array.shape}, expected (n_pairs, 2) row numbers into X")
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"pairs must be integer row numbers into X, got dtype {array.dtype}")
    outside = (array < 0) | (array >= n_patterns)
    if outside.any():
        row = int(np.argwhere(outside)[0][0])
        raise ValueError(
            f"pair {row} is {array[row].tolist()}, but X has rows 0 to {n_patterns - 1}"
        )
    return array.astype(np.intp)
