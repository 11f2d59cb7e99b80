"""Leave-two-compounds-out over methods and folds, in parallel, resumable."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed
from numpy.typing import NDArray
from sklearn.utils import Bunch
from threadpoolctl import threadpool_limits

from ..._support._files import write_atomically
from ..._support._table import Table
from ...patterns.pairs import encode_phases, same_phase
from ...patterns.splitting import LeaveTwoGroupsOut
from ...similarity.ranking import RankedPairs
from ..scorers import pair_metrics
from .labelling import adapt_to_labels
from .methods import METHODS, check_methods, make_estimator
from .provenance import describe_run, differences_between

_N_CURVE_POINTS = 201


class Benchmark:
    """The protocol of the paper on one campaign, kept in a folder.

    Every fold that is done has a file of its own in the folder, so that an interrupted run goes on
    where it stopped, methods and folds can be added, and no fold is computed twice.

    Parameters
    ----------
    campaign : Bunch
        With X, compound, form and DESCR, as `load_campaign` and `make_screening_campaign` return.
    out : path-like
        The folder, made if it is not there. One that holds a run on other data or with other
        parameters is refused.
    methods : sequence of str
        Keys of `METHODS`, or "all" for the rows of the paper.
    max_folds : int or None, default=8
        The first so many folds of `LeaveTwoGroupsOut`, or all of them.
    n_jobs : int or None, default=None
        Folds side by side, each on one thread; by default as many as there are cores.
    device : str, default="auto"
        Where networks are trained.
    seed : int, default=0
        Of everything that is drawn.

    Raises
    ------
    ValueError
        If a method is unknown, or the folder holds a different run.
    """

    def __init__(
        self,
        campaign: Bunch,
        out: str | os.PathLike[str],
        methods: Sequence[str],
        *,
        max_folds: int | None = 8,
        n_jobs: int | None = None,
        device: str = "auto",
        seed: int = 0,
    ) -> None:
        self.methods = check_methods(list(methods))
        # single precision: the classical measures lose nothing that a fold could show
        self.X = np.ascontiguousarray(campaign.X, dtype=np.float32)
        self.y = np.column_stack([campaign.compound, campaign.form]).astype(str).astype(object)
        self.description = campaign.DESCR
        self.out = Path(out)
        self.n_jobs = n_jobs or cpu_count()
        self.device = device
        self.seed = seed
        splitter = LeaveTwoGroupsOut(max_splits=max_folds)
        self.folds = list(splitter.split(self.X, self.y))
        self.compounds = splitter.test_groups(self.X, self.y)
        self.out.mkdir(parents=True, exist_ok=True)
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
        """
        to_do = [
            (method, fold)
            for fold in range(len(self.folds))
            for method in self.methods
            if not self._path(method, fold).exists()
        ]
        n_all = len(self.folds) * len(self.methods)
        if len(to_do) < n_all:
            report(f"{n_all - len(to_do)} of {n_all} folds are there already")
        done = self.results()
        failures = []
        begin = time.perf_counter()
        for n_done, result in enumerate(self._results(to_do), start=1):
            name = f"{result['method']}, fold {result['fold']}"
            name += f" ({result['compound_1']} and {result['compound_2']})"
            if "error" in result:
                failures.append(f"{name}: {result['error']}")
                outcome = f"FAILED: {result['error']}"
                print(result["traceback"], file=sys.stderr)
            else:
                with write_atomically(self._path(result["method"], result["fold"])) as file:
                    json.dump(result, file)
                outcome = f"AUROC {result['auroc']:.3f}"
                done.setdefault(result["method"], []).append(result)
                self._write_table(done)
            elapsed = time.perf_counter() - begin
            left = elapsed / n_done * (len(to_do) - n_done)
            report(f"[{n_done}/{len(to_do)}, {_duration(left)} left] {name}: {outcome}")
        return failures

    def results(self) -> dict[str, list[dict[str, Any]]]:
        """Return what is there: for each method its folds in order, with metrics and curves.

        Methods of earlier runs into the same folder are among them.
        """
        return {
            method: [json.loads(path.read_text(encoding="utf-8")) for path in paths]
            for method in METHODS
            if (paths := sorted((self.out / "folds").glob(f"{method}-[0-9][0-9][0-9].json")))
        }

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
            )
            for method, fold in to_do
        )
        return Parallel(n_jobs=self.n_jobs, return_as="generator_unordered")(tasks)

    def _path(self, method: str, fold: int) -> Path:
        return self.out / "folds" / f"{method}-{fold:03d}.json"

    def _write_table(self, done: dict[str, list[dict[str, Any]]]) -> None:
        results = [
            {name: value for name, value in result.items() if not isinstance(value, list)}
            for method in METHODS
            for result in sorted(done.get(method, []), key=lambda result: result["fold"])
        ]
        # rows that adapt to labels have columns of their own
        names = dict.fromkeys(name for result in results for name in result)
        rows = [{name: result.get(name, "") for name in names} for result in results]
        with write_atomically(self.out / "folds.csv") as file:
            file.write(Table.from_rows(rows).to_csv())

    def _write_run(self) -> None:
        path = self.out / "run.json"
        run = describe_run(self)
        if path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
            differences = list(differences_between(before["settings"], run["settings"]))
            if differences:
                raise ValueError(
                    f"{self.out} holds another run: {'; '.join(differences)}. Give another --out, "
                    "or delete the folder"
                )
            run["settings"]["methods"] = before["settings"]["methods"] | run["settings"]["methods"]
        (self.out / "folds").mkdir(exist_ok=True)
        with write_atomically(path) as file:
            json.dump(run, file, indent=2)
            file.write("\n")


def run_fold(
    method: str,
    fold: int,
    compounds: tuple[str, str],
    X: NDArray[np.float32],
    y: NDArray[np.object_],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    *,
    device: str,
    random_state: int,
) -> dict[str, Any]:
    """Fit a method on the training compounds and score it on the two left out.

    Returns
    -------
    dict
        Method, fold, compounds, the metrics of `pair_metrics`, seconds, and curves as lists; where
        it failed, `error` and `traceback` instead of figures. Seconds of the processor leave out
        what else the machine does. A method that adapts to labels of test patterns is scored
        without the pairs that the labels give away, and has `n_labelled` and, over the same pairs
        at the threshold before, `unadapted_threshold` and `unadapted_f1`.
    """
    row: dict[str, Any] = {
        "method": method,
        "fold": fold,
        "compound_1": str(compounds[0]),
        "compound_2": str(compounds[1]),
    }
    same = same_phase(encode_phases(y[test])[0])
    scored_pairs: Any = slice(None)
    n_labelled = METHODS[method].n_labelled
    try:
        with threadpool_limits(limits=1):
            estimator = make_estimator(method, device=device, random_state=random_state)
            begin, begin_processor = time.perf_counter(), time.process_time()
            estimator.fit(X[train], y[train])
            if getattr(getattr(estimator[-1], "embedder_", None), "interrupted_", False):
                # the embedder ends its training early at Ctrl-C; such a fold does not count
                raise KeyboardInterrupt
            before = estimator[-1].threshold_
            if n_labelled:
                labelled, scored_pairs = adapt_to_labels(
                    estimator, X[test], y[test], n_labelled, random_state
                )
            fitted, fitted_processor = time.perf_counter(), time.process_time()
            scores = estimator.decision_function(X[test])
            scored = time.perf_counter()
    except Exception as error:  # one fold that fails must not lose the others; it is reported
        return row | {
            "error": f"{type(error).__name__}: {error}",
            "traceback": traceback.format_exc(),
        }
    scores, same = scores[scored_pairs], same[scored_pairs]
    row |= pair_metrics(scores, same, threshold=estimator[-1].threshold_)
    row |= {
        "threshold": estimator[-1].threshold_,
        "n_pairs": same.size,
        "n_same": int(same.sum()),
        "fit_seconds": fitted - begin,
        "fit_processor_seconds": fitted_processor - begin_processor,
        "score_seconds": scored - fitted,
    }
    if n_labelled:
        row |= {
            "n_labelled": len(labelled),
            "unadapted_threshold": before,
            "unadapted_f1": pair_metrics(scores, same, threshold=before)["f1"],
        }
    pairs = RankedPairs.from_scores(scores, same)
    row["true_positive_rate"] = pairs.roc_curve(_N_CURVE_POINTS)[1].tolist()
    row["precision"] = pairs.precision_recall_curve(_N_CURVE_POINTS)[1].tolist()
    return row


def seed_of_fold(seed: int, fold: int) -> int:
    """Return the seed of all that is drawn in a fold, whichever the method."""
    return int(np.random.SeedSequence([seed, fold]).generate_state(1)[0])


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
