"""What a model is reported on, once every choice has been made."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._support._csv import read_csv
from ..datasets import load_campaign
from ..patterns.pairs import encode_phases
from ..simulation import Lines, lines_from_cif, simulate_patterns
from .labelled_patterns import LabelledPatterns, together
from .simulated_sets import simulated_campaign
from .training_data import TWO_THETA_MAX

STRUCTURE_PRESETS = ("transmission", "bragg-brentano", "well-plate")
PATTERNS_PER_PRESET = 2
CAMPAIGNS = (100, 101, 102)
"""Simulated campaigns that nothing was chosen on."""


LARGEST_EXPANSION = 0.025
"""Of an axis, between two temperatures."""


def structure_patterns(
    folder: str | os.PathLike[str], split: str, *, elsewhere: bool = False
) -> LabelledPatterns:
    """Simulate patterns of real structures, each as its CIF has it, cold or warm.

    Parameters
    ----------
    folder : path-like
        CIFs and a labels.csv with the columns file, formula, phase and split.
    split : str
    elsewhere : bool, default=False
        Whether half of the patterns of each structure are of another temperature: each principal
        axis of a random frame longer by up to 2.5 %, as far as the symmetry of the crystal goes.

    Returns
    -------
    LabelledPatterns
        Structures of one phase, at any temperature, are one form; one formula is one compound.
        Structures that cannot be read are left out, with a warning.

    Examples
    --------
    >>> from xrpdsim.recipes import structure_patterns
    >>> patterns = structure_patterns("structures")  # doctest: +SKIP
    """
    folder = Path(folder)
    labels = read_csv(folder / "labels.csv", ["file", "formula", "phase", "split"], unique="file")
    rows = [row for row in labels.rows if row["split"] == split]
    patterns, formulas, phases = [], [], []
    for number, row in enumerate(rows):
        try:
            lines = lines_from_cif(folder / row["file"], two_theta_max=TWO_THETA_MAX)
        except ValueError as error:
            warnings.warn(f"left out: {error}", UserWarning, stacklevel=2)
            continue
        warm = _expanded(lines, number) if elsewhere else lines
        for preset in STRUCTURE_PRESETS:
            half = PATTERNS_PER_PRESET // 2
            patterns += (
                [
                    simulate_patterns(crystal, half, preset=preset, random_state=seed)
                    for crystal, seed in ((lines, number), (warm, number + 100_000))
                ]
                if elsewhere
                else [
                    simulate_patterns(
                        lines, PATTERNS_PER_PRESET, preset=preset, random_state=number
                    )
                ]
            )
            formulas += [row["formula"]] * PATTERNS_PER_PRESET
            phases += [int(row["phase"])] * PATTERNS_PER_PRESET
    _, compound = np.unique(formulas, return_inverse=True)
    return LabelledPatterns(np.concatenate(patterns).astype(np.float32), compound, np.array(phases))


def _expanded(lines: Lines, seed: int) -> Lines:
    rng = np.random.RandomState(seed)
    frame, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    expansion = frame @ np.diag(rng.uniform(0.0, LARGEST_EXPANSION, 3)) @ frame.T
    return lines.strained(lines.symmetric_strain(expansion))


def measured_patterns(folder: str | os.PathLike[str]) -> LabelledPatterns:
    """Read measured patterns with a labels.csv, see `load_campaign`."""
    campaign: Any = load_campaign(folder)
    phase, compound = encode_phases(campaign.y)
    if compound is None:
        raise ValueError(f"{folder}: no compounds in labels.csv")
    return LabelledPatterns(campaign.X.astype(np.float32), compound, phase)


def check_report_sets(data: str | os.PathLike[str], split: str) -> None:
    """Refuse a folder that lacks what `evaluation_sets` reads, and a split that there is not.

    Raises
    ------
    FileNotFoundError
        If a folder is missing, or its labels.csv.
    ValueError
        If no structure is of the split.
    """
    data = Path(data)
    for name in ("structures", *(("minerals", "organics") if split == "report" else ())):
        if not (data / name / "labels.csv").is_file():
            raise FileNotFoundError(
                f"there is no {data / name / 'labels.csv'}; give a folder that holds structures, "
                "minerals and organics, each with its labels.csv"
            )
    labels = read_csv(data / "structures" / "labels.csv", ["split"])
    splits = sorted({row["split"] for row in labels.rows})
    if split not in splits:
        raise ValueError(
            f"no structure in {data / 'structures'} is of the split {split!r}; choose one of "
            f"{', '.join(splits)}"
        )


def evaluation_sets(
    data: str | os.PathLike[str], split: str = "report"
) -> Iterator[tuple[str, str, LabelledPatterns]]:
    """Yield the sets that a model is reported on, with their names and their kind of crystals.

    Parameters
    ----------
    data : path-like
        Folder with `structures`, `minerals` and `organics`.
    split : str
        Of the structures; with "report" there are measured patterns, too.

    Raises
    ------
    FileNotFoundError, ValueError
        As `check_report_sets`, before anything is simulated.

    Examples
    --------
    >>> from xrpdsim.recipes import evaluation_sets
    >>> [name for name, crystals, patterns in evaluation_sets("data", "report")]  # doctest: +SKIP
    """
    check_report_sets(data, split)
    campaigns = [simulated_campaign(number) for number in CAMPAIGNS]
    yield "simulated campaigns", "organic", together(campaigns)
    data = Path(data)
    yield f"structures, {split}", "organic", structure_patterns(data / "structures", split)
    if split == "report":
        yield "minerals", "mineral", measured_patterns(data / "minerals")
        yield "organics", "organic", measured_patterns(data / "organics")
