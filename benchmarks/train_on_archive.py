"""What calibrating on an archive gains on compounds it does not hold, against its size.

    python benchmarks/train_on_archive.py

The table goes to docs/figures/archive_gain.csv, and grows with each preset. ``--groups`` prints how
well new compounds are sorted then.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score
from tqdm import tqdm

from xrpdsim import FormClusterer, PairwisePhaseClassifier
from xrpdsim._support._files import write_atomically
from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.patterns import encode_phases
from xrpdsim.similarity import learn_from_archive
from xrpdsim.similarity.archive_learning import learn_probabilities, score_pairs
from xrpdsim.similarity.probability import SigmoidCalibrator
from xrpdsim.similarity.ranking import RankedPairs

TABLE = Path(__file__).parents[1] / "docs" / "figures" / "archive_gain.csv"
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


def scored_campaigns(classifier, preset, seeds):
    """Return the scored pairs within the compounds of a campaign for each seed."""
    scored = []
    for seed in tqdm(seeds, desc=preset):
        campaign = make_screening_campaign(
            N_COMPOUNDS, N_FORMS, N_PATTERNS, preset=preset, random_state=seed
        )
        phases, compounds = encode_phases(campaign.y)
        scored.append(score_pairs(classifier, campaign.X, phases, compounds))
    return scored


def difference(change, random):
    """Return the mean over campaigns with a 95 % interval, by resampling them."""
    draws = change[random.integers(len(change), size=(2000, len(change)))].mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{change.mean():+.4f} ({low:+.4f} to {high:+.4f})".replace("-", "\N{MINUS SIGN}")


def main():
    """Write and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(921, 927)))
    parser.add_argument("--out", type=Path, default=TABLE)
    parser.add_argument("--groups", action="store_true")
    options = parser.parse_args()
    if options.groups:
        groups_of_new_compounds()
        return
    classifier = PairwisePhaseClassifier.from_pretrained("organic-2")
    random = np.random.default_rng(0)
    rows = []
    for preset in PRESETS:
        scored = scored_campaigns(classifier, preset, options.seeds)
        for n_archive in SIZES:
            found = np.array([figures(classifier, pairs, n_archive) for pairs in scored])
            shipped, calibrated, sigmoid = found.mean(axis=0)
            rows.append(
                {
                    "Preset": preset,
                    "Compounds learnt from": n_archive,
                    "Shipped": f"{shipped:.4f}",
                    "Calibrated": f"{calibrated:.4f}",
                    "Difference": difference(found[:, 1] - found[:, 0], random),
                    "A sigmoid of the archive alone": f"{sigmoid:.4f}",
                }
            )
        table = Table.from_rows(rows)
        with write_atomically(options.out) as file:
            file.write(table.to_csv())
    print(table)


if __name__ == "__main__":
    main()
