"""``xrpdsim train``: an archive of labelled patterns made into a classifier in a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ._arguments import check_place, seed, sentence


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "train",
        help="learn from an archive of labelled patterns",
        description="Read a folder of patterns with labels.csv (the columns file, compound and "
        "form), learn from it, say what that gains on compounds that are left out, and write the "
        "result, which sort and compare take as --method. By default the shipped weights stay and "
        "their probabilities are moved, which a few dozen patterns suffice for.",
    )
    parser.add_argument("folder", help="pattern files and labels.csv")
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="to write, ending in .safetensors"
    )
    parser.add_argument(
        "--how",
        choices=("calibrate", "finetune", "scratch"),
        default="calibrate",
        help="calibrate: learn probabilities; finetune: train the shipped network on; scratch: "
        "train the network of the paper (default: %(default)s)",
    )
    parser.add_argument(
        "--start",
        metavar="NAME",
        help="shipped weights, or a file that train wrote, to begin from (default: "
        "organic-2); not for --how scratch",
    )
    parser.add_argument("--wavelength", help="for files that name none: in angstrom, or CuKa1")
    parser.add_argument(
        "--no-check",
        action="store_true",
        help="do not leave compounds out to measure the gain (up to five more trainings)",
    )
    parser.add_argument("--device", help="where to train: cpu, cuda or cuda:1")
    parser.add_argument("--seed", type=seed, default=0, help="of all that is drawn at random")
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Learn from a folder.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status, 0.
    """
    from ..datasets import load_campaign
    from ..io import printable
    from ..similarity import learn_from_archive
    from ..similarity.named import FILE_ENDING, is_classifier_file

    out = Path(options.out)
    if not is_classifier_file(out.name):
        raise ValueError(f"--out {options.out!r} must end in {FILE_ENDING}")
    check_place(out)
    if options.how == "scratch" and options.start is not None:
        raise ValueError(
            f"--start {options.start}: --how scratch begins from random weights; leave it out, or "
            "give --how finetune"
        )
    archive: Any = load_campaign(options.folder, wavelength=options.wavelength, verbose=True)
    print(archive.DESCR)
    how: dict[str, Any] = {
        "how": options.how,
        "device": options.device,
        "random_state": options.seed,
        "verbose": int(options.how != "calibrate"),
    }
    if options.start is not None:
        how["start"] = options.start
    classifier = learn_from_archive(archive.X, archive.y, **how)
    classifier.save(out)
    print(f"wrote {printable(out)} ({out.stat().st_size / 1e6:.1f} MB), to be given as --method")
    if not options.no_check:
        _check(archive, how)
    return 0


def _check(archive: Any, how: dict[str, Any]) -> None:
    """Print what was gained on compounds left out, or why that cannot be said."""
    from ..evaluation import archive_gain
    from ..sorting import FormClusterer

    n_compounds = len(np.unique(archive.compound.astype(str)))
    if n_compounds < 2:
        print("one compound only: none can be left out to measure what was gained")
        return
    try:
        gain = archive_gain(archive.X, archive.y, clusterer=FormClusterer(), **how)
    except ValueError as error:  # the file is written, and holds
        print(f"what was gained cannot be measured: {sentence(error)}")
    else:
        print(gain)
