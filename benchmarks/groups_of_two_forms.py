"""How often a group of two forms is noticed, and a group of one form taken for two.

    python benchmarks/groups_of_two_forms.py [--screens 300] [--tune]

Screens of one compound in one to three unrelated forms; a third of them with a polytype of the
first form besides, a third with a near relative of it, a third with neither; 8 % of the patterns
are mixtures of two forms and 6 % amorphous. Each is sorted as `xrpdsim sort` does. A group is pure
if all of its pure patterns are of one form, merged if at least three are of a second. With --tune
other screens are sorted, and the separation that takes 2 % of pure groups for two is printed.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from typing import NamedTuple

import numpy as np
from calibrate_sorting import PRESETS, interval
from numpy.typing import NDArray
from simulated_screens import KINDS, simulate_screen

from xrpdsim._support._table import Table
from xrpdsim.patterns import default_two_theta
from xrpdsim.sorting import Screen, SortedScreen, find_two_parts, sort_screen

FIRST_SEED = 30_000
FIRST_TUNING_SEED = 0
# Members of a group from which it can be found to be two, and of a second form in a merged one.
FEWEST, SECOND = 6, 3


class Group(NamedTuple):
    """A group that was found: what it is, and what was said of it."""

    screen: int
    kind: str
    preset: str
    merged: bool
    separation: float
    reported: bool
    right: bool


def groups_of(seed: int, tune: bool) -> list[Group]:
    """Sort a screen and compare its groups with the truth; doubtful groups are left out."""
    screen = simulate_screen(seed)
    files = [f"{row}.xy" for row in range(len(screen.form))]
    found = sort_screen(Screen(screen.X, default_two_theta(), files))
    groups = []
    for label in range(len(found.group_names)):
        members = np.flatnonzero(found.clusterer.labels_ == label)
        pure = members[np.char.isnumeric(screen.form[members])]
        counts = [n for _, n in Counter(screen.form[pure].tolist()).most_common()]
        second = counts[1] if len(counts) > 1 else 0
        if len(pure) < FEWEST or 0 < second < SECOND:
            continue
        parts = found.two_parts.get(label)
        separation = 0.0 if parts is None else parts.separation
        if tune:
            rows = not_mixed(found, members)
            best = find_two_parts(screen.X[rows], min_separation=0)
            separation = 0.0 if best is None else best.separation
        right = parts is not None and agreement(screen.form, parts.rows) >= 0.95
        groups.append(
            Group(
                seed, screen.kind, screen.preset, second > 0, separation, parts is not None, right
            )
        )
    return groups


def not_mixed(found: SortedScreen, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return rows without likely mixtures."""
    return np.array([row for row in rows if not found.mixture_of(int(row))], dtype=np.intp)


def agreement(form: NDArray[np.str_], rows: tuple[NDArray[np.intp], NDArray[np.intp]]) -> float:
    """Return the share of pure patterns that lie in the part where most of their form lie."""
    inside = np.repeat([0, 1], [len(part) for part in rows])
    forms = form[np.concatenate(rows)]
    pure = np.char.isnumeric(forms)
    inside, forms = inside[pure], forms[pure]
    if len(np.unique(inside)) < 2:
        return 0.0
    return sum(Counter(forms[inside == part].tolist()).most_common(1)[0][1] for part in (0, 1)) / (
        len(forms)
    )


def share_of(groups: list[Group], values: list[bool]) -> str:
    """Return a share with its interval, by resampling screens."""
    by_screen: dict[int, list[bool]] = {}
    for group, value in zip(groups, values, strict=True):
        by_screen.setdefault(group.screen, []).append(value)
    if not by_screen:
        return ""
    total = sum(map(len, by_screen.values()))
    weighted = [len(by_screen) * sum(each) / total for each in by_screen.values()]
    return f"{interval(weighted)} of {total}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=300)
    parser.add_argument("--tune", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    first = FIRST_TUNING_SEED if options.tune else FIRST_SEED
    groups = [
        group
        for seed in range(first, first + options.screens)
        for group in groups_of(seed, options.tune)
    ]
    if options.tune:
        pure = [group.separation for group in groups if not group.merged]
        merged = np.array([group.separation for group in groups if group.merged])
        for share in (0.01, 0.02, 0.05):
            least = float(np.quantile(pure, 1 - share))
            missed = (merged < least).mean()
            print(f"separation {least:.1f}: pure groups {share:.0%}, merged missed {missed:.3f}")
        return
    rows = []
    for kind in ("all", *KINDS, *sorted(set(PRESETS))):
        chosen = [group for group in groups if kind in ("all", group.kind, group.preset)]
        pure_ = [group for group in chosen if not group.merged]
        merged_ = [group for group in chosen if group.merged]
        missed = [not group.reported for group in merged_]
        rows.append(
            {
                "screens": kind,
                "pure groups reported": share_of(pure_, [group.reported for group in pure_]),
                "merged groups missed": share_of(merged_, missed),
                "of those reported, both parts right": share_of(
                    [group for group in merged_ if group.reported],
                    [group.right for group in merged_ if group.reported],
                ),
            }
        )
    print(Table.from_rows(rows).to_markdown())


if __name__ == "__main__":
    main()
