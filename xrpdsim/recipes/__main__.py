"""Make the shipped weights again, and report on them: ``python -m xrpdsim.recipes``."""

from __future__ import annotations

import argparse
import json
import sys

from ..embedding.weights import FOLDER, available_models, constants
from ..similarity import PairwisePhaseClassifier
from .judging import compare_with_classical
from .releasing import release
from .report_sets import check_report_sets, evaluation_sets
from .second_look import release_both_looks, train_both_looks
from .strain_curve import score_against_strain
from .weight_training import Recipe, train_weights

FIRST_LOOK_ROUNDS = {"organic-1": 1600, "organic-2": 200}
"""Of training, by the name of the model."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the command line by default.
    """
    parser = argparse.ArgumentParser(prog="python -m xrpdsim.recipes", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="train, or go on, and write the files")
    training.add_argument("--out", required=True, help="folder for checkpoints and model")
    training.add_argument("--seed", type=int, default=0)
    training.add_argument("--device", default="cpu")
    training.add_argument(
        "--threads", type=int, default=2, help="of the networks; another number gives other bits"
    )
    training.add_argument(
        "--workers",
        type=int,
        default=1,
        help="processes that simulate ahead for the first look; the bits are the same",
    )
    releasing = commands.add_parser("release", help="choose band, threshold and probabilities")
    releasing.add_argument("--out", required=True, help="folder of a finished training")
    for command in (training, releasing):
        command.add_argument(
            "--name",
            default="organic-2",
            choices=sorted(FIRST_LOOK_ROUNDS),
            help="organic-1 has one look and takes a longer training of it",
        )
    evaluating = commands.add_parser("evaluate", help="compare with the classical measures")
    evaluating.add_argument("data", help="folder with structures, minerals and organics")
    evaluating.add_argument("--split", default="report", help="of the structures")
    curve = commands.add_parser("relatives", help="the score against the strain between lattices")
    for command in (evaluating, curve):
        command.add_argument("--name", default="organic-1", choices=available_models())
    curve.add_argument("--preset", default="transmission")
    options = parser.parse_args(arguments)

    both_looks = getattr(options, "name", None) == "organic-2"
    if options.command == "train":
        recipe = Recipe(
            seed=options.seed,
            cycles=(FIRST_LOOK_ROUNDS[options.name],),
            device=options.device,
            n_threads=options.threads,
        )
        train = train_both_looks if both_looks else train_weights
        train(recipe, options.out, n_workers=options.workers)
    if options.command in ("train", "release"):
        write = release_both_looks if both_looks else release
        written = write(options.out, options.name, options.out)
        tried = written["second_look"]["tried"] if both_looks else written["tried"]
        print(json.dumps(tried, indent=1))
        print(f"to ship them, copy {options.name}.* from {options.out} to {FOLDER}")
    elif options.command == "relatives":
        classifier = PairwisePhaseClassifier.from_pretrained(options.name)
        print(score_against_strain(classifier, preset=options.preset))
    else:
        try:
            check_report_sets(options.data, options.split)
        except (OSError, ValueError) as error:
            evaluating.error(str(error))
        has_kinds = "crystals" in constants(options.name)
        for name, crystals, patterns in evaluation_sets(options.data, options.split):
            classifier = PairwisePhaseClassifier.from_pretrained(
                options.name, crystals=crystals if has_kinds else None
            )
            print(json.dumps({"set": name, **compare_with_classical(classifier, patterns)}))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
