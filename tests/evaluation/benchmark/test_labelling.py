import dataclasses

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.embedding.weights import shipped_files
from xrpdsim.evaluation import pair_metrics
from xrpdsim.evaluation.benchmark import METHODS, Benchmark, write_report
from xrpdsim.evaluation.benchmark._labelling import adapt_to_labels, draw_labelled, unknown_pairs
from xrpdsim.evaluation.benchmark.protocol import seed_of_fold
from xrpdsim.patterns.pairs import condensed_pairs, encode_phases, same_phase
from xrpdsim.preprocessing import PatternNormalizer


def test_pairs_of_two_labelled_patterns_are_known():
    pairs = condensed_pairs(7)
    labelled = np.array([1, 4, 5])
    expected = [not (i in labelled and j in labelled) for i, j in pairs]
    np.testing.assert_array_equal(unknown_pairs(7, labelled), expected)


class TestDrawing:
    compounds = np.repeat([0, 1], [40, 8])
    phases = np.concatenate([np.arange(40) // 20, 2 + np.arange(8) // 4])

    def test_so_many_of_each_compound_but_half_at_most(self):
        labelled = draw_labelled(self.phases, self.compounds, 10, 0)
        assert np.bincount(self.compounds[labelled]).tolist() == [10, 4]
        assert len(np.unique(labelled)) == len(labelled)

    def test_the_seed_decides(self):
        draws = [
            draw_labelled(self.phases, self.compounds, 10, seed).tolist() for seed in (0, 0, 1)
        ]
        assert draws[0] == draws[1] != draws[2]

    def test_both_kinds_of_pairs_are_left(self):
        # the only pair of one form must not be given away
        phases, compounds = np.array([0, 0, 1, 2]), np.zeros(4, dtype=int)
        for seed in range(20):
            left = unknown_pairs(4, draw_labelled(phases, compounds, 2, seed))
            assert same_phase(phases)[left].any()

    def test_where_none_can_be_left(self):
        with pytest.raises(ValueError, match="none of 100 draws of up to 10 labelled patterns"):
            draw_labelled(np.arange(6), np.zeros(6, dtype=int), 10, 0)


def test_labels_reach_adapt_through_the_pipeline(campaign):
    y = np.column_stack([campaign.compound, campaign.form])
    test = np.isin(campaign.compound, ["a", "b"])
    estimator = make_pipeline(PatternNormalizer(), PairwisePhaseClassifier(PCA(3, random_state=0)))
    estimator.fit(campaign.X[~test], y[~test])
    before = estimator[-1].threshold_
    labelled, scored = adapt_to_labels(estimator, campaign.X[test], y[test], 3, 0)
    assert len(labelled) == 6
    assert estimator[-1].adaptation_["n_pairs"] == (~scored).sum() == 15
    assert estimator[-1].threshold_ != before


@pytest.fixture
def labelled_row(monkeypatch):
    """A classical embedding as the row that adapts, so that nothing is trained."""
    row = dataclasses.replace(
        METHODS["pretrained+adapt"],
        steps=lambda device, random_state: [PairwisePhaseClassifier(PCA(3, random_state=0))],
        n_labelled=2,
    )
    monkeypatch.setitem(METHODS, "pretrained+adapt", row)
    plain = dataclasses.replace(row, n_labelled=0)
    monkeypatch.setitem(METHODS, "pretrained", plain)


def test_folds_of_a_row_that_adapts(campaign, tmp_path, labelled_row):
    methods = ["pretrained", "pretrained+adapt", "naive"]
    benchmark = Benchmark(campaign, tmp_path, methods, max_folds=2, n_jobs=1)
    assert benchmark.run(report=lambda line: None) == []
    results = benchmark.results()
    for plain, adapted in zip(results["pretrained"], results["pretrained+adapt"], strict=True):
        assert adapted["n_labelled"] == 4
        assert adapted["n_pairs"] == plain["n_pairs"] - 6
        assert adapted["unadapted_threshold"] == plain["threshold"] != adapted["threshold"]
        assert "n_labelled" not in plain
        assert plain["fit_processor_seconds"] > 0
    # recomputed: the ranking of the others is that of the row without labels
    train, test = benchmark.folds[0]
    estimator = make_pipeline(PatternNormalizer(), PairwisePhaseClassifier(PCA(3, random_state=0)))
    scores = estimator.fit(benchmark.X[train], benchmark.y[train]).decision_function(
        benchmark.X[test]
    )
    phases = encode_phases(benchmark.y[test])[0]
    labelled = draw_labelled(phases, benchmark.y[test][:, 0], 2, seed_of_fold(0, 0))
    left = unknown_pairs(len(phases), labelled)
    fold = results["pretrained+adapt"][0]
    for name, threshold in (("f1", fold["threshold"]), ("unadapted_f1", None)):
        threshold = threshold or estimator[-1].threshold_
        metrics = pair_metrics(scores[left], same_phase(phases)[left], threshold=threshold)
        assert fold[name] == pytest.approx(metrics["f1"])
        assert fold["auroc"] == pytest.approx(metrics["auroc"], abs=1e-6)
    head, *rows = (tmp_path / "folds.csv").read_text().splitlines()
    assert head.endswith("n_labelled,unadapted_threshold,unadapted_f1")
    assert len(rows) == 6
    table, _ = write_report(tmp_path, results)
    before, after = (
        np.mean([fold[name] for fold in results["pretrained+adapt"]])
        for name in ("unadapted_f1", "f1")
    )
    assert (
        "pretrained+adapt knows the forms of 4 test patterns (median over folds), whose pairs "
        f"among each other are left out: F1 {before:.3f} before, {after:.3f} after adapting"
    ) in table


def test_other_weights_under_the_same_name_are_another_run(campaign, tmp_path, monkeypatch):
    Benchmark(campaign, tmp_path, ["pretrained"], max_folds=1)
    (tmp_path / "folds").mkdir()
    (tmp_path / "folds" / "pretrained-000.json").write_text("{}")

    def other_second_look(name):
        *others, second_look = shipped_files(name)
        assert second_look.name == "organic-2.second-look.safetensors"
        other = tmp_path / second_look.name
        other.write_bytes(b"other weights")
        return [*others, other]

    monkeypatch.setattr("xrpdsim.evaluation.benchmark._provenance.shipped_files", other_second_look)
    with pytest.raises(ValueError, match="holds another run: methods pretrained weights was"):
        Benchmark(campaign, tmp_path, ["pretrained"], max_folds=1)
    Benchmark(campaign, tmp_path, ["naive"], max_folds=1)
