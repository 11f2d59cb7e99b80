"""Names of groups: what a person says, else the references, else numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .corrections import is_automatic


def forms_of_groups(
    labels: NDArray[np.intp],
    n_groups: int,
    named_rows: Mapping[int, str],
    probabilities: NDArray[np.float64] | None = None,
    forms: Sequence[str] = (),
) -> list[str | None]:
    """Return the known form of each group, None where there is none.

    A form that a person gave members takes precedence, the one given most often. Else it is the
    form that, in the mean over the members, is more likely than not.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    n_groups : int
    named_rows : mapping of int to str
        Forms that a person gave patterns.
    probabilities : ndarray of shape (n_patterns, n_forms + 1), optional
        Of the forms that references show, and of none.
    forms : sequence of str
        These forms.

    Returns
    -------
    list of str or None
    """
    found: list[str | None] = []
    for group in range(n_groups):
        given = Counter(name for row, name in named_rows.items() if labels[row] == group)
        form = given.most_common(1)[0][0] if given else None
        if form is None and probabilities is not None:
            mean: NDArray[Any] = probabilities[labels == group].mean(axis=0)
            if mean.argmax() < len(forms) and mean.max() > 0.5:
                form = forms[int(mean.argmax())]
        found.append(form)
    return found


def numbers_of_groups(labels: NDArray[np.intp], confirmed: Mapping[int, str]) -> dict[int, str]:
    """Return the names such as "group 3" that a person confirmed, by group.

    Parameters
    ----------
    labels : ndarray of shape (n_patterns,)
    confirmed : mapping of int to str
        Names by row.

    Returns
    -------
    dict of int to str
    """
    return {int(labels[row]): name for row, name in confirmed.items() if is_automatic(name)}


def names_of_groups(
    forms: Sequence[str | None],
    taken: Collection[str],
    kept: Mapping[int, str] | None = None,
    retired: Collection[str] = (),
) -> list[str]:
    """Return a name of its own for each group.

    Parameters
    ----------
    forms : sequence of str or None
        By group.
    taken : collection of str
        Names that mean something else.
    kept : mapping of int to str, optional
        By group: the name that it had, which it keeps if it was only numbered and has no form. A
        name that two groups had stays with the last, as the confirmed ones come last.
    retired : collection of str
        Names that no other group gets.

    Returns
    -------
    list of str

    Examples
    --------
    >>> names_of_groups(["I", None, "I", "none"], {"none"})
    ['I (1)', 'group 2', 'I (2)', 'none (1)']
    >>> names_of_groups([None, None, None], {"none"}, {2: "group 1"})
    ['group 2', 'group 3', 'group 1']
    """
    wanted = _with_numbers(forms, kept or {}, retired)
    repeated = Counter(wanted)
    used = {*wanted, *taken}
    names = []
    for name in wanted:
        if repeated[name] > 1 or name in taken:
            number = 1
            while f"{name} ({number})" in used:
                number += 1
            name = f"{name} ({number})"
            used.add(name)
        names.append(name)
    return names


def _with_numbers(
    forms: Sequence[str | None], kept: Mapping[int, str], retired: Collection[str]
) -> list[str]:
    """Return names in which groups of no form are numbered, by their size where they can be."""
    owner = {name: group for group, name in kept.items() if is_automatic(name)}
    number_of = {group: name for name, group in owner.items()}
    found = [number_of.get(group) if form is None else form for group, form in enumerate(forms)]
    used = {*owner, *retired}
    for group, name in enumerate(found):
        if name is None:
            number = group + 1
            while f"group {number}" in used:
                number += 1
            found[group] = f"group {number}"
            used.add(f"group {number}")
    return [name for name in found if name is not None]
