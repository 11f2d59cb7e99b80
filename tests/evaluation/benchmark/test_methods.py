import pytest

from xrpdsim import DeGelderSimilarity
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


def test_networks_get_what_the_paper_says():
    embedder = make_estimator("smolnet-siglip-cosine", device="cpu", random_state=7)[-1].embedder
    assert (embedder.loss, embedder.metric) == ("siglip", "cosine")
    assert settled(embedder).lr == 5e-3
    assert (embedder.device, embedder.random_state, embedder.n_threads) == ("cpu", 7, 1)
    contrastive = make_estimator("schuetzke-contrastive")[-1].embedder
    assert (contrastive.architecture, contrastive.loss) == ("schuetzke", "contrastive")
    assert settled(contrastive).margin == 8
    assert settled(make_estimator("smolnet-ntxent")[-1].embedder).temperature == 5


def test_rows_with_shipped_weights():
    embedder = make_estimator("pretrained+finetune", device="cpu", random_state=7)[-1].embedder
    assert embedder.init == METHODS["pretrained"].weights == "organic-1"
    assert (embedder.device, embedder.random_state, embedder.n_threads) == ("cpu", 7, 1)
    adapted, plain = (make_estimator(name)[-1] for name in ("pretrained+adapt", "pretrained"))
    assert adapted.threshold_ == plain.threshold_
    assert METHODS["pretrained+adapt"].n_labelled == 10


@pytest.mark.parametrize("names", [["nonsense"], []])
def test_unknown_methods(names):
    with pytest.raises(ValueError, match="choose from naive, degelder"):
        check_methods(names)
    assert "naive" in PAPER_METHODS
