"""What the sections of a page share: a sorted screen and the patterns that stand for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...sorting import SortedScreen
from ...sorting.grouping import representative_sample
from ..layout import prune_tree
from .limits import PageLimits

if TYPE_CHECKING:
    from .questions import Question


class ShownScreen:
    """A sorted screen, and which of its patterns maps and tree show.

    Parameters
    ----------
    found : SortedScreen
    limits : PageLimits
    run : dict of str to object
        What the caller says of how the screen was sorted.
    chosen : collection of int, optional
        Rows of patterns to hold in any case.

    Attributes
    ----------
    questions : sequence of Question
        What is asked; set once the questions are known.
    """

    def __init__(
        self,
        found: SortedScreen,
        limits: PageLimits,
        run: Mapping[str, object],
        chosen: Collection[int] = (),
    ) -> None:
        if not isinstance(found, SortedScreen):
            raise TypeError(
                f"found must be a SortedScreen, as from sort_screen, got {type(found).__name__}"
            )
        self.found = found
        self.limits = limits
        self.run = run
        self.chosen = chosen
        self.questions: Sequence[Question] = ()

    @cached_property
    def name(self) -> str:
        """What the screen is called: as its folder is."""
        folder = self.found.screen.folder
        return Path(folder).resolve().name if folder else "screen"

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Rows of the patterns in the tree, all or as many as a map can show."""
        linked = self.found.clusterer.linked_indices_
        typical = np.array(self.found.typical_rows, dtype=np.intp)
        typical = typical[np.isin(typical, linked)]
        labels = self.found.clusterer.labels_
        return representative_sample(labels, typical, linked, self.limits.mapped_patterns)

    @cached_property
    def probability(self) -> NDArray[np.floating]:
        """Pair probabilities of the rows shown."""
        clusterer = self.found.clusterer
        inside = np.searchsorted(clusterer.mapped_indices_, self.rows)
        probability: NDArray[np.floating] = clusterer.pair_probabilities_[np.ix_(inside, inside)]
        return probability

    @cached_property
    def linkage(self) -> NDArray[np.float64]:
        """What the tree of the screen is to the rows shown, corrections and all."""
        clusterer = self.found.clusterer
        return prune_tree(clusterer.linkage_, np.searchsorted(clusterer.linked_indices_, self.rows))

    @cached_property
    def measured_once(self) -> list[int]:
        """Rows of the patterns that are no copies of others and not set aside as amorphous."""
        clusterer = self.found.clusterer
        aside = (clusterer.labels_ < 0) & clusterer.amorphous_
        return [int(row) for row in np.flatnonzero((clusterer.copy_of_ < 0) & ~aside)]

    @cached_property
    def held(self) -> list[int]:
        """Rows of the patterns that the page holds in full: all, or those that are needed."""
        n_patterns = len(self.found.screen.files)
        if n_patterns <= self.limits.patterns:
            return list(range(n_patterns))
        asked = [row for each in self.questions for row in (each.row, each.other) if row >= 0]
        return sorted({*map(int, self.found.typical_rows), *asked, *self.chosen})

    def members(self, group: int) -> tuple[int, ...]:
        """Return the rows of a group."""
        return tuple(np.flatnonzero(self.found.clusterer.labels_ == group).tolist())

    def another_than(self, row: int, group: int) -> int:
        """Return the typical pattern of a group or, if it is this row, the next best member."""
        typical = int(self.found.typical_rows[group])
        others = [member for member in self.members(group) if member != row]
        if typical != row or not others:
            return typical
        return max(others, key=lambda member: float(self.found.clusterer.probabilities_[member]))

    def reference_of(self, row: int) -> int:
        """Return the number of the reference nearest to a pattern, -1 if there are none."""
        matches = self.found.matches
        return -1 if matches is None else int(matches.nearest[row])

    @cached_property
    def remark(self) -> str:
        """Which patterns are shown, if not all that were sorted; else nothing."""
        clusterer = self.found.clusterer
        n_crystalline = int((~clusterer.amorphous_).sum())
        if len(self.rows) >= n_crystalline:
            return ""
        remark = (
            f"Shown are {len(self.rows)} patterns that stand for all {n_crystalline} crystalline "
            "ones: typical patterns, and of each group a share by its size."
        )
        if len(clusterer.mapped_indices_) < len(clusterer.labels_):
            remark += " Groups were made of all patterns, the tree is of these only."
        return remark
