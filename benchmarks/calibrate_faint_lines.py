"""Find from where on lines of a group count as found in a pattern that looks amorphous.

    python benchmarks/calibrate_faint_lines.py [--screens 150]

Prints, for values of the bounds in xrpdsim/sorting/grouping/faint_lines.py, how many patterns that
look amorphous are put into the group of their form, into that of another, and likewise where their
own form has no group; and how many amorphous samples are put into any. The screens are those of
simulated_screens.py, with artefacts up to twice as strong; none of them is reported on.
"""

from __future__ import annotations

import argparse
import warnings
from itertools import product
from typing import NamedTuple

import numpy as np
from calibrate_sorting import is_pure
from numpy.typing import NDArray
from simulated_screens import simulate_screen

from xrpdsim._support._table import Table
from xrpdsim.patterns import default_two_theta
from xrpdsim.sorting import flag_patterns
from xrpdsim.sorting.grouping.faint_lines import Bounds, GroupLines, clearest

FIRST_TUNING_SEED = 41_000
BOUNDS = [Bounds(*each) for each in product((5.0, 6.0, 8.0), (0.0, 1.0, 1.5, 2.0), (1.0, 1.2, 1.5))]


class Searched(NamedTuple):
    """Patterns that look amorphous, and how far the lines of each form stand out of them.

    `own` is the column of the form of each, -1 for amorphous samples.
    """

    near: NDArray[np.float64]
    wrong: NDArray[np.float64]
    own: NDArray[np.intp]


def search_screen(seed: int) -> Searched | None:
    """Search for the forms of a screen in its patterns that look amorphous."""
    screen = simulate_screen(seed, n_max=500, most_forms=7, strongest=2.0)
    faint = flag_patterns(screen.X).amorphous
    pure = is_pure(screen.form)
    members = np.flatnonzero(pure & ~faint)
    forms, groups = np.unique(screen.form[members], return_inverse=True)
    lines = GroupLines(screen.X[members], groups, default_two_theta())
    searched = np.flatnonzero(faint & (pure | (screen.form == "amorphous")))
    if not len(lines.groups) or not len(searched):
        return None
    is_own = screen.form[searched, None] == forms[lines.groups]
    known = is_own.any(axis=1) | (screen.form[searched] == "amorphous")
    own = np.where(is_own.any(axis=1), is_own.argmax(axis=1), -1)
    return Searched(*lines.deviations(screen.X[searched[known]]), own[known])


def without_own(screen: Searched) -> Searched | None:
    """Return what is found where the form of each pattern has no group."""
    rows = np.flatnonzero(screen.own >= 0)
    if screen.near.shape[1] < 2 or not len(rows):
        return None
    near, wrong = (values[rows].copy() for values in (screen.near, screen.wrong))
    near[np.arange(len(rows)), screen.own[rows]] = -np.inf
    return Searched(near, wrong, screen.own[rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screens", type=int, default=150)
    n_screens = parser.parse_args().screens
    warnings.simplefilter("ignore")
    screens = [s for k in range(n_screens) if (s := search_screen(FIRST_TUNING_SEED + k))]
    unseen = [s for s in map(without_own, screens) if s]
    own = np.concatenate([s.own for s in screens])
    rows = []
    for bounds in BOUNDS:
        found = np.concatenate([clearest(s.near, s.wrong, bounds) for s in screens])
        alone = np.concatenate([clearest(s.near, s.wrong, bounds) for s in unseen])
        crystalline = own >= 0
        rows.append(
            {
                **{name.replace("_", " "): value for name, value in bounds._asdict().items()},
                "right": f"{(found == own)[crystalline].mean():.3f}",
                "another group": f"{((found >= 0) & (found != own))[crystalline].mean():.3f}",
                "another, own form unseen": f"{(alone >= 0).mean():.3f}",
                "amorphous in a group": f"{(found >= 0)[~crystalline].mean():.3f}",
            }
        )
    print(
        f"{len(screens)} screens; looking amorphous: {(own >= 0).sum()} patterns of a form, "
        f"{(own < 0).sum()} amorphous samples\n\n{Table.from_rows(rows).to_markdown()}"
    )


if __name__ == "__main__":
    main()
