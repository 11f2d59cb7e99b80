"""Train the network of a second look on simulated families."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..._support._files import write_atomically
from ...embedding import SiameseXRPDEmbedder
from ...embedding.networks import PairNet
from ...embedding.training import seeded, thread_limit
from ...embedding.weights import available_models
from ...similarity.second_look._doubtful_pairs import draw_pairs
from ...similarity.second_look._pair_training import PairTraining
from .._checkpoints import keep_progress, read_checkpoint, write_checkpoint
from ._families import simulate_family

CHECKPOINT = "second_look.pt"
PROGRESS = "second_look.jsonl"
_FAMILIES = "families.json"
_POOL = "families.npy"
_EMBEDDINGS = "embeddings.npy"
_N_BINS = 975


@dataclass(frozen=True)
class SecondLookRecipe:
    """Everything that decides which weights come out.

    Parameters
    ----------
    seed : int
    first_look : str
        The embedding that finds the doubtful pairs: a shipped model, or the path of a saved one.
    n_families : int
        Simulated before training.
    steps, families_per_step, pairs_per_step : int
    lowest : float
        Pairs whose cosine is below this one are not trained on.
    lr, weight_decay : float
        Of AdamW, as in `FittingSettings`.
    average : float
        Decay a step of the moving average of the weights, which is what is kept.
    n_threads : int
    """

    seed: int = 0
    first_look: str = "organic-1"
    n_families: int = 5000
    steps: int = 4000
    families_per_step: int = 6
    pairs_per_step: int = 256
    lowest: float = 0.1
    lr: float = 2e-3
    weight_decay: float = 0.02
    average: float = 0.995
    n_threads: int = 1


def simulate_pool(
    recipe: SecondLookRecipe, out: Path
) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Simulate the families of a recipe, or go on where an earlier call stopped.

    Returns
    -------
    channels : ndarray of shape (n_families, n_forms, n_patterns, 4, n_bins)
        What the network sees, mapped from disk.
    embeddings : ndarray of shape (n_families, n_forms, n_patterns, n_components)
        Of the first look.

    Raises
    ------
    ValueError
        If the folder holds families of another recipe.
    """
    read = (
        SiameseXRPDEmbedder.from_pretrained
        if recipe.first_look in available_models()
        else SiameseXRPDEmbedder.load
    )
    embedder = read(recipe.first_look, device="cpu")
    network: Any = embedder.net_.module_.network
    shape = (recipe.n_families, 4, 6)
    n_components = embedder.transform(np.ones((1, 1950))).shape[1]
    done = _families_done(recipe, out / _FAMILIES)
    mode: Any = "w+" if not done else "r" if done == recipe.n_families else "r+"
    channels = np.lib.format.open_memmap(
        out / _POOL, mode=mode, dtype=np.float16, shape=(*shape, 4, _N_BINS)
    )
    embeddings = np.lib.format.open_memmap(
        out / _EMBEDDINGS, mode=mode, dtype=np.float32, shape=(*shape, n_components)
    )
    for number in range(done, recipe.n_families):
        family = simulate_family(recipe.seed, number)
        flat = torch.from_numpy(family.X.reshape(24, -1))
        with torch.inference_mode():
            mask = (~flat.isnan()).float()
            inputs = network.inputs(flat.nan_to_num(0.0), mask)
            joined = network.joined(network.learnt(inputs), inputs.classical, inputs.spectrum)
        channels[number] = inputs.channels.numpy().reshape(4, 6, 4, _N_BINS)
        embeddings[number] = joined.numpy().reshape(4, 6, -1)
        if (number + 1) % 100 == 0 or number + 1 == recipe.n_families:
            channels.flush()
            embeddings.flush()
            with write_atomically(out / _FAMILIES, "w") as file:
                file.write(json.dumps({**_which_families(recipe), "done": number + 1}))
    return channels, embeddings


def _which_families(recipe: SecondLookRecipe) -> dict[str, Any]:
    return {name: getattr(recipe, name) for name in ("seed", "first_look", "n_families")}


def _families_done(recipe: SecondLookRecipe, path: Path) -> int:
    if not path.is_file():
        return 0
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        done = int(found.pop("done"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path} is damaged ({error}); delete it to simulate them again"
        ) from error
    if found != _which_families(recipe):
        raise ValueError(
            f"{path} says that the families are of another recipe; give another folder"
        )
    return done


def train_second_look(
    recipe: SecondLookRecipe, out: str | os.PathLike[str], *, checkpoint_seconds: float = 300.0
) -> PairNet:
    """Train by a recipe, or go on where an earlier call in the same folder stopped.

    Parameters
    ----------
    recipe : SecondLookRecipe
    out : path-like
        Folder for the simulated families, the checkpoint and a log of the progress.
    checkpoint_seconds : float, default=300.0
        Time between checkpoints.

    Returns
    -------
    PairNet
        Ready for prediction, with the moving average of the weights.

    Raises
    ------
    ValueError
        If the folder holds a checkpoint of another recipe.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / CHECKPOINT
    saved: dict[str, Any] | None = None
    if checkpoint.is_file():
        saved = read_checkpoint(checkpoint, ["recipe", "net", "kept", "optimizer", "step"])
        if json.loads(saved["recipe"]) != asdict(recipe):
            raise ValueError(f"{checkpoint} is of another recipe; give another folder")
    cpu = torch.device("cpu")
    with thread_limit(recipe.n_threads), seeded(recipe.seed, cpu):
        return _train(recipe, out, saved, checkpoint_seconds)


def _train(
    recipe: SecondLookRecipe, out: Path, saved: dict[str, Any] | None, checkpoint_seconds: float
) -> PairNet:
    channels, embeddings = simulate_pool(recipe, out)
    training = PairTraining(
        {},
        lr=recipe.lr,
        weight_decay=recipe.weight_decay,
        average=recipe.average,
        n_steps=recipe.steps,
    )
    first = 0
    if saved is not None:
        for name, part in training.state.items():
            part.load_state_dict(saved[name])
        first = saved["step"]
    keep_progress(out / PROGRESS, "step", first)
    form = np.tile(np.repeat(np.arange(4), 6), recipe.families_per_step)
    family = np.repeat(np.arange(recipe.families_per_step), 24)
    written, losses = time.monotonic(), []
    for step in range(first, recipe.steps):
        rng = np.random.default_rng([recipe.seed, step])
        numbers = np.sort(rng.choice(recipe.n_families, recipe.families_per_step, replace=False))
        X = torch.from_numpy(channels[numbers].reshape(-1, 4, _N_BINS).astype(np.float32))
        Z = embeddings[numbers].reshape(len(X), -1)
        scores = Z @ Z.T
        pairs, same = draw_pairs(family, form, scores, recipe.pairs_per_step, rng, recipe.lowest)
        losses.append(training.step(step, X, scores, pairs, same))
        if time.monotonic() - written > checkpoint_seconds or step + 1 == recipe.steps:
            contents = {"recipe": json.dumps(asdict(recipe)), "step": step + 1}
            write_checkpoint(out / CHECKPOINT, contents, training.state)
            with (out / PROGRESS).open("a", encoding="utf-8") as log:
                log.write(json.dumps({"step": step + 1, "loss": float(np.mean(losses))}) + "\n")
            written, losses = time.monotonic(), []
    return training.kept.eval()
