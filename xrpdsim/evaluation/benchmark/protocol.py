"""Leave-two-compounds-out over methods and folds, in parallel, resumable."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed, effective_n_jobs
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_consistent_length

from ..._support._lock import hold
from ..._support._workers import end_with
from ...patterns.grid import GRID_POINTS, GRID_START, GRID_STEP, stated_grid
from ...patterns.pairs import encode_phases
from ...patterns.splitting import LeaveTwoGroupsOut
from ...patterns.validation import as_patterns
from ...similarity.named import DEFAULT_MODEL, default_name
from ..leaving_out import check_max_folds
from ._fold_files import FoldFiles, Results
from ._fold_table import FoldTable
from ._provenance import (
    describe_run,
    differences_between,
    read_run,
    with_methods_of,
    write_run,
)
from ._time_left import TimeLeft
from .methods import METHODS, check_methods
from .one_fold import run_fold, seed_of_fold


class Benchmark:
    """The protocol of the paper on one campaign, kept in a folder.

    Every fold that is done has a file of its own in the folder, so that an interrupted run goes on
    where it stopped, methods and folds can be added, and no fold is computed twice. A file carries
    a digest of what it holds and of the run it belongs to: one that was edited, damaged or brought
    from elsewhere is named and computed again. One run at a time writes into a folder.

    Parameters
    ----------
    campaign : Bunch
        With X, compound, form and DESCR, as `load_campaign` and `make_screening_campaign` return.
        Its `two_theta` is the grid; without it, columns of X that are angles, or the common grid.
    out : path-like
        The folder, made if it is not there. One that holds folds on other data or with other
        parameters is refused.
    methods : str or sequence of str
        Keys of `METHODS`, or "all" for the rows of the paper.
    max_folds : int or None, default=8
        The first so many folds of `LeaveTwoGroupsOut`, or all of them.
    n_jobs : int or None, default=None
        Folds side by side, each on one thread; by default as many as there are cores. -1 and below
        count from these, as in joblib.
    device : str, default="auto"
        Where networks are trained.
    seed : int, default=0
        Of everything that is drawn, 0 or more.

    Raises
    ------
    ValueError
        If a method is unknown, or has shipped weights and the campaign is on another grid than they
        are; a label is missing; the folder holds folds of a different run; or `seed` is negative.
    BlockingIOError
        If another run is writing into the folder.

    Examples
    --------
    >>> import tempfile
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> campaign = make_screening_campaign(3, 6, 24, random_state=0)
    >>> benchmark = Benchmark(campaign, tempfile.mkdtemp(), ["naive"], n_jobs=1)
    >>> failed = benchmark.run(report=lambda line: None)
    >>> len(benchmark.results()["naive"])  # folds
    3
    """

    def __init__(
        self,
        campaign: Bunch,
        out: str | os.PathLike[str],
        methods: str | Sequence[str],
        *,
        max_folds: int | None = 8,
        n_jobs: int | None = None,
        device: str = "auto",
        seed: int = 0,
    ) -> None:
        if seed < 0:
            raise ValueError(f"seed={seed} must be 0 or more")
        check_max_folds(max_folds)
        self.methods = check_methods(methods)
        # single precision: the classical measures lose nothing that a fold could show
        self.X = np.ascontiguousarray(as_patterns(campaign.X), dtype=np.float32)
        self.y = _labels(campaign)
        check_consistent_length(self.X, self.y)
        self.two_theta = _other_grid(campaign, self.X.shape[1])
        if self.two_theta is not None:
            _refuse_shipped(self.methods, self.two_theta)
        self.description = campaign.DESCR
        self.out = Path(out)
        self.n_jobs = effective_n_jobs(cpu_count() if n_jobs is None else n_jobs)
        self.device = device
        self.seed = int(seed)
        splitter = LeaveTwoGroupsOut(max_splits=max_folds)
        self.folds = list(splitter.split(self.X, self.y))
        self.compounds = splitter.test_groups(self.X, self.y)
        self.out.mkdir(parents=True, exist_ok=True)
        self._run = describe_run(
            self.X,
            self.y,
            methods=self.methods,
            device=device,
            seed=self.seed,
            description=self.description,
            two_theta=self.two_theta,
        )
        with hold(self.out):
            self._write_run()

    def run(self, report: Callable[[str], None] = print) -> list[str]:
        """Compute the folds that are not there yet.

        Parameters
        ----------
        report : callable, default=print
            Called with a line of progress for every fold.

        Returns
        -------
        list of str
            What failed, a line a fold; the other folds are there all the same.

        Raises
        ------
        BlockingIOError
            If another run is writing into the folder.
        """
        with hold(self.out):
            return self._compute(self._write_run(), report)

    def results(self) -> Results:
        """Return what is there: for each method its folds in order, with metrics and curves.

        Methods of earlier runs into the same folder are among them.

        Warns
        -----
        UserWarning
            If a file is not a fold as the run wrote it. It is left out.
        """
        results, refused = self._files().read()
        for reason in refused.values():
            warnings.warn(f"{reason}: it is left out", UserWarning, stacklevel=2)
        return results

    def _files(self) -> FoldFiles:
        settings = read_run(self.out / "run.json")["settings"]
        return FoldFiles(self.out / "folds", settings)

    def _compute(self, files: FoldFiles, report: Callable[[str], None]) -> list[str]:
        done, refused = files.read()
        there = {(method, row["fold"]) for method, rows in done.items() for row in rows}
        to_do = [task for task in self._in_order() if task not in there]
        again = {files.path(method, fold) for method, fold in to_do}
        for path, reason in refused.items():
            report(f"{reason}: it is {'computed again' if path in again else 'left out'}")
        table = FoldTable(self.out / "folds.csv", done)
        n_all = len(self.folds) * len(self.methods)
        if len(to_do) < n_all:
            report(f"{n_all - len(to_do)} of {n_all} folds are there already")
        try:
            with warnings.catch_warnings():
                return self._compute_folds(to_do, done, files, table, report)
        finally:
            table.write()

    def _compute_folds(
        self,
        to_do: list[tuple[str, int]],
        done: Results,
        files: FoldFiles,
        table: FoldTable,
        report: Callable[[str], None],
    ) -> list[str]:
        failures = []
        left = TimeLeft(to_do, self.n_jobs)
        warned: set[tuple[str, str]] = set()
        # loky counts the memory of libraries that a first network loads as a leak, and takes a new
        # worker; nothing is lost by it
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        for n_done, result in enumerate(self._results(to_do), start=1):
            name = f"{result['method']}, fold {result['fold']}"
            name += f" ({result['compound_1']} and {result['compound_2']})"
            if "error" in result:
                failures.append(f"{name}: {result['error']}")
                outcome = f"FAILED: {result['error']}"
                print(result["traceback"], file=sys.stderr)
                seconds = None
            else:
                files.write(result)
                seconds = result["fit_seconds"] + result["score_seconds"]
                outcome = f"AUROC {result['auroc']:.3f}"
                table.add(result)
                done.setdefault(result["method"], []).append(result)
            was_last = left.done(result["method"], seconds)
            report(f"[{n_done}/{len(to_do)}, {left}] {name}: {outcome}")
            for message in result.get("warnings", ()):
                if (result["method"], message) not in warned:
                    warned.add((result["method"], message))
                    report(f"{name} warns: {message}")
            if was_last and done.get(result["method"]):
                report(summary_line(result["method"], done[result["method"]]))
        return failures

    def _in_order(self) -> list[tuple[str, int]]:
        """Return methods and folds, quick rows first, each at once; of slow ones fold after fold.

        So a row that takes seconds is whole while networks are still being trained, and slow rows
        that are not whole yet have folds in common.
        """
        numbers = range(len(self.folds))
        quick = sorted(
            (name for name in self.methods if not METHODS[name].slow),
            key=lambda name: METHODS[name].trained,
        )
        slow = [name for name in self.methods if METHODS[name].slow]
        return [(name, fold) for name in quick for fold in numbers] + [
            (name, fold) for fold in numbers for name in slow
        ]

    def _results(self, to_do: list[tuple[str, int]]) -> Iterator[dict[str, Any]]:
        tasks = (
            delayed(run_fold)(
                method,
                fold,
                self.compounds[fold],
                self.X,
                self.y,
                *self.folds[fold],
                device=self.device,
                random_state=seed_of_fold(self.seed, fold),
                two_theta=self.two_theta,
            )
            for method, fold in to_do
        )
        return Parallel(
            # a worker without work could not notice that this process has ended
            n_jobs=min(self.n_jobs, max(len(to_do), 1)),
            return_as="generator_unordered",
            initializer=end_with,
            initargs=(os.getpid(),),
        )(tasks)

    def _write_run(self) -> FoldFiles:
        """Write run.json; a folder that holds folds of another run is refused."""
        path, folds = self.out / "run.json", self.out / "folds"
        run = self._run
        if path.exists():
            before = read_run(path)
            differences = list(differences_between(before["settings"], run["settings"]))
            if not differences:
                run = with_methods_of(run, before)
            elif any(folds.glob("*.json")):  # without any, nothing could be mixed up
                raise ValueError(
                    f"{self.out} holds another run: {'; '.join(differences)}. Give another --out, "
                    "or delete the folder"
                )
        write_run(path, run)
        return FoldFiles(folds, run["settings"])


def _labels(campaign: Bunch) -> NDArray[np.object_]:
    """Return compound and form of each pattern as strings."""
    # as objects, since NumPy would make strings of a missing label, too
    columns = [np.asarray(column, dtype=object) for column in (campaign.compound, campaign.form)]
    labels = np.column_stack(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # given again where folds are made
        encode_phases(labels)
    return labels.astype(str).astype(object)


def _other_grid(campaign: Bunch, n_points: int) -> NDArray[np.float64] | None:
    """Return the grid of a campaign, or None where it is the common one, or not stated."""
    grid = stated_grid(campaign.X, campaign.get("two_theta"), n_points)
    return None if grid is None or default_name(grid) == DEFAULT_MODEL else grid


def _refuse_shipped(methods: Sequence[str], grid: NDArray[np.float64]) -> None:
    shipped = [name for name in methods if METHODS[name].weights]
    if shipped:
        raise ValueError(
            f"{', '.join(shipped)}: shipped weights are for {GRID_POINTS} points from "
            f"{GRID_START:g} degrees in steps of {GRID_STEP:g}, and the campaign has {grid.size} "
            f"from {grid[0]:g} to {grid[-1]:g}; leave these methods out, or bring the patterns to "
            "that grid (xrpdsim.patterns.to_grid)"
        )


def summary_line(method: str, folds: list[dict[str, Any]]) -> str:
    """Return the means of a row over its folds, as a line.

    Examples
    --------
    >>> figures = {"auroc": 0.9, "average_precision": 0.8, "f1": 0.7}
    >>> summary_line("naive", [figures | {"fit_seconds": 2.0, "score_seconds": 1.0}])
    'naive: AUROC 0.900, AP 0.800, F1 0.700, mean of 1 fold; 3.0 s a fold'
    """
    titles = {"auroc": "AUROC", "average_precision": "AP", "f1": "F1"}
    means = [
        f"{title} {np.mean([fold[name] for fold in folds]):.3f}" for name, title in titles.items()
    ]
    seconds = np.median([fold["fit_seconds"] + fold["score_seconds"] for fold in folds])
    return (
        f"{method}: {', '.join(means)}, mean of {len(folds)} fold{'s' * (len(folds) != 1)}; "
        f"{seconds:.1f} s a fold"
    )
