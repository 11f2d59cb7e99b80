"""What the fetch functions of patterns have in common: the Bunch, and the way to the grid."""

from __future__ import annotations

import html
import warnings
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from .._support._table import Table


class PatternBunch(Bunch):
    """Patterns and labels; printed, it says what is in it instead of printing all arrays.

    Examples
    --------
    >>> y = np.array([["a", "I"], ["a", "II"]], dtype=object)
    >>> PatternBunch(X=np.zeros((2, 3)), y=y, two_theta=np.array([3.0, 3.02, 3.04]), frame=None)
    2 patterns of 1 compound in 2 forms, 3 points from 3 to 3.04 degrees 2theta
      X          array (2, 3), float64
      y          array (2, 2), object
      two_theta  array (3,), float64
      frame      None
    """

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        lines = [f"  {name:<{width}}  {_in_short(value)}" for name, value in self.items()]
        return "\n".join([self._how_many(), *lines])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"

    def _how_many(self) -> str:
        labels = np.asarray(self["y"], dtype=object)
        known = [tuple(row) for row in labels.tolist() if None not in row]
        compounds = {row[0] for row in labels.tolist() if row[0] is not None}
        grid = self["two_theta"]
        return (
            f"{_counted(len(labels), 'pattern')} of {_counted(len(compounds), 'compound')} in "
            f"{_counted(len(set(known)), 'form')}, {len(grid)} points from {grid[0]:g} to "
            f"{grid[-1]:g} degrees 2theta"
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _in_short(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"array {value.shape}, {value.dtype}"
    if isinstance(value, Table):
        n_rows = len(next(iter(value.values()), []))
        return f"table, {_counted(n_rows, 'row')}: {', '.join(value)}"
    if isinstance(value, str):
        first = next(iter(value.split("\n")), "")
        return first if len(value) <= 60 and first == value else f"text, {len(value)} characters"
    if isinstance(value, dict) and len(value) <= 8 and all(isinstance(k, str) for k in value):
        return f"dict: {', '.join(value)}"
    if hasattr(value, "shape"):
        return f"{type(value).__name__} {value.shape}"
    if isinstance(value, int | float):
        return repr(value)
    size = f", {len(value)} entries" if hasattr(value, "__len__") else ""
    return f"{type(value).__name__}{size}"


def describe(name: str) -> str:
    """Return the description of a data set: what it is, its licence and how to cite it."""
    return files("xrpdsim.datasets").joinpath(f"descr/{name}.rst").read_text(encoding="utf-8")


def as_labels(compound: Sequence[str | None], form: Sequence[str | None]) -> NDArray[np.object_]:
    """Return the two columns compound and form; None where a label is not known."""
    labels = np.empty((len(compound), 2), dtype=object)
    labels[:, 0], labels[:, 1] = list(compound), list(form)
    return labels


def report_skipped(skipped: list[dict[str, str]], source: str) -> Table:
    """Return the records left out and why, with one warning that counts them by reason."""
    if skipped:
        counts = Counter(record["reason"] for record in skipped)
        reasons = ", ".join(f"{reason} ({n})" for reason, n in counts.most_common())
        warnings.warn(
            f"{len(skipped)} records of {source} were left out: {reasons}; `skipped` lists them",
            UserWarning,
            stacklevel=3,
        )
    columns = {name: [record[name] for record in skipped] for name in ("file", "reason", "detail")}
    return Table(columns)


def pattern_bunch(
    X: NDArray[Any],
    y: NDArray[np.object_],
    two_theta: NDArray[np.float64],
    *,
    return_X_y: bool,
    as_frame: bool,
    **details: Any,
) -> Bunch | tuple[Any, Any]:
    """Return patterns and labels as scikit-learn's dataset functions do."""
    compound, form, frame = y[:, 0], y[:, 1], None
    if as_frame:
        X, y, frame = _as_frames(X, y, two_theta)
    if return_X_y:
        return X, y
    return PatternBunch(
        X=X, y=y, compound=compound, form=form, two_theta=two_theta, frame=frame, **details
    )


def _as_frames(X: Any, y: Any, two_theta: NDArray[np.float64]) -> tuple[Any, Any, Any]:
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "as_frame=True needs pandas: install it with `pip install xrpdsim[plots]`"
        ) from error
    # two decimals, or as many more as a finer grid needs
    decimals = next(n for n in range(2, 10) if np.abs(two_theta.round(n) - two_theta).max() < 1e-9)
    X = pd.DataFrame(X, columns=[f"{angle:.{decimals}f}" for angle in two_theta])
    y = pd.DataFrame(y, columns=["compound", "form"])
    return X, y, pd.concat([y, X], axis=1)
