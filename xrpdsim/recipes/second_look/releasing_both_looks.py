"""From the checkpoints of both looks to the files that are shipped."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._support._files import write_atomically
from ...embedding import SiameseXRPDEmbedder
from ...embedding.networks import PairNet
from ...patterns import default_two_theta
from ...similarity.probability import LikelihoodRatioCalibrator, SigmoidCalibrator
from ...similarity.ranking import RankedPairs
from ...similarity.second_look import Band, TrainedSecondLook
from .._checkpoints import read_checkpoint
from ..labelled_patterns import LabelledPatterns, together
from ..releasing import embedder_of
from ..simulated_sets import simulated_campaign
from ..weight_training import Recipe, train_weights
from ._families import simulate_family, strong_conditions
from ._sets import SETS_SEED, families_kept_apart, polytypes_kept_apart
from ._training import CHECKPOINT, SecondLookRecipe, train_second_look

FIRST_LOOK, HOW_CHOSEN = "first_look.safetensors", "first_look.json"

LOWEST_SCORES = (0.1, 0.15, 0.2, 0.3)
"""Below these scores of the first look a pair is not looked at again; one is chosen."""

BAND_WIDTHS = (0.05, 0.1)

N_FAMILIES, N_CAMPAIGNS = 150, 6
"""Of which probabilities are made; as many campaigns again have strong artefacts."""

SAME_SHARE = 0.45
"""Of the pairs that probabilities are made of, as within the campaigns. In the families, which have
more forms, fewer pairs of different ones are taken."""

_FIRST_FAMILY = 1000
"""Families before it are for reporting."""

_FIRST_STRONG = 200
"""Number of the first campaign with strong artefacts."""


class ScoredPairs(NamedTuple):
    """Pairs within compounds, by both looks.

    Attributes
    ----------
    first : ndarray of shape (n_pairs,)
        Scores of the first look.
    second : ndarray of shape (n_pairs,)
        Log odds of the second look alone; NaN below the lowest of `LOWEST_SCORES`.
    same : ndarray of shape (n_pairs,), bool
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    same: NDArray[np.bool_]

    def thinned(self, same_share: float) -> ScoredPairs:
        """Return them without some pairs of different forms, evenly taken, where these are many."""
        different = np.flatnonzero(~self.same)
        wanted = round(self.same.sum() * (1 - same_share) / same_share)
        n_kept = min(wanted, len(different))
        kept = different[np.linspace(0, len(different) - 1, n_kept).round().astype(np.intp)]
        chosen = np.sort(np.concatenate([np.flatnonzero(self.same), kept]))
        return ScoredPairs(*(column[chosen] for column in self))

    def by_both(self, band: Band) -> NDArray[np.float64]:
        """Return the log odds with a band."""
        return band.mixed(self.first, np.where(np.isnan(self.second), 0.0, self.second))


def train_both_looks(
    recipe: Recipe, out: str | os.PathLike[str], *, n_workers: int = 0
) -> dict[str, Any]:
    """Train both looks from one seed, or go on where an earlier call in the same folder stopped.

    Parameters
    ----------
    recipe : Recipe
        Of the first look; the second one has its seed, and else the defaults of
        `SecondLookRecipe`.
    out : path-like
        Folder for checkpoints, simulated families and the first look.
    n_workers : int, default=0
        Processes that simulate ahead for the first look.

    Returns
    -------
    dict
        Of the first look: recipe, and how its views are joined.
    """
    out = Path(out)
    train_weights(recipe, out, n_workers=n_workers)
    if not (out / HOW_CHOSEN).is_file():
        first = embedder_of(out)
        first.embedder.save(out / FIRST_LOOK)
        chosen = {"recipe": recipe.to_dict(), "chosen": first.chosen, "tried": first.tried}
        with write_atomically(out / HOW_CHOSEN, "w") as file:
            file.write(json.dumps(chosen))
    train_second_look(
        SecondLookRecipe(
            seed=recipe.seed, first_look=str(out / FIRST_LOOK), n_threads=recipe.n_threads
        ),
        out,
    )
    return json.loads((out / HOW_CHOSEN).read_text(encoding="utf-8"))


def trained_network(folder: str | os.PathLike[str]) -> tuple[SecondLookRecipe, PairNet]:
    """Return the network of a finished training, with its recipe."""
    saved = read_checkpoint(Path(folder) / CHECKPOINT, ["recipe", "kept", "step"])
    recipe = SecondLookRecipe(**json.loads(saved["recipe"]))
    if saved["step"] != recipe.steps:
        raise ValueError(
            f"{folder}: the training stands at step {saved['step']} of {recipe.steps}; let it end"
        )
    network = PairNet()
    network.load_state_dict(saved["kept"])
    return recipe, network.eval()


def score_pairs(
    embedder: SiameseXRPDEmbedder, network: PairNet, patterns: LabelledPatterns
) -> ScoredPairs:
    """Score all pairs within compounds by both looks.

    Parameters
    ----------
    embedder : SiameseXRPDEmbedder
    network : PairNet
    patterns : LabelledPatterns

    Returns
    -------
    ScoredPairs
    """
    first, second = patterns.pairs_within()
    Z = embedder.transform(patterns.X).astype(np.float64)
    scores = np.einsum("ij,ij->i", Z[first], Z[second])
    look = TrainedSecondLook(network, Band(0, 1, 1, 0), default_two_theta())
    stems = look.stems(patterns.X)
    odds = np.full(len(scores), np.nan)
    doubtful = scores >= min(LOWEST_SCORES)
    odds[doubtful] = look.log_odds(
        stems, stems, first[doubtful], second[doubtful], scores[doubtful]
    )
    return ScoredPairs(scores, odds, patterns.phase[first] == patterns.phase[second])


def sets_to_choose_on() -> dict[str, LabelledPatterns]:
    """Return crystals kept apart from training and from what is reported."""
    return {
        "organic": families_kept_apart(60, first=_FIRST_FAMILY),
        "mineral": families_kept_apart(40, mineral=True, first=_FIRST_FAMILY),
        "polytypes": polytypes_kept_apart(80, first=_FIRST_FAMILY),
    }


def sets_for_probabilities() -> list[LabelledPatterns]:
    """Return families as in training, of a seed of their own, and campaigns.

    Half of the campaigns are measured as the third of the training with the strongest artefacts.
    """
    families = []
    for number in range(N_FAMILIES):
        X = simulate_family(SETS_SEED, number).X
        n_forms, n_patterns = X.shape[:2]
        families.append(
            LabelledPatterns(
                X.reshape(n_forms * n_patterns, -1),
                np.zeros(n_forms * n_patterns, dtype=int),
                np.repeat(np.arange(n_forms), n_patterns),
            )
        )
    numbers = range(N_CAMPAIGNS)
    return [
        together(families),
        *(simulated_campaign(number) for number in numbers),
        *(
            simulated_campaign(100 + number, presets=strong_conditions(number))
            for number in numbers
        ),
    ]


def choose_band(
    chosen_on: dict[str, ScoredPairs], slope: float, intercept: float
) -> tuple[Band, list[dict[str, float]]]:
    """Return the band with the highest mean AUROC, and the figures of all that were tried."""
    tried = []
    for low in LOWEST_SCORES:
        for width in BAND_WIDTHS:
            band = Band(low, round(low + width, 3), slope, intercept)
            figures = {
                name: _auroc(pairs.by_both(band), pairs.same) for name, pairs in chosen_on.items()
            }
            asked = np.mean([np.mean(pairs.first > low) for pairs in chosen_on.values()])
            tried.append(
                {"low": low, "high": band.high, **figures, "asked": round(float(asked), 4)}
            )
    best = max(tried, key=lambda row: sum(row[name] for name in chosen_on))
    return Band(best["low"], best["high"], slope, intercept), tried


def release_both_looks(
    folder: str | os.PathLike[str],
    name: str,
    target: str | os.PathLike[str],
    *,
    chosen_on: dict[str, LabelledPatterns] | None = None,
    probabilities_of: Iterable[LabelledPatterns] | None = None,
) -> dict[str, Any]:
    """Choose the band, the thresholds and the probabilities, and write what is shipped.

    Parameters
    ----------
    folder : path-like
        With the first look and the finished training of the second one.
    name : str
        Of the model.
    target : path-like
        Folder for ``name.safetensors``, ``name.second-look.safetensors`` and ``name.json``.
    chosen_on, probabilities_of
        By default `sets_to_choose_on` and `sets_for_probabilities`, which take minutes.

    Returns
    -------
    dict
        The contents of the JSON file.
    """
    folder, target = Path(folder), Path(target)
    recipe, network = trained_network(folder)
    embedder = SiameseXRPDEmbedder.load(folder / FIRST_LOOK, device="cpu")
    chosen_on = sets_to_choose_on() if chosen_on is None else chosen_on
    if probabilities_of is None:
        probabilities_of = sets_for_probabilities()
    parts = [
        score_pairs(embedder, network, patterns).thinned(SAME_SHARE)
        for patterns in probabilities_of
    ]
    pairs = ScoredPairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    line = SigmoidCalibrator.from_scores(
        np.sort(pairs.first[pairs.same]), np.sort(pairs.first[~pairs.same])
    )
    scored = {key: score_pairs(embedder, network, part) for key, part in chosen_on.items()}
    band, tried = choose_band(scored, line.slope, line.intercept)
    files = {
        "weights": target / f"{name}.safetensors",
        "second_look": target / f"{name}.second-look.safetensors",
    }
    embedder.save(files["weights"])
    TrainedSecondLook(network, band, default_two_theta()).save(files["second_look"])
    first_look_chosen = json.loads((folder / HOW_CHOSEN).read_text(encoding="utf-8"))
    values = {
        "weights_sha256": _sha256(files["weights"]),
        "recipe": first_look_chosen["recipe"] | {"chosen": first_look_chosen["chosen"]},
        "first_look": _decision(pairs.first, pairs.same),
        "second_look": {
            "sha256": _sha256(files["second_look"]),
            "recipe": asdict(recipe) | {"first_look": FIRST_LOOK},
            "tried": tried,
            **_decision(pairs.by_both(band), pairs.same),
        },
        "calibration_pairs": {
            "same": int(pairs.same.sum()),
            "different": int((~pairs.same).sum()),
        },
        "first_look_tried": first_look_chosen["tried"],
    }
    with write_atomically(target / f"{name}.json", "w") as file:
        file.write(json.dumps(values, indent=1) + "\n")
    return values


def _decision(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> dict[str, Any]:
    positive, negative = np.sort(scores[same]), np.sort(scores[~same])
    return {
        "threshold": RankedPairs(positive, negative).best_f1_threshold,
        "calibrator": LikelihoodRatioCalibrator.from_scores(positive, negative).to_json(),
    }


def _auroc(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    return round(float(RankedPairs.from_scores(scores, same).auroc), 5)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
