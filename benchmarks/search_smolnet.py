"""Search what the paper leaves open about SMolNet, by successive halving over L2CO folds.

What the paper states is fixed: kernels from 8 to 128, Mish, dropout 0.2, two dense layers of 2048,
128 outputs, Adam at 5e-3, patience 15, 20 epochs, three validation compounds. The rest is drawn at
random. Each rung trains the candidates that are left on more folds and keeps the best by the mean
of AUROC and average precision. The campaigns searched on differ in seed, preset and size from those
that are reported.

    python benchmarks/search_smolnet.py siglip    # or ntxent, contrastive: the search
    python benchmarks/search_smolnet.py pairs     # contrastive, network of Schuetzke et al.
    python benchmarks/search_smolnet.py evaluate  # on campaigns never searched on
    python benchmarks/search_smolnet.py schuetzke # what could make that network fail

Every trial, one network trained on one fold, is a line of trials.jsonl in
docs/appendices/search_smolnet as soon as it is done; a run that was ended goes on from there.
`search_smolnet_tables.py` makes the tables.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from torch import Tensor, nn

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.embedding import SchuetzkeNet, SMolNet
from xrpdsim.evaluation import pair_scoring
from xrpdsim.evaluation.benchmark.methods import make_estimator
from xrpdsim.patterns import LeaveTwoGroupsOut
from xrpdsim.preprocessing import PatternNormalizer, StandardNormalVariate
from xrpdsim.simulation import Beta, Normal, Sometimes, Uniform, get_conditions

FOLDER = Path(__file__).parents[1] / "docs" / "appendices" / "search_smolnet"
RECORD = FOLDER / "trials.jsonl"
FIGURES = ("auroc", "ap", "f1", "cpu_s")

SMALL = {"n_compounds": 14, "n_forms": 22, "n_patterns": 500}
SEARCHED: dict[str, dict[str, Any]] = {
    "film": {**SMALL, "preset": "film", "random_state": 502},
    "film and transmission": {**SMALL, "preset": ("film", "transmission"), "random_state": 501},
}
LARGE = {"n_compounds": 16, "n_forms": 24, "n_patterns": 1000}
REPORTED: dict[str, dict[str, Any]] = {
    "well-plate": {**LARGE, "preset": "well-plate", "random_state": 601},
    "bragg-brentano": {**LARGE, "preset": "bragg-brentano", "random_state": 602},
}

DIRTY = get_conditions("film").replace(
    amorphous=Beta(1.5, 1.0),
    impurity=Sometimes(0.5, Uniform(0.0, 0.4)),
    displacement=Normal(0.0, 0.4),
)
HARDER: dict[str, dict[str, Any]] = {
    "film, relatives": {**SEARCHED["film"], "solvate_share": 1.0},
    "film, artefacts": {**SEARCHED["film"], "preset": DIRTY},
}
CAMPAIGNS = SEARCHED | REPORTED | HARDER

FIRST_GUESS: dict[str, Any] = {  # chosen to be quick
    "pooling": "max",
    "window": 8,
    "stride": 4,
    "channels": 16,
    "middle_kernels": (32, 64),
    "dense_norm": "none",
    "dense_dropout": 0.0,
    "start": "torch",
    "batch_size": 128,
    "checks_per_epoch": 4,
    "pairs_per_pattern": 2.0,
    "siglip_t_b": (10.0, 6.0),
    "lr": 5e-3,
}
SPACE: dict[str, list[Any]] = {
    "pooling": ["max", "average"],
    "window": [4, 8, 16, 32],
    "stride": [4, 8],
    "channels": [2, 4, 8],
    "middle_kernels": [(16, 64), (32, 64), (48, 88)],
    "dense_norm": ["none", "batch", "layer"],
    "dense_dropout": [0.0, 0.2],
    "start": ["torch", "glorot", "he"],
    "batch_size": [16, 32, 64, 128],
    "checks_per_epoch": [4, 16],
    "siglip_t_b": [(5.0, 3.0), (10.0, 6.0), (10.0, 10.0), (20.0, 12.0)],
}
AS_SEARCHED: dict[str, Any] = {"batch_size": 64, "siglip_t": 5.0, "siglip_b": 3.0}
FIXED: dict[str, Any] = {"device": "cpu", "n_threads": 1, "random_state": 0}
RUNGS = [(24, 2), (8, 4), (3, 8)]  # candidates and folds of each
NEIGHBOURS: list[dict[str, Any]] = [
    {"window": 4},
    {"channels": 4},
    {"dense_norm": "batch"},
    {"batch_size": 64},
    {"checks_per_epoch": 16},
]
RUNGS_AROUND = [(6, 4), (3, 8)]
SIMPLER = ("siglip_t_b", "checks_per_epoch", "start", "middle_kernels")
PAIRS: list[dict[str, Any]] = [
    {},
    {"pairs_per_pattern": 1.0},
    {"batch_size": 64},
    {"pairs_per_pattern": 1.0, "batch_size": 64},
]
AROUND_CONTRASTIVE: list[dict[str, Any]] = [
    *PAIRS,
    {"stride": 8, "window": 4, "channels": 8},
    {"stride": 8, "window": 4, "channels": 8, "pairs_per_pattern": 1.0},
    {"window": 32},
    {"middle_kernels": (48, 88)},
]
RUNGS_AROUND_CONTRASTIVE = [(8, 2), (4, 4), (2, 8)]
OTHER_LOSSES = {"ntxent": [(4, 2), (2, 4)], "contrastive": [(3, 2)]}
LOSSES = ("siglip", *OTHER_LOSSES)
SCHUETZKE_CONTRASTIVE = "schuetzke-contrastive"
CLASSICAL = ("degelder", "degelder-snip")
N_REPORTED = 120  # all folds
N_OF_FIRST_GUESS = 4


class OpenSMolNet(SMolNet):
    """SMolNet with choices beyond those of the library.

    Parameters
    ----------
    n_points : int
    pooling : {"max", "average"}
    window : int
        Of the pooling, in steps of the convolution.
    stride, channels : int
    middle_kernels : (int, int)
    dense_norm : {"none", "batch", "layer"}
        What follows each of the two dense layers, before Mish.
    dense_dropout : float
        After Mish.
    start : {"torch", "glorot", "he"}
        How weights of the dense layers are drawn.
    """

    def __init__(
        self,
        n_points: int,
        *,
        pooling: str,
        window: int,
        stride: int,
        channels: int,
        middle_kernels: tuple[int, int],
        dense_norm: str,
        dense_dropout: float,
        start: str,
    ) -> None:
        kernels = (8, *middle_kernels, 128)
        super().__init__(
            n_points, kernel_sizes=kernels, channels=channels, stride=stride, pooling=window
        )
        if pooling == "average":
            for branch in self.branches:
                branch.pooling = nn.AvgPool1d(window, ceil_mode=True)
        norms = {"none": nn.Identity, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
        layers: list[nn.Module] = []
        for layer in self.dense:
            if isinstance(layer, nn.Mish):
                layers += [norms[dense_norm](2048), layer, nn.Dropout(dense_dropout)]
            else:
                start_weights(layer.weight, start)
                layers.append(layer)
        self.dense = nn.Sequential(*layers)


def start_weights(weight: Tensor, start: str) -> None:
    if start == "glorot":
        nn.init.xavier_uniform_(weight)
    elif start == "he":
        nn.init.kaiming_normal_(weight, nonlinearity="relu")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps: dict[str, Callable[[], Any]] = {loss: partial(search, loss) for loss in LOSSES}
    steps |= {
        "pairs": schuetzke_pairs,
        "simplify": simplify,
        "rates": rates,
        "evaluate": evaluate,
        "schuetzke": schuetzke,
    }
    parser.add_argument("step", choices=steps)
    steps[parser.parse_args().step]()


def search(loss: str = "siglip") -> list[dict[str, Any]]:
    """Return the candidates that were left, the best first.

    SigLIP is searched first at random, then one choice at a time around the best. The other losses
    get what did best there.
    """
    train = partial(trial, loss)
    if loss != "siglip":
        best = simplify()
        others = [choices for choices in search() if choices != best]
        left = halve(train, [FIRST_GUESS, best, *others], OTHER_LOSSES[loss])
        if loss == "contrastive":
            around = [left[0] | change for change in AROUND_CONTRASTIVE]
            best = halve(train, around, RUNGS_AROUND_CONTRASTIVE)[0]
            left = halve(train, [best, best | {"pairs_per_pattern": 1.0}], [(2, 8)])
        return left
    drawn = ParameterSampler(SPACE, RUNGS[0][0] - 1, random_state=0)
    left = halve(train, [FIRST_GUESS, *(FIRST_GUESS | choices for choices in drawn)], RUNGS)
    around = halve(train, [left[0], *(left[0] | change for change in NEIGHBOURS)], RUNGS_AROUND)
    finalists = left + [choices for choices in around if choices not in left]
    return halve(train, finalists, [(len(finalists), RUNGS_AROUND[-1][1])])


def halve(
    train: Callable[[dict[str, Any], str, int], dict[str, Any]],
    candidates: list[dict[str, Any]],
    rungs: list[tuple[int, int]],
) -> list[dict[str, Any]]:
    """Train the candidates on more and more folds, fewer of them each time; the best first."""
    for n_kept, n_folds in rungs:
        candidates = candidates[:n_kept]
        trials = [[train(choices, *fold) for fold in folds(n_folds)] for choices in candidates]
        order = np.argsort([-mean_figure(row) for row in trials], kind="stable")
        candidates = [candidates[i] for i in order]
    return candidates


def folds(n_folds: int) -> list[tuple[str, int]]:
    """Return campaign and number of the first so many folds, the campaigns in turn."""
    names = list(SEARCHED)
    return [(names[i % len(names)], i // len(names)) for i in range(n_folds)]


def mean_figure(trials: list[dict[str, Any]]) -> float:
    return float(np.mean([(row["auroc"] + row["ap"]) / 2 for row in trials]))


def simplify() -> dict[str, Any]:
    """Return the best without those of its choices that do not matter.

    They are taken back one at a time, and those that lose nothing together.
    """
    best = search()[0]

    def found(choices: dict[str, Any]) -> float:
        return mean_figure([trial("siglip", choices, *fold) for fold in folds(RUNGS[-1][1])])

    changed = [name for name in SIMPLER if best[name] != FIRST_GUESS[name]]
    back = [name for name in changed if found(best | {name: FIRST_GUESS[name]}) >= found(best)]
    simple = best | {name: FIRST_GUESS[name] for name in back}
    return simple if found(simple) >= found(best) else best


def evaluate() -> None:
    """Train on campaigns never searched on, fold after fold, so that folds in common are whole."""
    best = simplify()
    for fold in range(N_REPORTED):
        for campaign in REPORTED:
            for name in CLASSICAL:
                row(name, campaign, fold)
            trial("siglip", best, campaign, fold)
            if fold < N_OF_FIRST_GUESS:
                trial("siglip", FIRST_GUESS, campaign, fold)


def rates() -> None:
    """Train with learning rates that are not the paper's."""
    best = simplify()
    for choices, lr, n_folds in ((best, 1e-3, 4), (best, 3e-4, 4), (FIRST_GUESS, 1e-3, 2)):
        for fold in folds(n_folds):
            trial("siglip", choices | {"lr": lr}, *fold)
    for fold in folds(RUNGS[-1][1]):
        for name in CLASSICAL:
            row(name, *fold)


def row(name: str, campaign: str, fold: int) -> dict[str, Any]:
    """Return the figures of a row of the benchmark on a fold."""
    key = {"row": name, "campaign": campaign, "fold": fold}
    return recorded(key, lambda: [step for _, step in make_estimator(name, device="cpu").steps])


class SMolNetWithoutDense(SMolNet):
    """SMolNet whose features become the embedding as in the network of Schuetzke et al."""

    def __init__(self, n_points: int) -> None:
        kernels = (8, 32, 64, 128)
        super().__init__(n_points, kernel_sizes=kernels, channels=16, stride=4, pooling=4)
        self.dense = nn.Sequential(nn.Conv1d(64, 1, 1, bias=False), nn.ReLU(), nn.Flatten())

    def forward(self, X: Tensor, mask: Tensor) -> Tensor:
        """Return embeddings of shape (n_patterns, about n_points / 16)."""
        signal = (X * mask)[:, None, :]
        steps = [nn.Sequential(b.convolution, b.activation, b.pooling) for b in self.branches]
        return self.dense(torch.cat([step(signal) for step in steps], dim=1))


class SchuetzkeNetWithDense(SchuetzkeNet):
    """The network of Schuetzke et al. followed by SMolNet's dense layers."""

    def __init__(self, n_points: int, **params: Any) -> None:
        super().__init__(n_points, **params)
        hidden, n_features = 2048, -(-n_points // 16)
        layers = (nn.Linear(n_features, hidden), nn.Mish(), nn.Linear(hidden, hidden), nn.Mish())
        self.layers.extend([*layers, nn.Linear(hidden, 128)])


class TorchStart(SchuetzkeNet):
    """The network of Schuetzke et al. with weights drawn as torch does."""

    def __init__(self, n_points: int, **params: Any) -> None:
        super().__init__(n_points, **params)
        for layer in self.layers:
            if isinstance(layer, nn.Conv1d):
                layer.reset_parameters()


def schuetzke() -> None:
    """Train the network of Schuetzke et al. in ways that might make it fail."""
    scalings: dict[str, Callable[[], Any]] = {
        "[0, 1]": PatternNormalizer,
        "counts": lambda: FunctionTransformer(validate=False),
        "log of 1 + counts": lambda: FunctionTransformer(np.log1p, validate=False),
        "mean 0, deviation 1": StandardNormalVariate,
    }
    best = simplify()
    for fold in range(2):
        for campaign in (*SEARCHED, *HARDER):
            for name in CLASSICAL:
                row(name, campaign, fold)
            trial("siglip", best, campaign, fold)
            schuetzke_trial(campaign, fold, SchuetzkeNet, "[0, 1]", PatternNormalizer)
        for name, make in scalings.items():
            schuetzke_trial("film", fold, SchuetzkeNet, name, make)
        schuetzke_trial("film", fold, TorchStart, "[0, 1]", PatternNormalizer)
        for campaign in SEARCHED:
            for network in (SMolNetWithoutDense, SchuetzkeNetWithDense):
                schuetzke_trial(campaign, fold, network, "[0, 1]", PatternNormalizer)


def schuetzke_pairs() -> list[dict[str, Any]]:
    """Search what is open about the contrastive loss with the network of Schuetzke et al."""

    def train(choices: dict[str, Any], campaign: str, fold: int) -> dict[str, Any]:
        embedder = SiameseXRPDEmbedder("schuetzke", "contrastive", **choices, **FIXED)
        key = {"row": SCHUETZKE_CONTRASTIVE, **choices, "campaign": campaign, "fold": fold}
        return recorded(key, lambda: [PatternNormalizer(), embedder])

    return halve(train, PAIRS, [(len(PAIRS), 8)])


def schuetzke_trial(
    campaign: str, fold: int, network: type[nn.Module], scaling: str, make: Callable[[], Any]
) -> dict[str, Any]:
    key = {"row": network.__name__, "scaling": scaling, "campaign": campaign, "fold": fold}
    return recorded(
        key, lambda: [make(), SiameseXRPDEmbedder(network, "siglip", **AS_SEARCHED, **FIXED)]
    )


def trial(loss: str, choices: dict[str, Any], campaign: str, fold: int) -> dict[str, Any]:
    """Train SMolNet with these choices on a fold."""
    key = {"loss": loss, "campaign": campaign, "fold": fold, **changes(choices)}
    return recorded(key, lambda: [PatternNormalizer(), embedder(loss, choices)])


def recorded(key: dict[str, Any], steps: Callable[[], list[Any]]) -> dict[str, Any]:
    """Return the figures of a trial, from the record if they are there."""
    for row in read():
        if key == {name: value for name, value in row.items() if name not in FIGURES}:
            return row
    campaign = campaign_and_folds(key["campaign"])
    train, test = campaign.folds[key["fold"]]
    *before, last = steps()
    decides = hasattr(last, "decision_function")
    model = make_pipeline(*before, last if decides else PairwisePhaseClassifier(last))
    started = time.process_time()
    model.fit(campaign.X[train], campaign.y[train])
    found = pair_scoring(model, campaign.X[test], campaign.y[test])
    seconds = time.process_time() - started
    values = [found[name] for name in ("auroc", "average_precision", "f1")]
    rounded = [round(value, 4) for value in values] + [round(seconds, 1)]
    row = key | dict(zip(FIGURES, rounded, strict=True))
    with RECORD.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(row, flush=True)
    return row


def changes(choices: dict[str, Any]) -> dict[str, Any]:
    """Return what differs from the first guess, as JSON has it."""
    found = {name: choices[name] for name in FIRST_GUESS if choices[name] != FIRST_GUESS[name]}
    return dict(json.loads(json.dumps(found)))


def embedder(loss: str, choices: dict[str, Any]) -> SiameseXRPDEmbedder:
    module = dict(choices)
    t, b = module.pop("siglip_t_b")
    names = ("batch_size", "checks_per_epoch", "pairs_per_pattern", "lr")
    training = {name: module.pop(name) for name in names}
    return SiameseXRPDEmbedder(
        OpenSMolNet,
        loss,
        module_params=module,
        siglip_t=t,
        siglip_b=b,
        **FIXED,
        **training,
    )


class Campaign(NamedTuple):
    """Patterns, labels, folds, and the two compounds that each fold tests."""

    X: Any
    y: Any
    folds: list[Any]
    tested: list[tuple[str, str]]


@cache
def campaign_and_folds(name: str) -> Campaign:
    made: Any = make_screening_campaign(**CAMPAIGNS[name])
    X, y = made.X.astype(np.float32), made.y
    splitter = LeaveTwoGroupsOut()
    return Campaign(X, y, list(splitter.split(X, y)), splitter.test_groups(X, y))


def read() -> list[dict[str, Any]]:
    if not RECORD.exists():
        return []
    return [json.loads(line) for line in RECORD.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
