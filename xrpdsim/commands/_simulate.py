"""``xrpdsim simulate``: a screening campaign, or patterns of given crystals, as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ._arguments import PRESET_HELP, positive_int, seed, share_of

_SIZES = {"compounds": 16, "forms": 24}
_SHARES = ("amorphous", "mixture", "mislabelled")


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
    # without a default, argparse counts them among what is missing
    parser.add_argument("cifs", nargs="*", default=[], metavar="CIF", help="crystal structures")
    parser.add_argument(
        "--patterns",
        type=positive_int,
        metavar="N",
        help="patterns in all (default: 3750), or of each CIF (default: 10)",
    )
    for name, what in (
        ("compounds", "virtual compounds"),
        ("forms", "forms of all of them together"),
    ):
        parser.add_argument(
            f"--{name}",
            type=positive_int,
            metavar="N",
            help=f"{what} (default: {_SIZES[name]})",
        )
    for name in _SHARES:
        parser.add_argument(
            f"--{name}-share",
            type=share_of(1),
            metavar="X",
            help=f"share of {name} patterns, from 0 to 1 (default: 0.0)",
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
    parser.add_argument("--seed", type=seed, default=0, help="of all that is drawn at random")
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
    _check_combination(options)
    try:
        make_empty_folder(options.out)
    except FileNotFoundError as error:
        raise ValueError(
            f"the folder {options.out!r} cannot be made there; give another place"
        ) from error
    shares: dict[str, Any] = {
        f"{name}_share": getattr(options, f"{name}_share") or 0.0 for name in _SHARES
    }
    if options.cifs:
        campaign = _campaign_of_structures(options)
    else:
        campaign = make_screening_campaign(
            options.compounds or _SIZES["compounds"],
            options.forms or _SIZES["forms"],
            options.patterns or 3750,
            preset=options.preset,
            **shares,
            random_state=options.seed,
            verbose=True,
        )
    save_campaign(campaign, options.out, file_format=options.format, verbose=True)
    print(f"wrote {len(campaign.X)} patterns and labels.csv into {options.out}")
    return 0


def _check_combination(options: argparse.Namespace) -> None:
    """Refuse what would be left out of account, with CIFs or without."""
    if not options.cifs:
        if options.temperature is not None:
            raise ValueError("--temperature is for the cells of CIFs, and none is given")
        return
    names = [*_SIZES, *(f"{name}_share" for name in _SHARES)]
    given = [f"--{name.replace('_', '-')}" for name in names if getattr(options, name) is not None]
    if given:
        raise ValueError(
            f"{', '.join(given)}: for a campaign of virtual crystals only; leave it out, or the "
            f"CIFs ({options.cifs[0]}{', ...' * (len(options.cifs) > 1)})"
        )


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
    for path, label, own_seed in zip(crystals, labels, seeds, strict=True):
        lines = lines_from_cif(path, temperature=options.temperature)
        X.append(
            simulate_patterns(lines, n_patterns, preset=options.preset, random_state=int(own_seed))
        )
        compound += [label[0]] * n_patterns
        form += [label[1]] * n_patterns
    return Bunch(
        X=np.concatenate(X),
        compound=np.array(compound, dtype=object),
        form=np.array(form, dtype=object),
        two_theta=default_two_theta(),
    )
