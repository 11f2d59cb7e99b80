"""Draw docs/figures/reliability.png: whether the probabilities of a shipped model hold.

    python docs/figures/reliability.py DATA [--name organic-1]

DATA holds the folders structures, minerals and organics; nothing there was chosen on.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.inspection import ReliabilityDisplay
from xrpdsim.recipes.figures_of_merit import ResampledPairs, expected_calibration_error
from xrpdsim.recipes.report_sets import evaluation_sets
from xrpdsim.similarity.probability import estimate_prior, shift_prior

PICTURE = Path(__file__).with_suffix(".png")
FEWEST_PAIRS = 100  # of which a curve says something


def main() -> None:
    """One panel a set, of the pairs within a compound, with the prior that the docs advise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--name", default="organic-1")
    options = parser.parse_args()
    panels = []
    for name, crystals, patterns in evaluation_sets(options.data):
        classifier = PairwisePhaseClassifier.from_pretrained(options.name, crystals=crystals)
        pairs = ResampledPairs(patterns, n_resamples=0, within=True)
        if pairs.n_pairs < FEWEST_PAIRS:
            continue
        probability = classifier.calibrator_.predict(
            classifier.decision_function(patterns.X)[pairs.kept]
        )
        if crystals == "organic":  # estimating does not help minerals
            prior = estimate_prior(probability, classifier.prior_)
            probability = shift_prior(probability, classifier.prior_, prior)
        panels.append((name, pairs.same[pairs.kept], probability))

    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.2 * len(panels), 4.2), layout="constrained"
    )
    for ax, (name, same, probability) in zip(axes, panels, strict=True):
        ReliabilityDisplay.from_predictions(same, probability, name=options.name, ax=ax)
        error = expected_calibration_error(probability, same)
        ax.legend(loc="lower right", fontsize=8)
        ax.set_title(f"{name}: {len(same)} pairs, error {error:.3f}", loc="left", fontsize=10)
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
