"""A whole fitted classifier as one file: network, second look, and what decides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from ..embedding import SiameseXRPDEmbedder
from ..embedding._saved_steps import (
    MAX_STEPS,
    output_of,
    set_names,
    set_output,
    split_steps,
    steps_as_values,
    steps_from_values,
)
from ..embedding.storage import (
    CLASSIFIER,
    EMBEDDER_PART,
    EmbedderFile,
    Shapes,
    check_state,
    errors_naming,
    plain,
    read_tensors,
    refuse_unknown_version,
    refuse_without_seal,
    state_as_values,
    state_from_values,
    versions_in_use,
    with_prefix,
    write_tensors,
)
from .probability._decision_values import (
    decision_as_values,
    decision_from_values,
    parameters_to_keep,
)
from .second_look import TrainedSecondLook
from .second_look._second_look_file import (
    SecondLookParts,
    check_second_look,
    second_look_as_values,
    second_look_from_values,
)

Classifier = TypeVar("Classifier", bound=Any)

FORMAT_VERSION = 1

STEPS, SECOND_LOOK, DECISION = "steps", "second_look", "decision"
PARTS = (EMBEDDER_PART, STEPS, SECOND_LOOK, DECISION)
"""Entries of the header, and what the names of tensors begin with."""


def write_classifier(path: str | os.PathLike[str], classifier: Any) -> None:
    """Write it; see `PairwisePhaseClassifier.save`."""
    steps, name, network = split_steps(classifier.embedder_)
    embedder, weights = state_as_values(network._state_to_save())
    entries, grids = steps_as_values(steps)
    look: dict[str, Any] | None = None
    of_look: dict[str, torch.Tensor] = {}
    if classifier.second_look_ is not None:
        trained = classifier.second_look_
        parts = SecondLookParts(trained.network, trained.band, trained.two_theta)
        look, of_look = second_look_as_values(parts)
    decision, judged = decision_as_values(classifier._decided)
    names = getattr(classifier, "feature_names_in_", None)
    header = {
        "format_version": FORMAT_VERSION,
        "parameters": {"metric": classifier.metric} | parameters_to_keep(classifier),
        "feature_names": None if names is None else plain(names),
        STEPS: entries,
        "network_name": name,
        "network_output": output_of(network),
        EMBEDDER_PART: embedder,
        SECOND_LOOK: look,
        DECISION: decision,
        "versions": versions_in_use(),
    }
    arrays = {key: torch.as_tensor(np.asarray(array)) for key, array in judged.items()}
    parts_of = zip(PARTS, (weights, grids, of_look, arrays), strict=True)
    # copies: parts may share a grid, which safetensors refuses
    tensors = {f"{part}.{key}": t.clone() for part, held in parts_of for key, t in held.items()}
    write_tensors(path, CLASSIFIER, header, tensors)


def read_classifier(
    path: str | os.PathLike[str],
    cls: type[Classifier],
    own: Mapping[str, Any],
    device: str | None,
) -> Classifier:
    """Read it; see `PairwisePhaseClassifier.load`."""
    path = Path(path)
    with errors_naming(path):
        header, tensors, digest = read_tensors(path, CLASSIFIER, _check_before_reading)
        held = {part: with_prefix(tensors, f"{part}.") for part in PARTS}
        state = state_from_values(
            header[EMBEDDER_PART], held[EMBEDDER_PART], dict(own), digest[:16]
        )
        init = EmbedderFile(str(path.absolute()), state.digest)
        network = SiameseXRPDEmbedder._from_state(state, init=init, device=device)
        set_output(network, header["network_output"])
        n_points = network.n_features_in_
        steps = steps_from_values(header[STEPS], held[STEPS], n_points)
        embedder: Any = network
        if steps:
            embedder = Pipeline([*steps, (str(header["network_name"]), network)])
        look = None
        if header[SECOND_LOOK] is not None:
            parts = second_look_from_values(header[SECOND_LOOK], held[SECOND_LOOK])
            look = TrainedSecondLook(*parts)
        parameters = dict(header["parameters"])
        classifier = cls(FrozenEstimator(embedder), second_look=look, **parameters)
        classifier._validate_params()
        classifier.pair_classes_ = np.array([0, 1])
        classifier.n_features_in_ = n_points
        set_names(classifier, header["feature_names"])
        classifier._from_weights = True
        classifier._use(classifier.embedder)
        arrays = {name: t.numpy() for name, t in held[DECISION].items()}
        classifier._decision = decision_from_values(header[DECISION], arrays)
    return classifier


def _check_before_reading(header: dict[str, Any], shapes: Shapes) -> None:
    refuse_without_seal(header)
    refuse_unknown_version(header.get("format_version"), FORMAT_VERSION)
    for name in shapes:
        if name.partition(".")[0] not in PARTS:
            raise ValueError(f"the tensor {name} belongs to no part of a classifier")
    check_state(header[EMBEDDER_PART], with_prefix(shapes, f"{EMBEDDER_PART}."))
    steps = header[STEPS]
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        raise ValueError("the header is damaged: its steps are no list, or too many")
    of_look = with_prefix(shapes, f"{SECOND_LOOK}.")
    if header[SECOND_LOOK] is not None:
        check_second_look(header[SECOND_LOOK], of_look)
    elif of_look:
        raise ValueError("the header is damaged: weights of a second look that is not there")
