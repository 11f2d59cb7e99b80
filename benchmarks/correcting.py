"""How far ten answers bring screens that are sorted badly.

    python benchmarks/correcting.py [--screens 60] [--first 60000]

Screens as in `compare_sorting.py --hard`. Those whose adjusted Rand index is below 0.95 are asked
about: `FormClusterer.suggest_pairs` names a pair, the truth answers whether it is one form, or that
a pattern is a mixture or amorphous, and the screen is sorted again, ten times. Prints the index
after each answer, and its mean with an interval by resampling screens.
"""

from __future__ import annotations

import argparse
import warnings

from calibrate_sorting import interval, is_pure
from compare_sorting import FIRST_HARD_SEED, rand_index
from simulated_screens import SimulatedScreen, simulate_screen

from xrpdsim.sorting import FormClusterer

N_ANSWERS = 10
WELL_SORTED = 0.95


def indices_after_answers(screen: SimulatedScreen) -> list[float]:
    """Return the index before, and after each answer; of one that is sorted well only before."""
    pure = is_pure(screen.form)
    same: list[tuple[int, int]] = []
    different: list[tuple[int, int]] = []
    aside: list[int] = []
    found: list[float] = []
    while True:
        clusterer = FormClusterer().fit(
            screen.X, same=same or None, different=different or None, set_aside=aside or None
        )
        found.append(rand_index(screen.form, clusterer.labels_))
        if found[0] >= WELL_SORTED or len(found) > N_ANSWERS:
            return found
        pairs = clusterer.suggest_pairs(screen.X, 1)
        if not len(pairs):
            return found + found[-1:] * (N_ANSWERS + 1 - len(found))
        first, second = (int(row) for row in pairs[0])
        marked = [row for row in (first, second) if not pure[row]][:1]
        if marked:
            aside += marked
            same = [pair for pair in same if marked[0] not in pair]
            different = [pair for pair in different if marked[0] not in pair]
        elif screen.form[first] == screen.form[second]:
            same.append((first, second))
        else:
            different.append((first, second))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=60)
    parser.add_argument("--first", type=int, default=FIRST_HARD_SEED)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    before, bad = [], []
    for seed in range(options.first, options.first + options.screens):
        screen = simulate_screen(seed, n_max=500, most_forms=7, strongest=2.0)
        found = indices_after_answers(screen)
        before.append(found[0])
        if found[0] < WELL_SORTED:
            bad.append(found)
            print(
                seed, screen.preset, screen.kind, [round(index, 3) for index in found], flush=True
            )
    print(f"all {len(before)} screens, without answers: {interval(before)}")
    print(f"{len(bad)} of them below {WELL_SORTED}, by the number of answers:")
    for n in range(N_ANSWERS + 1):
        print(f"{n}: {interval([found[n] for found in bad])}")


if __name__ == "__main__":
    main()
