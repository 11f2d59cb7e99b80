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
    patterns : int, default=500
        Patterns up to which the page holds all. Of larger screens it holds typical patterns, those
        that questions need, and those that were asked for.
    plates : int, default=40
        Plates drawn.
    questions : int, default=100
        Questions asked, the most consequential.

    Examples
    --------
    >>> from xrpdsim.inspection import PageLimits
    >>> PageLimits(questions=20).questions
    20
    """

    table_rows: int = 2000
    mapped_patterns: int = 1000
    patterns: int = 500
    plates: int = 40
    questions: int = 100
