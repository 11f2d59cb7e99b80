import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from xrpdsim.embedding.training._samplers import BalancedPairs, PhaseBatches, ShuffledBatches

PHASES = st.lists(st.integers(0, 5), min_size=1, max_size=60).map(np.array)


@given(phases=PHASES, batch_size=st.integers(2, 20))
def test_shuffled_batches_hold_each_pattern_once(phases, batch_size):
    sampler = ShuffledBatches(phases, batch_size, np.random.default_rng(0))
    batches = [rows for rows, pairs in sampler]
    assert len(batches) == len(sampler)
    assert sorted(np.concatenate(batches)) == list(range(len(phases)))
    sizes = [len(rows) for rows in batches]
    assert max(sizes) <= max(batch_size, 3)
    assert min(sizes) >= min(2, len(phases))
    assert max(sizes) - min(sizes) <= 1


@given(phases=PHASES, batch_size=st.integers(2, 20), hand=st.integers(2, 6))
def test_phase_batches_hold_each_pattern_once_beside_its_like(phases, batch_size, hand):
    sampler = PhaseBatches(phases, batch_size, hand, np.random.default_rng(0))
    batches = [rows for rows, pairs in sampler]
    assert len(batches) == len(sampler)
    assert sorted(np.concatenate(batches)) == list(range(len(phases)))
    sizes = dict(zip(*np.unique(phases, return_counts=True), strict=True))
    for rows in batches:
        for phase, count in zip(*np.unique(phases[rows], return_counts=True), strict=True):
            assert count >= min(hand, sizes[phase])


def test_phase_batches_have_positives_where_shuffling_has_none():
    phases = np.repeat(np.arange(1000), 4)

    def with_positives(sampler):
        return np.mean([len(np.unique(phases[rows])) < len(rows) for rows, _ in sampler])

    random = np.random.default_rng(0)
    assert with_positives(PhaseBatches(phases, 8, 4, random)) == 1
    assert with_positives(ShuffledBatches(phases, 8, random)) < 0.1


def test_no_batch_of_phases_holds_a_single_pattern():
    phases = np.array([0, 0, 1, 1, 2, 3])  # two forms of one pattern each
    sampler = PhaseBatches(phases, 2, 2, np.random.default_rng(0))
    for _ in range(20):
        batches = [rows for rows, _ in sampler]
        assert len(batches) == len(sampler) == 2
        assert min(map(len, batches)) > 1
        assert sorted(np.concatenate(batches)) == list(range(6))


def test_epochs_differ_and_seeds_repeat():
    phases = np.arange(40) // 4
    for build in (
        lambda random: ShuffledBatches(phases, 8, random),
        lambda random: PhaseBatches(phases, 8, 2, random),
        lambda random: BalancedPairs(phases, 8, 2, random),
    ):
        sampler, again = build(np.random.default_rng(3)), build(np.random.default_rng(3))
        first, second = ([rows.tolist() for rows, _ in sampler] for _ in range(2))
        assert first != second
        assert first == [rows.tolist() for rows, _ in again]


@given(phases=PHASES, batch_size=st.integers(2, 20))
def test_balanced_pairs_are_pairs(phases, batch_size):
    _, counts = np.unique(phases, return_counts=True)
    random = np.random.default_rng(0)
    if len(counts) < 2 or (counts < 2).all():
        with pytest.raises(ValueError, match="two patterns of one form, and two forms"):
            BalancedPairs(phases, batch_size, 1.0, random)
        return
    for rows, pairs in BalancedPairs(phases, batch_size, 1.0, random):
        assert pairs.shape == (batch_size, 2)
        first, second = rows[pairs].T
        assert (first != second).all()
        assert (phases[first] == phases[second]).sum() == batch_size // 2
        assert len(np.unique(rows)) == len(rows)


def test_every_pair_of_a_kind_is_as_likely_as_every_other():
    phases = np.array([0, 1, 0, 0, 0, 2, 2, 1])
    sampler = BalancedPairs(phases, 4000, 20, np.random.default_rng(0))
    drawn = np.concatenate([np.sort(rows[pairs], axis=1) for rows, pairs in sampler])
    pairs, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(pairs) == 28
    same = phases[pairs[:, 0]] == phases[pairs[:, 1]]
    assert chisquare(counts[same]).pvalue > 1e-3
    assert chisquare(counts[~same]).pvalue > 1e-3


def test_pairs_an_epoch_are_a_multiple_of_the_patterns():
    sampler = BalancedPairs(np.arange(100) % 5, 10, 2.5, np.random.default_rng(0))
    assert sum(len(pairs) for _, pairs in sampler) == 250


def test_memory_grows_with_patterns_and_not_with_pairs():
    phases = np.random.default_rng(0).integers(0, 500, 200_000)  # 2e10 pairs
    tracemalloc.start()
    sampler = BalancedPairs(phases, 128, 0.01, np.random.default_rng(0))
    assert len(list(sampler)) == 16
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * phases.nbytes / 8
