"""From a checkpoint to the files that are shipped."""

from __future__ import annotations

import hashlib
import inspect
import itertools
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from .._support._files import write_atomically
from .._support._table import Table
from ..embedding import HybridNet, SiameseXRPDEmbedder
from ..embedding.storage import EmbedderState
from ..embedding.training import FROM_SCRATCH, IN_FORCE
from ..patterns import GRID_POINTS, default_two_theta
from ..similarity.probability import LikelihoodRatioCalibrator
from ..similarity.ranking import RankedPairs
from ._checkpoints import read_checkpoint
from .labelled_patterns import LabelledPatterns
from .simulated_sets import (
    RELATIVE_STRAINS,
    simulated_campaign,
    simulated_families,
    simulated_relatives,
)
from .weight_training import CHECKPOINT, PROGRESS, Recipe

LEARNT_SHARES = tuple(round(0.1 * tenth, 1) for tenth in range(11))
SPECTRUM_SHARES = (0.0, 0.25, 0.5, 0.75)
PRECISIONS = ("organic_all", "organic_within", "mineral_all", "mineral_within")

N_CAMPAIGNS = 16
N_MINERAL_SETS = 8


def release(
    folder: str | os.PathLike[str], name: str, target: str | os.PathLike[str]
) -> dict[str, Any]:
    """Choose the learnt share, the threshold and the probabilities, and write what is shipped.

    Parameters
    ----------
    folder : path-like
        Of `train_weights`.
    name : str
        Of the model.
    target : path-like
        Folder for ``name.safetensors`` and ``name.json``.

    Returns
    -------
    dict
        The contents of the JSON file.

    Examples
    --------
    >>> from xrpdsim.recipes import release
    >>> release("weights", "organic-1", "weights")  # doctest: +SKIP
    """
    folder, target = Path(folder), Path(target)
    first = embedder_of(folder)
    embedder = first.embedder
    campaigns = (simulated_campaign(number) for number in range(N_CAMPAIGNS))
    minerals = (
        simulated_families(mineral=True, number=1 + k, series=True) for k in range(N_MINERAL_SETS)
    )
    file_of_weights = target / f"{name}.safetensors"
    embedder.save(file_of_weights)
    constants = {
        "weights_sha256": hashlib.sha256(file_of_weights.read_bytes()).hexdigest(),
        "recipe": first.recipe.to_dict(),
        "chosen": first.chosen,
        "tried": first.tried,
        "crystals": {
            "organic": probabilities(embedder, campaigns),
            "mineral": probabilities(embedder, minerals),
        },
    }
    with write_atomically(target / f"{name}.json", "w") as file:
        file.write(json.dumps(constants, indent=1) + "\n")
    return constants


class TrainedEmbedder(NamedTuple):
    """An embedder whose views are joined in the way that was best.

    Attributes
    ----------
    embedder : SiameseXRPDEmbedder
    recipe : Recipe
    chosen : dict
        learnt_share and spectrum_share.
    tried : list of dict
        See `view_figures`.
    """

    embedder: SiameseXRPDEmbedder
    recipe: Recipe
    chosen: dict[str, Any]
    tried: list[dict[str, Any]]


def embedder_of(folder: Path) -> TrainedEmbedder:
    """Return the embedder of a folder of `train_weights`, with the best way to join its views."""
    recipe, weights, learnt = _checkpoint(folder / CHECKPOINT)
    embedder = build_embedder(recipe, weights, learnt, _history(folder / PROGRESS))
    tried = view_figures(embedder)
    chosen = best_views(tried)
    module_params = {**_defaults(HybridNet), **recipe.module_params, **chosen}
    embedder = build_embedder(recipe, weights, learnt, embedder.history_, module_params)
    return TrainedEmbedder(embedder, recipe, chosen, tried)


def build_embedder(
    recipe: Recipe,
    weights: dict[str, torch.Tensor],
    loss_parameters: dict[str, float],
    history: Table,
    module_params: dict[str, Any] | None = None,
) -> SiameseXRPDEmbedder:
    """Return a fitted embedder with weights that came out of `train_weights`.

    Parameters
    ----------
    recipe : Recipe
    weights : dict of str to Tensor
    loss_parameters : dict of str to float
        t and b of SigLIP.
    history : Table
        Of the training.
    module_params : dict, optional
        Of `HybridNet`, instead of the recipe's; the weights must still fit.

    Returns
    -------
    SiameseXRPDEmbedder
    """
    in_force = {name: FROM_SCRATCH.get(name) for name in IN_FORCE} | {
        "architecture": "hybrid",
        "loss": "siglip",
        "metric": "cosine",
        "module_params": dict(recipe.module_params if module_params is None else module_params),
        "lr": recipe.lr,
    }
    learnt = {
        "n_features_in_": GRID_POINTS,
        "two_theta_": default_two_theta(),
        "loss_parameters_": loss_parameters,
        "history_": history,
        "best_check_": None,
        "interrupted_": False,
        "validation_indices_": None,
        "validation_groups_": None,
    }
    state = EmbedderState(in_force, {"random_state": recipe.seed}, learnt, weights)
    return SiameseXRPDEmbedder._from_state(state, device="cpu")


def view_figures(embedder: SiameseXRPDEmbedder) -> list[dict[str, Any]]:
    """Return average precision on simulated families for each way to join the three views.

    Parameters
    ----------
    embedder : SiameseXRPDEmbedder

    Returns
    -------
    list of dict
        learnt_share and spectrum_share as in `HybridNet`; average precision over all pairs and over
        those within families, of organics and of crystals like minerals; AUROC with which pairs of
        one form are told from pairs of near relatives, by the strain between these.
    """
    rows: list[dict[str, Any]] = [
        {"learnt_share": w, "spectrum_share": q}
        for q, w in itertools.product(SPECTRUM_SHARES, LEARNT_SHARES)
    ]
    for kind, mineral in (("organic", False), ("mineral", True)):
        patterns = simulated_families(mineral=mineral)
        first, second = patterns.pairs()
        same = patterns.phase[first] == patterns.phase[second]
        within = patterns.compound[first] == patterns.compound[second]
        cosines = [(view @ view.T)[first, second] for view in all_views(embedder, patterns.X)]
        for row in rows:
            scores = _joined(row, cosines)
            for pairs, chosen in (("all", slice(None)), ("within", within)):
                ranked = RankedPairs.from_scores(scores[chosen], same[chosen])
                row[f"{kind}_{pairs}"] = round(ranked.average_precision, 5)
    relatives = simulated_relatives()
    n_crystals, n_each, n_points = relatives.shape
    views = all_views(embedder, relatives.reshape(-1, n_points))
    by_crystal = (view.reshape(n_crystals, n_each, -1) for view in views)
    cosines = [np.einsum("ni,nki->nk", Z[:, 0], Z[:, 1:]) for Z in by_crystal]
    for row in rows:
        same, *others = np.sort(_joined(row, cosines), axis=0).T
        for strain, other in zip(RELATIVE_STRAINS, others, strict=True):
            row[f"relatives_{strain}"] = round(RankedPairs(same, other).auroc, 5)
    return rows


def _joined(row: dict[str, Any], cosines: Sequence[NDArray[np.floating]]) -> Any:
    w, q = row["learnt_share"], row["spectrum_share"]
    learnt, classical, spectrum = cosines
    return w * learnt + (1 - w) * ((1 - q) * classical + q * spectrum)


def best_views(tried: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the way with the highest mean of the four average precisions."""
    best = max(tried, key=lambda row: sum(row[name] for name in PRECISIONS))
    return {name: best[name] for name in ("learnt_share", "spectrum_share")}


def all_views(embedder: SiameseXRPDEmbedder, X: NDArray[np.floating]) -> list[NDArray[np.floating]]:
    """Return u, v and s of patterns, as in `HybridNet`, each of length 1."""
    network: Any = embedder.net_.module_.network
    pieces = []
    with torch.inference_mode():
        for piece in torch.from_numpy(np.asarray(X, dtype=np.float32)).split(256):
            mask = (~piece.isnan()).to(piece.dtype)
            pieces.append(network.views(piece.nan_to_num(0.0), mask))
    return [torch.cat(view).numpy() for view in zip(*pieces, strict=True)]


def probabilities(
    embedder: SiameseXRPDEmbedder, sets: Iterable[LabelledPatterns]
) -> dict[str, Any]:
    """Return threshold and probabilities for one kind of crystals.

    Parameters
    ----------
    embedder : SiameseXRPDEmbedder
    sets : iterable of LabelledPatterns

    Returns
    -------
    dict
        Threshold of the best F1 over the pairs within compounds, and over all pairs; the calibrator
        of the pairs within compounds, and how many there are.
    """
    parts = []
    for patterns in sets:
        first, second = patterns.pairs()
        Z = embedder.transform(patterns.X)
        parts.append(
            (
                (Z @ Z.T)[first, second],
                patterns.phase[first] == patterns.phase[second],
                patterns.compound[first] == patterns.compound[second],
            )
        )
    scores, same, within = (np.concatenate(part) for part in zip(*parts, strict=True))
    positive, negative = scores[same], scores[within & ~same]
    calibrator = LikelihoodRatioCalibrator.from_scores(np.sort(positive), np.sort(negative))
    return {
        "threshold": RankedPairs(positive, negative).best_f1_threshold,
        "threshold_all_pairs": RankedPairs(positive, scores[~same]).best_f1_threshold,
        "calibrator": calibrator.to_json(),
        "calibration_pairs": {"same": len(positive), "different": len(negative)},
    }


def _defaults(network: type) -> dict[str, Any]:
    """Return all parameters of a network: a file must not depend on defaults that may change."""
    parameters = inspect.signature(network).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def _checkpoint(path: Path) -> tuple[Recipe, dict[str, torch.Tensor], dict[str, float]]:
    saved = read_checkpoint(path, ["recipe", "loss", "module"])
    recipe = Recipe(**json.loads(saved["recipe"]))
    loss = saved["loss"]
    learnt = {"t": float(loss["t_prime"].exp()), "b": float(loss["b"])}
    return recipe, saved["module"], learnt


def _history(path: Path) -> Table:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return Table.from_rows(
        {name: line[name] for name in ("rounds", "loss", "learning_rate")} for line in lines
    )
