"""How sure a group is, in a word."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from ._shown_screen import ShownScreen

_SURE, _DOUBTFUL = 0.8, 0.6
# Share of a group that may be asked about before the group is.
_MANY = 0.25


def sureness(shown: ShownScreen, group: int) -> str:
    """Return "sure", "check" or "doubtful" for a group.

    A group is doubtful if it may be two forms, if its members are the same form with a mean
    probability below 0.6, or if a reference says that more than a quarter of it is another form. It
    is to be checked if it may be a new form or one with another group, if that probability is below
    0.8, or if more than a quarter of its patterns are asked about.

    Parameters
    ----------
    shown : ShownScreen
    group : int

    Returns
    -------
    {"sure", "check", "doubtful"}
    """
    members = shown.members(group)
    probability = float(np.mean(shown.found.clusterer.probabilities_[list(members)]))
    many = _MANY * len(members)
    if (
        group in shown.found.two_parts
        or probability < _DOUBTFUL
        or _n_asked(shown, members, {"reference"}) > many
    ):
        return "doubtful"
    if (
        probability < _SURE
        or _n_asked(shown, members, {"new form", "near groups"})
        or _n_asked(shown, members, {"mixture", "misfit", "reference"}) > many
    ):
        return "check"
    return "sure"


def _n_asked(shown: ShownScreen, members: Iterable[int], kinds: Collection[str]) -> int:
    """Return how many of some patterns are asked about by questions of some kinds."""
    rows = {row for each in shown.questions if each.kind in kinds for row in each.rows}
    return len(rows.intersection(members))
