import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from xrpdsim.recipes.training_data import organic_family, simulate_round
from xrpdsim.recipes.weight_training import CHECKPOINT, PROGRESS, Recipe, train_weights

TINY = Recipe(
    cycles=(4,),
    families_per_round=1,
    pool_rounds=2,
    steps_per_round=1,
    families_per_step=2,
    warmup=2,
    module_params={"channels": (4, 4, 4, 4), "hidden": 8, "learnt_dim": 8},
)


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory):
    before = torch.random.get_rng_state()
    found = weights(train_weights(TINY, tmp_path_factory.mktemp("one"), checkpoint_every=4))
    assert torch.equal(torch.random.get_rng_state(), before)
    return found


def test_the_same_seed_gives_the_same_bits(in_one_go, tmp_path):
    again = weights(train_weights(TINY, tmp_path, checkpoint_every=1))
    assert all(torch.equal(again[name], value) for name, value in in_one_go.items())
    other = weights(train_weights(replace(TINY, seed=1), tmp_path / "other"))
    assert not torch.equal(other["network.dense.4.weight"], in_one_go["network.dense.4.weight"])


def test_rounds_simulated_ahead_by_other_processes_are_the_same(in_one_go, tmp_path):
    ahead = weights(train_weights(TINY, tmp_path, checkpoint_every=4, n_workers=2))
    assert all(torch.equal(ahead[name], value) for name, value in in_one_go.items())


def test_interrupted_it_goes_on_to_the_same_bits(in_one_go, tmp_path, monkeypatch):
    calls = []

    def interrupted(seed, number, n_families):
        calls.append(number)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return simulate_round(seed, number, n_families)

    with monkeypatch.context() as patch:
        patch.setattr("xrpdsim.recipes.weight_training.simulate_round", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_weights(TINY, tmp_path, checkpoint_every=2)
    again = weights(train_weights(TINY, tmp_path, checkpoint_every=2))
    assert all(torch.equal(again[name], value) for name, value in in_one_go.items())


def test_a_training_that_begins_again_has_a_log_of_its_own(tmp_path):
    def rounds():
        return [json.loads(line)["rounds"] for line in (tmp_path / PROGRESS).open()]

    train_weights(TINY, tmp_path, checkpoint_every=2)
    assert rounds() == [2, 4]
    train_weights(TINY, tmp_path, checkpoint_every=2)
    assert rounds() == [2, 4]
    (tmp_path / CHECKPOINT).unlink()
    train_weights(TINY, tmp_path, checkpoint_every=4)
    assert rounds() == [4]


def test_a_run_may_be_made_longer_by_cycles(tmp_path):
    train_weights(TINY, tmp_path / "a", checkpoint_every=4)
    two = replace(TINY, cycles=[4, 2])
    longer = weights(train_weights(two, tmp_path / "a", checkpoint_every=4))
    at_once = weights(train_weights(two, tmp_path / "b"))
    assert all(torch.equal(longer[name], value) for name, value in at_once.items())
    with pytest.raises(ValueError, match="another recipe"):
        train_weights(replace(TINY, cycles=[20]), tmp_path / "a")
    with pytest.raises(ValueError, match="lr"):
        train_weights(replace(two, lr=0.1), tmp_path / "a")


def test_learning_rate_rises_stays_and_falls():
    recipe = Recipe(cycles=(100,), warmup=10, cooldown=0.4, lr=1.0)
    rates = [recipe.learning_rate(k) for k in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert set(rates[9:61]) == {1.0}
    assert all(a > b for a, b in pairwise(rates[61:]))
    assert rates[-1] < 0.01
    restarted = replace(recipe, cycles=(100, 50))
    assert [restarted.learning_rate(k) for k in range(100)] == rates
    assert [restarted.learning_rate(k) for k in (100, 130, 149)] == pytest.approx(
        [1, 1, 0], abs=0.01
    )


def test_a_round_follows_from_seed_and_number():
    one, same, other = simulate_round(5, 0, 1), simulate_round(5, 0, 1), simulate_round(5, 1, 1)
    np.testing.assert_array_equal(one.X, same.X)
    assert not np.array_equal(one.X, other.X, equal_nan=True)
    assert one.X.shape == (1, 4, 6, 1950)
    assert (one.X[~np.isnan(one.X)] >= 0).all()


def test_families_hold_near_relatives():
    kin = 0
    for seed in range(8):
        forms = organic_family(np.random.RandomState(seed))
        assert len(forms) == 4
        kin += sum(a.space_group == b.space_group for a, b in pairwise(forms))
    assert kin > 8  # of 24; unrelated crystals would share one by chance in five
