"""``xrpdsim simulate``: a screening campaign, or patterns of given crystals, as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ._arguments import PRESET_HELP, positive_int


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "simulate",
        help="write a simulated campaign, or patterns of given CIFs",
        description="Write simulated patterns and labels.csv into a folder, as load_campaign and "
        "xrpdsim benchmark read them. Without CIFs the crystals are virtual; each CIF is a form of "
        "the compound that its chemical formula names.",
    )
    parser.add_argument("out", metavar="FOLDER", help="made if it is not there; must be empty")
    parser.add_argument("cifs", nargs="*", metavar="CIF", help="crystal structures")
    parser.add_argument(
        "--patterns",
        type=positive_int,
        metavar="N",
        help="patterns in all (default: 3750), or of each CIF (default: 10)",
    )
    for name, number, what in (
        ("compounds", 16, "virtual compounds"),
        ("forms", 24, "forms of all of them together"),
    ):
        parser.add_argument(
            f"--{name}",
            type=positive_int,
            default=number,
            metavar="N",
            help=f"{what} (default: %(default)s)",
        )
    for name in ("amorphous", "mixture", "mislabelled"):
        parser.add_argument(
            f"--{name}-share",
            type=float,
            default=0.0,
            metavar="X",
            help=f"share of {name} patterns (default: %(default)s)",
        )
    parser.add_argument("--preset", default="transmission", help=PRESET_HELP)
    parser.add_argument(
        "--temperature",
        type=float,
        metavar="KELVIN",
        help="bring the cells of CIFs there; by default they stay as they are",
    )
    parser.add_argument(
        "--format",
        choices=("xy", "csv", "cif"),
        default="xy",
        help="of the files (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn at random")
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Simulate, and write the files.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status.
    """
    from ..datasets import make_screening_campaign, save_campaign
    from ..datasets.campaign_folder import make_empty_folder

    # before minutes of work
    make_empty_folder(options.out)
    if options.cifs:
        campaign = _campaign_of_structures(options)
    else:
        campaign = make_screening_campaign(
            options.compounds,
            options.forms,
            options.patterns or 3750,
            preset=options.preset,
            amorphous_share=options.amorphous_share,
            mixture_share=options.mixture_share,
            mislabelled_share=options.mislabelled_share,
            random_state=options.seed,
            verbose=True,
        )
    save_campaign(campaign, options.out, file_format=options.format, verbose=True)
    print(f"wrote {len(campaign.X)} patterns and labels.csv into {options.out}")
    return 0


def _campaign_of_structures(options: argparse.Namespace) -> Any:
    import numpy as np
    from sklearn.utils import Bunch

    from .._support._progress import track
    from ..patterns import default_two_theta
    from ..simulation import chemical_formula, lines_from_cif, simulate_patterns

    labels = [(chemical_formula(path) or Path(path).stem, Path(path).stem) for path in options.cifs]
    for number, label in enumerate(labels):
        if label in labels[:number]:
            first = options.cifs[labels.index(label)]
            raise ValueError(
                f"{first} and {options.cifs[number]} would both be form {label[1]!r} of compound "
                f"{label[0]!r}; forms are named by their files: rename one"
            )
    seeds = np.random.SeedSequence(options.seed).generate_state(len(options.cifs))
    n_patterns = options.patterns or 10
    X, compound, form = [], [], []
    crystals = track(options.cifs, "simulating")
    for path, label, seed in zip(crystals, labels, seeds, strict=True):
        lines = lines_from_cif(path, temperature=options.temperature)
        X.append(
            simulate_patterns(lines, n_patterns, preset=options.preset, random_state=int(seed))
        )
        compound += [label[0]] * n_patterns
        form += [label[1]] * n_patterns
    return Bunch(
        X=np.concatenate(X),
        compound=np.array(compound, dtype=object),
        form=np.array(form, dtype=object),
        two_theta=default_two_theta(),
    )
