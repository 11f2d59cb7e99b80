import numpy as np
import pytest
from torch import nn

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.embedding import SMolNet
from xrpdsim.embedding.training import FROM_SCRATCH, TrainingSettings
from xrpdsim.evaluation.benchmark import METHODS, PAPER_METHODS, make_estimator
from xrpdsim.evaluation.benchmark.methods import check_methods
from xrpdsim.preprocessing import PatternNormalizer


@pytest.mark.parametrize("name", METHODS)
def test_every_row_begins_with_the_normaliser(name):
    estimator = make_estimator(name, random_state=3)
    assert isinstance(estimator[0], PatternNormalizer)
    assert hasattr(estimator[-1], "pairwise")


def test_rows_of_the_paper():
    assert check_methods(["all"]) == [
        "naive",
        "degelder",
        "schuetzke-contrastive",
        "schuetzke-siglip",
        "smolnet-contrastive",
        "smolnet-ntxent",
        "smolnet-siglip",
        "smolnet-siglip-cosine",
    ]
    assert isinstance(make_estimator("degelder")[-1], DeGelderSimilarity)
    assert make_estimator("degelder")[-1].width == pytest.approx(0.195)


def settled(embedder):
    return TrainingSettings.from_parameters(embedder.get_params(), FROM_SCRATCH)


def test_a_grid_reaches_all_steps_that_take_one():
    grid = 5 + 0.03 * np.arange(1950)
    assert make_estimator("degelder-snip")[1].two_theta is None
    for step in make_estimator("degelder-snip", two_theta=grid)[1:]:
        assert step.two_theta is grid
    network = make_estimator("smolnet-siglip", two_theta=grid)[-1]
    assert network.two_theta is network.embedder.two_theta is grid


def test_networks_get_what_the_paper_says():
    embedder = make_estimator("smolnet-siglip-cosine", device="cpu", random_state=7)[-1].embedder
    assert (embedder.loss, embedder.metric) == ("siglip", "cosine")
    assert settled(embedder).lr == 5e-3
    assert (embedder.device, embedder.random_state, embedder.n_threads) == ("cpu", 7, 1)
    contrastive = make_estimator("schuetzke-contrastive")[-1].embedder
    assert (contrastive.architecture, contrastive.loss) == ("schuetzke", "contrastive")
    assert settled(contrastive).margin == 8
    assert settled(make_estimator("smolnet-ntxent")[-1].embedder).temperature == 5


@pytest.mark.parametrize("name", [name for name in METHODS if name.startswith("smolnet")])
def test_what_was_searched_leaves_what_the_paper_states(name):
    embedder = make_estimator(name)[-1].embedder
    found = settled(embedder)
    assert (found.lr, found.max_epochs, found.lr_patience, found.lr_factor) == (5e-3, 20, 15, 0.1)
    assert (found.optimizer, found.n_validation_groups) == ("Adam", 3)
    net = SMolNet(1950, **(embedder.module_params or {}))
    kernels = [m.kernel_size[0] for m in net.modules() if isinstance(m, nn.Conv1d)]
    assert (len(kernels), min(kernels), max(kernels)) == (4, 8, 128)
    widths = [m.out_features for m in net.modules() if isinstance(m, nn.Linear)]
    assert widths == [2048, 2048, 128]
    assert {m.p for m in net.modules() if isinstance(m, nn.Dropout)} == {0.2}


def test_rows_with_shipped_weights():
    embedder = make_estimator("organic-1+finetune", device="cpu", random_state=7)[-1].embedder
    assert embedder.init == METHODS["organic-1"].weights == "organic-1"
    assert (embedder.device, embedder.random_state, embedder.n_threads) == ("cpu", 7, 1)
    default = PairwisePhaseClassifier.from_pretrained()
    assert default.second_look_ is not None
    for name in ("pretrained", "pretrained+adapt"):
        row = make_estimator(name)[-1]
        assert row.threshold_ == default.threshold_
        assert row.second_look_.band == default.second_look_.band
    assert make_estimator("organic-1")[-1].second_look_ is None
    assert METHODS["pretrained+adapt"].n_labelled == 10


def test_shipped_rows_stay_as_they_are(campaign):
    y = np.column_stack([campaign.compound, campaign.form])
    row = make_estimator("organic-1")
    before = row[-1].threshold_
    X = np.tile(campaign.X, 5)[:, :1950]
    assert row.fit(X, y)[-1].threshold_ == before


@pytest.mark.parametrize("names", [["nonsense"], []])
def test_unknown_methods(names):
    assert check_methods("naive") == ["naive"]
    with pytest.raises(ValueError, match="choose from naive, degelder"):
        check_methods(names)
    assert "naive" in PAPER_METHODS
