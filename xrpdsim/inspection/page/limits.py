"""How much a page holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageLimits:
    """How much a page shows, so that a browser opens the page of a large screen at once.

    Parameters
    ----------
    table_rows : int, default=2000
        Rows of a table; forms.csv has all.
    mapped_patterns : int, default=1000
        Patterns in the similarity map, its tree and the map of the screen.
    groups : int, default=60
        Groups whose patterns are drawn, the largest.
    curves : int, default=600
        Patterns drawn in all.
    curves_a_group : int, default=40
        Patterns drawn of each group, and of those in no group.
    plates : int, default=40
        Plates drawn.
    close_pairs : int, default=10
        Pairs listed for review across groups, and as many within.
    """

    table_rows: int = 2000
    mapped_patterns: int = 1000
    groups: int = 60
    curves: int = 600
    curves_a_group: int = 40
    plates: int = 40
    close_pairs: int = 10
