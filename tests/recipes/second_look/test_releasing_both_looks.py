"""From a training to files that `from_pretrained` reads."""

import hashlib
import json

import numpy as np
import pytest

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim.embedding import weights
from xrpdsim.recipes.second_look import release_both_looks
from xrpdsim.recipes.second_look._sets import families_kept_apart
from xrpdsim.recipes.second_look._training import SecondLookRecipe, train_second_look
from xrpdsim.recipes.second_look.releasing_both_looks import (
    BAND_WIDTHS,
    FIRST_LOOK,
    HOW_CHOSEN,
    LOWEST_SCORES,
    ScoredPairs,
    choose_band,
    score_pairs,
    trained_network,
)

RECIPE = SecondLookRecipe(n_families=3, steps=4, families_per_step=2, pairs_per_step=32)


@pytest.fixture(scope="module")
def patterns():
    return families_kept_apart(2, first=2000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu").save(folder / FIRST_LOOK)
    (folder / HOW_CHOSEN).write_text(json.dumps({"recipe": {}, "chosen": {}, "tried": []}))
    train_second_look(RECIPE, folder)
    return folder


@pytest.fixture(scope="module")
def released(folder, patterns, tmp_path_factory):
    target = tmp_path_factory.mktemp("released")
    values = release_both_looks(
        folder, "tried-out", target, chosen_on={"organic": patterns}, probabilities_of=[patterns]
    )
    return target, values


@pytest.fixture
def shipped(released, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", released[0])
    return "tried-out"


def test_what_is_written_is_what_was_returned(released):
    target, values = released
    assert json.loads((target / "tried-out.json").read_text()) == values
    for suffix, digest in (
        (".safetensors", values["weights_sha256"]),
        (".second-look.safetensors", values["second_look"]["sha256"]),
    ):
        contents = (target / f"tried-out{suffix}").read_bytes()
        assert hashlib.sha256(contents).hexdigest() == digest
    assert values["calibration_pairs"] == {"same": 120, "different": round(120 * 0.55 / 0.45)}


def test_a_shipped_classifier_looks_twice_or_once(shipped, patterns, folder):
    X = patterns.X[:24]
    both = PairwisePhaseClassifier.from_pretrained(shipped)
    once = PairwisePhaseClassifier.from_pretrained(shipped, second_look=False)
    i, j = np.triu_indices(24, 1)
    np.testing.assert_allclose(once.decision_function(X), once.pairwise(X)[i, j], atol=1e-9)
    embedder = SiameseXRPDEmbedder.from_pretrained(shipped, device="cpu")
    Z = embedder.transform(X).astype(np.float64)
    np.testing.assert_allclose(once.pairwise(X), Z @ Z.T, atol=1e-6)
    expected = score_pairs(embedder, trained_network(folder)[1], patterns)
    np.testing.assert_allclose(
        both.decision_function(X),
        expected.by_both(both.second_look_.band)[: len(i)],
        rtol=0,
        atol=1e-5,
    )
    assert np.ptp(both.predict_proba(X)[:, 1]) > 0.1


def test_there_is_one_kind_of_probabilities(shipped):
    with pytest.raises(ValueError, match="for crystals of any kind"):
        PairwisePhaseClassifier.from_pretrained(shipped, crystals="mineral")


def test_a_changed_second_look_is_refused(released, monkeypatch, tmp_path):
    for path in released[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    changed = tmp_path / "tried-out.second-look.safetensors"
    changed.write_bytes(changed.read_bytes()[:-1] + b"\x00")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"second-look\.safetensors: it was damaged or changed"):
        PairwisePhaseClassifier.from_pretrained("tried-out")


def test_the_band_with_the_best_figures_is_taken():
    rng = np.random.default_rng(0)
    same = np.arange(400) % 2 == 0
    first = rng.uniform(0.1, 0.9, 400)
    right = np.where(same, 3.0, -3.0)
    # the second look is right everywhere and the first one says nothing: the lowest band is best
    pairs = ScoredPairs(first, right, same)
    band, tried = choose_band({"a": pairs}, 0.0, 0.0)
    assert (band.low, band.high) == pytest.approx(
        (LOWEST_SCORES[0], LOWEST_SCORES[0] + BAND_WIDTHS[0])
    )
    assert len(tried) == len(LOWEST_SCORES) * len(BAND_WIDTHS)
    assert max(row["a"] for row in tried) == tried[0]["a"]


def test_pairs_of_different_forms_are_thinned_evenly():
    same = np.arange(100) % 5 == 0
    pairs = ScoredPairs(np.arange(100.0), np.arange(100.0), same).thinned(0.5)
    assert pairs.same.sum() == 20
    assert len(pairs.same) == 40
    assert np.diff(pairs.first[~pairs.same]).max() < 8
    few = ScoredPairs(np.arange(10.0), np.arange(10.0), np.arange(10) < 8).thinned(0.5)
    assert len(few.same) == 10


def test_a_training_that_has_not_ended_is_refused(folder, tmp_path):
    (tmp_path / "second_look.pt").write_bytes((folder / "second_look.pt").read_bytes())
    import torch

    saved = torch.load(tmp_path / "second_look.pt", weights_only=True)
    torch.save(saved | {"step": 2}, tmp_path / "second_look.pt")
    with pytest.raises(ValueError, match="stands at step 2 of 4"):
        trained_network(tmp_path)
