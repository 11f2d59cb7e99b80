"""What the fetch functions of patterns have in common: the Bunch, and the way to the grid."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from .._support._table import Table


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
    return Bunch(
        X=X, y=y, compound=compound, form=form, two_theta=two_theta, frame=frame, **details
    )


def _as_frames(X: Any, y: Any, two_theta: NDArray[np.float64]) -> tuple[Any, Any, Any]:
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "as_frame=True needs pandas: install it with `pip install xrpdsim[plots]`"
        ) from error
    X = pd.DataFrame(X, columns=[f"{angle:.2f}" for angle in two_theta])
    y = pd.DataFrame(y, columns=["compound", "form"])
    return X, y, pd.concat([y, X], axis=1)
