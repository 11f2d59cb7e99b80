"""A question to the person who reads the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """Whether some patterns are the form of another pattern, or of a reference.

    Parameters
    ----------
    kind : str
        What gave rise to it.
    text : str
        What is asked.
    reason : str
        Why it is asked.
    row : int
        The pattern that stands for them.
    rows : tuple of int
        All patterns that the answers "same" and "different" are about, `row` among them.
    other : int
        The row of the pattern to compare with; -1 where that is a reference.
    reference : int
        Number of the reference to show; -1 for none.
    form : str
        The form that the answer "same" gives the patterns, where they are compared with a
        reference; else empty.
    chance : float
        Probability that the answer changes something.
    """

    kind: str
    text: str
    reason: str
    row: int
    rows: tuple[int, ...]
    other: int = -1
    reference: int = -1
    form: str = ""
    chance: float = 0.5

    @property
    def weight(self) -> float:
        """How many patterns the answer is expected to change."""
        return self.chance * len(self.rows)
