"""Make the shipped weights again, and report on them: ``python -m xrpdsim.recipes``."""

from __future__ import annotations

import argparse
import json
import sys

from ..embedding.weights import FOLDER
from ..similarity import PairwisePhaseClassifier
from .judging import compare_with_classical
from .releasing import release
from .report_sets import evaluation_sets
from .strain_curve import score_against_strain
from .weight_training import Recipe, train_weights


def main(arguments: list[str] | None = None) -> None:
    """Run a command.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the command line by default.
    """
    parser = argparse.ArgumentParser(prog="python -m xrpdsim.recipes", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    defaults = Recipe()
    training = commands.add_parser("train", help="train, or go on, and write the files")
    training.add_argument("--out", required=True, help="folder for checkpoint and model")
    training.add_argument("--seed", type=int, default=defaults.seed)
    training.add_argument("--cycles", type=int, nargs="+", default=list(defaults.cycles))
    training.add_argument("--device", default=defaults.device)
    training.add_argument("--threads", type=int, default=defaults.n_threads)
    training.add_argument(
        "--workers",
        type=int,
        default=1,
        help="processes that simulate ahead; the bits are the same",
    )
    releasing = commands.add_parser("release", help="choose share, threshold and probabilities")
    releasing.add_argument("--out", required=True, help="folder of a finished training")
    for command in (training, releasing):
        command.add_argument("--name", default="organic-1")
    evaluating = commands.add_parser("evaluate", help="compare with the classical measures")
    evaluating.add_argument("data", help="folder with structures, minerals and organics")
    evaluating.add_argument("--split", default="report", help="of the structures")
    evaluating.add_argument("--name", default="organic-1")
    curve = commands.add_parser("relatives", help="the score against the strain between lattices")
    curve.add_argument("--name", default="organic-1")
    curve.add_argument("--preset", default="transmission")
    options = parser.parse_args(arguments)

    if options.command == "train":
        recipe = Recipe(
            seed=options.seed,
            cycles=options.cycles,
            device=options.device,
            n_threads=options.threads,
        )
        train_weights(recipe, options.out, n_workers=options.workers)
    if options.command in ("train", "release"):
        constants = release(options.out, options.name, options.out)
        print(json.dumps(constants["tried"], indent=1))
        print(f"to ship them, copy {options.name}.* from {options.out} to {FOLDER}")
    elif options.command == "relatives":
        classifier = PairwisePhaseClassifier.from_pretrained(options.name)
        print(score_against_strain(classifier, preset=options.preset))
    else:
        for name, crystals, patterns in evaluation_sets(options.data, options.split):
            classifier = PairwisePhaseClassifier.from_pretrained(options.name, crystals=crystals)
            print(json.dumps({"set": name, **compare_with_classical(classifier, patterns)}))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
