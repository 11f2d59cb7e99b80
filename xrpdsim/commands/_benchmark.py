"""``xrpdsim benchmark``: leave two compounds out, over methods and folds."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ._arguments import check_place, positive_int, positive_int_or_all, seed

_PAPER = {"n_patterns": 3750, "n_compounds": 16, "n_forms": 24}
_SIMULATED: dict[str, Any] = _PAPER | {"n_patterns": 800, "preset": "transmission"}


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "benchmark",
        help="leave two compounds out, over methods and folds",
        description="Fit each method on all compounds but two and score it on the pairs of these "
        "two, fold by fold. Writes folds.csv, table.md, figure.png and run.json. The same command "
        "again goes on where it stopped.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        help="pattern files and labels.csv with the columns file, compound, form and wavelength; "
        "without it a campaign is simulated",
    )
    parser.add_argument(
        "--patterns",
        type=positive_int,
        metavar="N",
        help=f"of the simulated campaign (default: {_SIMULATED['n_patterns']})",
    )
    parser.add_argument(
        "--compounds",
        type=positive_int,
        metavar="N",
        help=f"of the simulated campaign (default: {_SIMULATED['n_compounds']}, as in the paper)",
    )
    parser.add_argument(
        "--forms",
        type=positive_int,
        metavar="N",
        help="of all compounds together in the simulated campaign "
        f"(default: {_SIMULATED['n_forms']}, as in the paper)",
    )
    parser.add_argument(
        "--preset",
        help="how the simulated campaign is measured: transmission (as in the paper), "
        "bragg-brentano, film, synchrotron or well-plate "
        f"(default: {_SIMULATED['preset']})",
    )
    parser.add_argument(
        "--paper",
        action="store_true",
        help=f"simulate a campaign of the paper's size, with {_PAPER['n_patterns']} patterns: "
        "minutes for each fold of a network",
    )
    parser.add_argument(
        "--methods",
        default="naive,degelder,pretrained,smolnet-siglip",
        help="names separated by commas, or all for the eight rows of the paper "
        "(default: %(default)s); quick rows come first, and each is shown when it is finished",
    )
    parser.add_argument(
        "--folds",
        type=positive_int_or_all,
        default=8,
        metavar="N|all",
        help="the first N folds; with 16 compounds 8 folds test each one once "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--jobs", type=positive_int, metavar="N", help="folds side by side (default: one a core)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:1")
    parser.add_argument(
        "--out",
        default="results/benchmark",
        metavar="DIR",
        help="where the results go (default: %(default)s)",
    )
    parser.add_argument(
        "--packed",
        metavar="FILE",
        help="all finished folds in one small file: those in it are taken over, and it is written "
        "again at the end, so that the run can go on on another machine with the same versions",
    )
    parser.add_argument("--seed", type=seed, default=0, help="of all that is drawn at random")
    parser.add_argument("--wavelength", help="for files that name none: angstrom, or CuKa1, CoKa")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a dask cluster to compute the folds on (extra: distributed)",
    )
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Run the folds that are missing, and write the report.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status: 0, 1 if some folds failed, 130 if interrupted.
    """
    from ..evaluation.benchmark import Benchmark, pack, unpack, write_report

    if options.packed:
        check_place(Path(options.packed), "--packed")
    benchmark = Benchmark(
        _campaign(options),
        options.out,
        [name.strip() for name in options.methods.split(",") if name.strip()],
        max_folds=options.folds,
        n_jobs=options.jobs,
        device=options.device,
        seed=options.seed,
    )
    print(f"{benchmark.description.strip()}\n{len(benchmark.folds)} folds, into {benchmark.out}")
    if options.packed and Path(options.packed).exists():
        n_added = unpack(options.packed, benchmark.out)
        print(f"{n_added} finished folds taken over from {options.packed}")
    with ExitStack() as stack:
        if options.packed:
            stack.callback(pack, benchmark.out, options.packed)
        if options.scheduler:
            _connect(stack, options.scheduler)
        try:
            failures = benchmark.run(lambda line: print(line, flush=True))
        except KeyboardInterrupt:
            print(
                f"xrpdsim: interrupted; the folds that are done are kept in {benchmark.out}, and "
                "the same command goes on from there",
                file=sys.stderr,
            )
            return 130
        results = benchmark.results()
        if results:
            table, remark = write_report(benchmark.out, results)
            print(f"\n{table}\n{remark}")
        for failure in failures:
            print(f"xrpdsim: failed: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _campaign(options: argparse.Namespace) -> Any:
    from ..datasets import load_campaign, make_screening_campaign

    sizes = {
        "n_patterns": options.patterns,
        "n_compounds": options.compounds,
        "n_forms": options.forms,
    }
    given = {name: value for name, value in sizes.items() if value is not None}
    named = [f"--{name.removeprefix('n_')}" for name in given]
    if options.paper and named:
        raise ValueError(
            f"--paper: its campaign has {_PAPER['n_patterns']} patterns of "
            f"{_PAPER['n_compounds']} compounds in {_PAPER['n_forms']} forms; leave it out, or "
            f"{', '.join(named)}"
        )
    if options.paper:
        given, named = dict(_PAPER), ["--paper"]
    if options.preset is not None:
        given["preset"] = options.preset
        named.append("--preset")
    if options.folder is not None:
        if named:
            raise ValueError(
                f"{', '.join(named)}: for a campaign that is simulated only; leave it out, or the "
                f"folder {options.folder}"
            )
        return load_campaign(options.folder, wavelength=options.wavelength, verbose=True)
    if options.wavelength is not None:
        raise ValueError("--wavelength is for files of a folder, and no folder is given")
    wanted = _SIMULATED | given
    _refuse_sizes(wanted)
    return make_screening_campaign(**wanted, random_state=options.seed, verbose=True)


def _refuse_sizes(wanted: dict[str, Any]) -> None:
    """Say in options what `make_screening_campaign` would refuse by its parameters."""
    n_forms, n_compounds, n_patterns = (
        wanted[f"n_{name}"] for name in ("forms", "compounds", "patterns")
    )
    if n_forms < n_compounds:
        raise ValueError(
            f"--forms {n_forms} must be at least --compounds {n_compounds}: every compound has a "
            "form"
        )
    if n_patterns < 2 * n_forms:
        raise ValueError(
            f"--patterns {n_patterns} is too few for --forms {n_forms}, which need two patterns "
            f"each, {2 * n_forms}"
        )


def _connect(stack: ExitStack, address: str) -> None:
    from joblib import parallel_config

    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(
            "--scheduler needs dask: install it with `pip install xrpdsim[distributed]`"
        ) from error
    stack.enter_context(Client(address))
    stack.enter_context(parallel_config(backend="dask"))
