"""A thing to review."""

from __future__ import annotations

from dataclasses import dataclass

from .._listing import Listing


@dataclass(frozen=True)
class Question:
    """What a person is asked to review.

    Parameters
    ----------
    title : str
    explanation : str
    table : Listing or None
        None where there is nothing to list.
    """

    title: str
    explanation: str
    table: Listing | None
