"""A trained second look as values: its network, its band and its grid."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .band import Band


@dataclass(frozen=True, eq=False)
class TrainedSecondLook:
    """What a second look has learnt, for one first look.

    `SecondLook.fit` makes one, and the shipped similarity "organic-2" has one.
    `xrpdsim.PairwisePhaseClassifier` takes it as its parameter `second_look`. It belongs to the
    first look that it was trained with: the band, and the log odds below it, are of that one's
    scores.

    Parameters
    ----------
    network : PairNet
        Ready for prediction.
    band : Band
    two_theta : ndarray of shape (n_points,)
        Grid of the patterns in degrees 2theta.

    See Also
    --------
    SecondLook : The estimator that is trained on labelled patterns.

    Examples
    --------
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> classifier = PairwisePhaseClassifier.from_pretrained("organic-2")
    >>> classifier.second_look
    TrainedSecondLook(1950 points from 3 to 41.98 degrees 2theta)
    """

    network: Any
    band: Band
    two_theta: NDArray[np.float64] = field(repr=False)

    def __repr__(self) -> str:
        grid = self.two_theta
        points = f"{len(grid)} points from {grid[0]:g} to {grid[-1]:g} degrees 2theta"
        return f"{type(self).__name__}({points})"

    def stems(self, X: NDArray[np.floating]) -> Any:
        """Return what is computed once a pattern, as a torch tensor.

        Parameters
        ----------
        X : ndarray of shape (n_patterns, n_points)
            NaN where not measured.

        Returns
        -------
        Tensor of shape (n_patterns, n_positions, n_features)
        """
        from ._pair_training import stems_of

        return stems_of(self.network, X)

    def log_odds(
        self,
        a: Any,
        b: Any,
        i: NDArray[np.intp],
        j: NDArray[np.intp],
        score: NDArray[np.floating],
    ) -> NDArray[np.float64]:
        """Return the log odds of pairs by the second look alone, before they are mixed.

        Parameters
        ----------
        a, b : Tensor
            Stems of two sets of patterns.
        i, j : ndarray of shape (n_pairs,), int
            Rows of `a` and of `b`.
        score : ndarray of shape (n_pairs,)
            Of the first look.

        Returns
        -------
        ndarray of shape (n_pairs,)
        """
        from ._pair_training import second_scores

        return second_scores(self.network, a, b, i, j, score)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file of weights and values; nothing in it is code.

        Parameters
        ----------
        path : path-like
            Ending in ".safetensors" by custom. An existing file is replaced.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from xrpdsim import PairwisePhaseClassifier
        >>> trained = PairwisePhaseClassifier.from_pretrained("organic-2").second_look
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "second_look.safetensors"
        >>> trained.save(path)
        >>> TrainedSecondLook.load(path).band == trained.band
        True
        """
        from ._second_look_file import SecondLookParts, write_second_look

        write_second_look(path, SecondLookParts(self.network, self.band, self.two_theta))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file that `save`, or `SecondLook.save`, wrote; nothing in it is executed.

        Parameters
        ----------
        path : path-like

        Returns
        -------
        TrainedSecondLook

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is another one, was damaged or changed, or its weights do not fit.
        """
        from ._second_look_file import read_second_look

        return cls(*read_second_look(path)[0])

    def to_onnx(self, path: str | os.PathLike[str]) -> None:
        """Write it as an ONNX model, for programs without Python or torch.

        The model has the inputs ``first`` and ``second``, float32 of shape (n_pairs, n_points), the
        patterns of each pair with NaN where not measured, and ``score``, float32 of shape
        (n_pairs,), of the first look. Its output ``log_odds`` are those by both looks, as
        `decision_function` returns them. Its metadata name the grid.

        Parameters
        ----------
        path : path-like
            Ending in ".onnx" by custom. An existing file is replaced.

        Raises
        ------
        ImportError
            If onnx or onnxscript is not installed (extra ``onnx``).
        """
        from ._pair_onnx import export_pairs

        export_pairs(path, self.network, self.band, self.two_theta)
