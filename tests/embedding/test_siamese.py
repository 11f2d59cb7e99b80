import inspect
import pickle
import subprocess
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from torch import nn

from xrpdsim import LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_scoring
from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.patterns import default_two_theta


def test_importing_the_package_does_not_import_torch():
    code = (
        "import sys, xrpdsim.embedding\n"
        "assert 'torch' not in sys.modules\n"
        "from xrpdsim import SiameseXRPDEmbedder, embedding; embedding.SMolNet; embedding.LOSSES"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("params", "kind"),
    [
        ({"loss": "siglip"}, "unit"),
        ({"loss": "siglip", "metric": "cosine"}, "unit"),
        ({"loss": "ntxent"}, "unit"),
        ({"loss": "contrastive"}, "sigmoid"),
        ({"architecture": "schuetzke", "module_params": None}, "unit"),
        (
            {"architecture": "schuetzke", "module_params": None, "loss": "contrastive"},
            "sigmoid",
        ),
        ({"patterns_per_phase": 3}, "unit"),
    ],
)
def test_every_row_of_the_table_trains(small, campaign, params, kind):
    X, y, _ = campaign()
    embedder = small(**params)
    embeddings = embedder.fit_transform(X, y)
    assert embeddings.dtype == np.float32
    assert np.isfinite(embeddings).all()
    if kind == "unit":
        np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, rtol=1e-5)
    else:
        assert embeddings.min() > 0
        assert embeddings.max() < 1
    assert embedder.history_["valid_loss"]
    assert embedder.get_feature_names_out().shape == (embeddings.shape[1],)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"device": "cuda:99"}, "cuda:99"),
        ({"n_validation_groups": 99}, "n_validation_groups=99"),
        ({"lr": 1e30, "lr_patience": None}, "training diverged"),
    ],
)
def test_a_fit_that_fails_leaves_the_last_one(small, campaign, changed, message):
    X, y, _ = campaign()
    embedder = small(two_theta=np.linspace(5, 10, 120)).fit(X, y)
    expected, grid = embedder.transform(X), embedder.two_theta_
    other = np.linspace(20, 30, 100)
    embedder.set_params(two_theta=other, **changed)
    with pytest.raises(ValueError, match=message):
        embedder.fit(pd.DataFrame(X[:, :100], columns=other), y)
    assert embedder.n_features_in_ == 120
    assert embedder.two_theta_ is grid
    assert not hasattr(embedder, "feature_names_in_")
    np.testing.assert_array_equal(embedder.transform(X), expected)


def test_training_lowers_the_validation_loss(small, campaign):
    X, y, _ = campaign(n_compounds=12, n_patterns=240)
    embedder = small(max_epochs=8, n_validation_groups=3).fit(X, y)
    losses = embedder.history_["valid_loss"]
    assert losses[embedder.best_check_ - 1] < 0.6 * losses[0]


class TestGroups:
    """Whole compounds are held out, by whichever road they come."""

    @pytest.fixture
    def data(self, campaign):
        X, y, compound = campaign()
        labels = np.array([f"{c} {f}" for c, f in y])
        return X, y, labels, compound

    def check(self, embedder, compound):
        held_out = set(compound[embedder.validation_indices_])
        assert held_out == set(embedder.validation_groups_)
        assert len(held_out) == 2
        assert not held_out & set(np.delete(compound, embedder.validation_indices_))

    def test_two_columns(self, small, data):
        X, y, _, compound = data
        for columns in (y, y.astype(object), pd.DataFrame(y, columns=["compound", "form"])):
            self.check(small().fit(X, columns), compound)

    def test_groups(self, small, data):
        X, _, labels, compound = data
        self.check(small().fit(X, labels, groups=compound), compound)

    def test_groups_go_before_columns(self, small, data):
        X, y, _, compound = data
        site = np.where(np.isin(compound, np.unique(compound)[:3]), "A", "B")
        other = np.char.add(site, np.char.replace(compound, "compound", ""))
        self.check(small().fit(X, y, groups=other), other)

    def test_pipeline(self, small, data):
        X, _, labels, compound = data
        pipe = make_pipeline(FunctionTransformer(), small())
        pipe.fit(X, labels, siamesexrpdembedder__groups=compound)
        self.check(pipe[-1], compound)

    def test_routing(self, small, data):
        X, _, labels, compound = data
        with config_context(enable_metadata_routing=True):
            pipe = make_pipeline(FunctionTransformer(), small())
            pipe.fit(X, labels, groups=compound)
        self.check(pipe[-1], compound)

    @pytest.mark.parametrize("wrap", [lambda e: e, lambda e: make_pipeline(e)])
    def test_cross_validation(self, small, data, wrap):
        X, y, _, compound = data
        result = cross_validate(
            PairwisePhaseClassifier(wrap(small(max_epochs=1))),
            X,
            y,
            groups=compound,
            cv=LeaveTwoGroupsOut(max_splits=2),
            scoring=pair_scoring,
            error_score="raise",
            return_estimator=True,
            return_indices=True,
        )
        rows = result["indices"]["train"]
        for classifier, train in zip(result["estimator"], rows, strict=True):
            embedder = classifier.embedder_
            embedder = embedder if isinstance(embedder, SiameseXRPDEmbedder) else embedder[-1]
            self.check(embedder, compound[train])

    def test_neither(self, small, data):
        X, _, labels, _ = data
        with pytest.warns(UserWarning, match="2 forms are held out for validation instead"):
            embedder = small().fit(X, labels)
        self.check(embedder, labels)

    def test_none_held_out(self, small, data):
        X, _, labels, _ = data
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            grid = default_two_theta(X.shape[1])
            embedder = small(n_validation_groups=0, max_epochs=3, two_theta=grid).fit(X, labels)
        assert embedder.validation_indices_ is None
        assert embedder.validation_groups_ is None
        assert embedder.best_check_ is None
        assert embedder.history_["epoch"] == [1, 2, 3]
        assert np.isnan(embedder.history_["valid_loss"]).all()

    def test_too_few(self, small, data):
        X, y, labels, _ = data
        with pytest.raises(ValueError, match=r"6 compounds .* there are only 6"):
            small(n_validation_groups=6).fit(X, y)
        with pytest.raises(ValueError, match="occurs in more than one group"):
            small().fit(X, labels, groups=np.arange(len(X)) % 5)


class TestBadInput:
    def test_one_form(self, small, campaign):
        X, _, _ = campaign()
        with pytest.raises(ValueError, match="all patterns are of one form"):
            small().fit(X, ["I"] * len(X), groups=["a"] * len(X))

    def test_no_labels(self, small, campaign):
        X, y, _ = campaign()
        with pytest.raises(ValueError, match="requires y to be passed"):
            small().fit(X)
        with pytest.raises(ValueError, match="X has 60 patterns, but y has 59 labels"):
            small().fit(X, y[:-1])
        with pytest.raises(ValueError, match=r"groups has shape \(59,\)"):
            small().fit(X, y, groups=y[:-1, 0])

    def test_infinity(self, small, campaign):
        X, y, _ = campaign()
        X[3, 4] = np.inf
        with pytest.raises(ValueError, match="infinity"):
            small().fit(X, y)

    def test_all_missing(self, small, campaign):
        X, y, _ = campaign()
        fitted = small().fit(X, y)
        X[7] = np.nan
        for call in (lambda: small().fit(X, y), lambda: fitted.transform(X)):
            with pytest.raises(ValueError, match="row 7 of X is all NaN"):
                call()

    def test_number_of_points(self, small, campaign):
        X, y, _ = campaign()
        with pytest.raises(ValueError, match="expecting 120 features"):
            small().fit(X, y).transform(X[:, :50])
        with pytest.raises(ValueError, match="two_theta has shape"):
            small(two_theta=[1.0, 2.0]).fit(X, y)

    def test_not_fitted(self, small, campaign, tmp_path):
        X, _, _ = campaign()
        with pytest.raises(NotFittedError):
            small().transform(X)
        with pytest.raises(NotFittedError):
            small().save(tmp_path / "a")

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"loss": "triplet"}, "'loss' parameter"),
            ({"metric": "manhattan"}, "'metric' parameter"),
            ({"loss": "contrastive", "metric": "cosine"}, "ContrastiveLoss compares"),
            ({"device": "tpu"}, "device must be"),
            ({"batch_size": 1}, "'batch_size' parameter"),
            ({"architecture": "vgg"}, "unknown; choose one of"),
            ({"lr": 0.0}, "'lr' parameter"),
        ],
    )
    def test_parameters(self, small, campaign, params, message):
        X, y, _ = campaign()
        with pytest.raises(ValueError, match=message):
            small(**params).fit(X, y)


def test_missing_points_are_not_zeros(small, campaign):
    X, y, _ = campaign()
    X[:, :20] = np.abs(X[:, :20])
    cut, zero = X.copy(), X.copy()
    cut[::2, 60:], zero[::2, 60:] = np.nan, 0
    embedder = small().fit(cut, y)
    embeddings = embedder.transform(cut)
    assert np.isfinite(embeddings).all()
    np.testing.assert_array_equal(embeddings[1::2], embedder.transform(X)[1::2])
    assert np.abs(embeddings[::2] - embedder.transform(zero)[::2]).max() > 1e-3


def test_an_embedding_does_not_depend_on_its_neighbours(small, campaign):
    X, y, _ = campaign()
    X[0, :30] = np.nan
    embedder = small().fit(X, y)
    together = embedder.transform(X)
    one_by_one = np.concatenate([embedder.transform(row[None]) for row in X])
    np.testing.assert_array_equal(one_by_one, together)


def test_threads_may_transform_at_once(small, campaign):
    X, y, _ = campaign()
    embedder = small().fit(X, y)
    expected = embedder.transform(X)
    calls = joblib.Parallel(n_jobs=4, backend="threading")(
        joblib.delayed(embedder.transform)(X) for _ in range(12)
    )
    for embeddings in calls:
        np.testing.assert_array_equal(embeddings, expected)


class Own(nn.Module):
    def __init__(self, n_points, width=3):
        super().__init__()
        self.dense = nn.Linear(n_points, width)

    def forward(self, signal, where):
        assert not signal.isnan().any()
        assert ((where == 0) | (where == 1)).all()
        return self.dense(signal * where)


def test_a_network_of_ones_own(small, campaign):
    X, y, _ = campaign()
    X[0, :20] = np.nan
    embedder = small(architecture=Own, module_params={"width": 6})
    assert embedder.fit_transform(X, y).shape == (60, 6)
    instance = Own(120)
    before = instance.dense.weight.detach().clone()
    embedder = small(architecture=instance, module_params=None).fit(X, y)
    assert (instance.dense.weight == before).all()
    assert not (embedder.net_.module_.network.dense.weight == before).all()


def test_pickles_are_small_and_work(small, campaign, tmp_path):
    X, y, _ = campaign(n_patterns=600)
    embedder = small().fit(X, y)
    n_bytes = sum(w.nbytes for w in embedder.net_.module_.state_dict().values())
    pickled = pickle.dumps(embedder)
    assert len(pickled) < 2 * n_bytes + 20_000 < X.nbytes
    joblib.dump(embedder, tmp_path / "embedder.joblib")
    expected = embedder.transform(X)
    for again in (pickle.loads(pickled), joblib.load(tmp_path / "embedder.joblib")):
        np.testing.assert_array_equal(again.transform(X), expected)
        assert again.history_ == embedder.history_
    assert not hasattr(clone(embedder), "net_")


def test_a_pickle_from_cuda_loads_without(small, campaign, monkeypatch):
    X, y, _ = campaign()
    embedder = small().fit(X, y)
    embedder.device = "cuda:1"  # as if trained there
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.warns(UserWarning, match="cuda:1.*is not there.*runs on the CPU"):
        again = pickle.loads(pickle.dumps(embedder))
    np.testing.assert_array_equal(again.transform(X), embedder.transform(X))


def test_set_output(small, campaign):
    X, y, _ = campaign()
    frame = small().set_output(transform="pandas").fit_transform(pd.DataFrame(X).add_prefix("p"), y)
    assert frame.columns[0] == "siamesexrpdembedder0"
    assert frame.shape == (60, 8)


class TestItShowsItsNumbers:
    PAPER = (
        "architecture='smolnet'",
        "loss='siglip'",
        "metric='euclidean'",
        "lr_factor=0.1",
        "lr_patience=15",
        "optimizer='Adam'",
        "margin=8.0",
        "temperature=5.0",
        "n_validation_groups=3",
    )

    @pytest.mark.parametrize("shown", PAPER)
    def test_in_signature_and_repr(self, shown):
        assert shown in repr(SiameseXRPDEmbedder())
        name, _, value = shown.partition("=")
        signature = inspect.signature(SiameseXRPDEmbedder).parameters
        assert repr(signature[name].default) == value

    def test_only_what_depends_on_init_is_auto(self):
        params = SiameseXRPDEmbedder().get_params()
        auto = {name for name, value in params.items() if value == "auto"}
        assert auto == {"lr", "max_epochs", "siglip_t", "siglip_b", "device"}

    def test_beside_init_only_what_was_changed_is_shown(self):
        embedder = SiameseXRPDEmbedder(init="organic-1", batch_size=16)
        assert repr(embedder) == "SiameseXRPDEmbedder(batch_size=16, init='organic-1')"
        with config_context(print_changed_only=False):
            assert "margin=8.0" in repr(embedder)

    def test_in_html(self):
        html = SiameseXRPDEmbedder()._repr_html_()
        for value in ("smolnet", "siglip", "euclidean"):
            assert value in html

    def test_after_fit_what_held(self, small, campaign):
        X, y, _ = campaign()
        in_force = small().fit(X, y).effective_params_
        expected = {
            "architecture": "smolnet",
            "loss": "siglip",
            "metric": "euclidean",
            "margin": 8.0,
            "temperature": 5.0,
            "siglip_t": 10.0,
            "siglip_b": 6.0,
            "lr": 5e-3,
            "max_epochs": 2,
        }
        assert in_force.items() >= expected.items()
        assert small(metric="cosine").fit(X, y).effective_params_["siglip_b"] == -10
        again = SiameseXRPDEmbedder(**in_force, device="cpu", random_state=0)
        assert again.set_params(batch_size=16).fit(X, y).effective_params_ == in_force
