"""What calibrating on an archive gains on compounds it does not hold, against its size.

``python benchmarks/train_on_archive.py`` prints the table of "What an archive teaches" in about ten
minutes of one core, and ``--groups`` how well new compounds are then sorted, in two.
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.metrics import adjusted_rand_score

from xrpdsim import FormClusterer, PairwisePhaseClassifier
from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.patterns import encode_phases
from xrpdsim.similarity import learn_from_archive
from xrpdsim.similarity.archive_learning import learn_probabilities, score_pairs
from xrpdsim.similarity.probability import SigmoidCalibrator
from xrpdsim.similarity.ranking import RankedPairs

PRESETS = ("film", "well-plate", "bragg-brentano", "transmission")
SIZES = (1, 2, 4, 8)
N_COMPOUNDS, N_FORMS, N_PATTERNS = 14, 32, 252
N_TESTED = 6
N_DRAWS = 4  # of archive and tested compounds from each campaign


def brier(calibrator, pairs, compounds):
    """Return the mean of the Brier scores of compounds."""
    parts = [pairs.of_groups([compound]) for compound in compounds]
    return np.mean(
        [np.square(calibrator.predict(p.scores) - p.same).mean() for p in parts if len(p.same)]
    )


def figures(classifier, pairs, n_archive):
    """Return means over draws: as shipped, moved, and a sigmoid fitted to the archive alone."""
    found = []
    for draw in range(N_DRAWS):
        order = np.random.default_rng(draw).permutation(N_COMPOUNDS)
        archive, tested = pairs.of_groups(order[:n_archive]), order[-N_TESTED:]
        if archive.has_both_kinds:
            ranked = RankedPairs.from_scores(archive.scores, archive.same)
            calibrators = (
                classifier.calibrator_,
                learn_probabilities(classifier, archive),
                SigmoidCalibrator.from_scores(ranked.positive, ranked.negative),
            )
            found.append([brier(each, pairs, tested) for each in calibrators])
    return np.mean(found, axis=0)


def groups_of_new_compounds():
    """Print the adjusted Rand index of each new compound, as shipped and after the archive."""
    archive = make_screening_campaign(8, 18, 144, preset="film", random_state=1)
    learnt = learn_from_archive(archive.X, archive.y)
    rows = []
    for seed in range(2, 14):
        new = make_screening_campaign(1, 3, 30, preset="film", random_state=seed)
        shipped, after = (
            adjusted_rand_score(new.form, FormClusterer(similarity).fit_predict(new.X))
            for similarity in ("organic-2", learnt)
        )
        rows.append({"seed": seed, "shipped": shipped, "after the archive": after})
        print(rows[-1], flush=True)
    table = Table.from_rows(rows)
    print({name: np.mean(values) for name, values in table.items() if name != "seed"})


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(921, 927)))
    parser.add_argument("--groups", action="store_true")
    options = parser.parse_args()
    if options.groups:
        return groups_of_new_compounds()
    seeds = options.seeds
    classifier = PairwisePhaseClassifier.from_pretrained("organic-2")
    random = np.random.default_rng(0)
    rows = []
    for preset in PRESETS:
        scored = []
        for seed in seeds:
            campaign = make_screening_campaign(
                N_COMPOUNDS, N_FORMS, N_PATTERNS, preset=preset, random_state=seed
            )
            phases, compounds = encode_phases(campaign.y)
            scored.append(score_pairs(classifier, campaign.X, phases, compounds))
        for n_archive in SIZES:
            found = np.array([figures(classifier, pairs, n_archive) for pairs in scored])
            change = found[:, 1] - found[:, 0]
            draws = change[random.integers(len(change), size=(2000, len(change)))].mean(axis=1)
            low, high = np.quantile(draws, [0.025, 0.975])
            shipped, moved, sigmoid = found.mean(axis=0)
            rows.append(
                {
                    "preset": preset,
                    "compounds": n_archive,
                    "shipped": f"{shipped:.4f}",
                    "calibrated": f"{moved:.4f}",
                    "difference": f"{change.mean():+.4f} ({low:+.4f} to {high:+.4f})",
                    "sigmoid": f"{sigmoid:.4f}",
                }
            )
    print(Table.from_rows(rows))


if __name__ == "__main__":
    main()
