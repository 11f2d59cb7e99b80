import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from xrpdsim import LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_auroc
from xrpdsim.embedding import SiameseXRPDEmbedder


def test_entries_of_dicts_are_parameters():
    embedder = SiameseXRPDEmbedder(
        module_params={"hidden": 8},
        optimizer_params={"weight_decay": 0.1},
        loss="contrastive",
        loss_params={"margin": 4.0},
    )
    deep, shallow = embedder.get_params(), embedder.get_params(deep=False)
    entries = {"module__hidden": 8, "optimizer__weight_decay": 0.1, "loss__margin": 4.0}
    assert deep == shallow | entries
    assert clone(embedder).get_params() == deep


def test_entries_are_set_without_touching_the_dict_that_was_given():
    given = {"hidden": 8}
    embedder = SiameseXRPDEmbedder(module_params=given)
    other = clone(embedder)
    assert embedder.set_params(module__hidden=16, module__channels=2, lr=0.1) is embedder
    assert embedder.module_params == {"hidden": 16, "channels": 2}
    assert embedder.lr == 0.1
    assert given == other.module_params == {"hidden": 8}
    embedder.set_params(module_params={"dropout": 0.0}, module__hidden=4)
    assert embedder.module_params == {"dropout": 0.0, "hidden": 4}
    embedder.set_params(optimizer__weight_decay=0.1)
    assert embedder.optimizer_params == {"weight_decay": 0.1}


def test_unknown_names(small, campaign):
    X, y, _ = campaign()
    with pytest.raises(ValueError, match="Invalid parameter 'network'"):
        SiameseXRPDEmbedder().set_params(network__hidden=3)
    with pytest.raises(TypeError, match=r"SMolNet does not take .*'depth'.*It takes .*hidden"):
        small().set_params(module__depth=3).fit(X, y)
    with pytest.raises(TypeError, match=r"Adam does not take momentum .*weight_decay"):
        small().set_params(optimizer__momentum=0.9).fit(X, y)
    with pytest.raises(TypeError, match=r"SigLIPLoss does not take margin .* it takes t, b"):
        small().set_params(loss__margin=3.0).fit(X, y)


def test_what_is_set_there_holds(small, campaign):
    X, y, _ = campaign()
    flat = small(loss="contrastive", margin=3.0).fit(X, y)
    nested = small(loss="contrastive").set_params(loss__margin=3.0).fit(X, y)
    np.testing.assert_array_equal(nested.transform(X), flat.transform(X))
    assert nested.effective_params_ == flat.effective_params_
    assert nested.effective_params_["margin"] == 3.0
    siglip = small().set_params(loss__t=7.0, loss__b=2.0).fit(X, y)
    expected = small(siglip_t=7.0, siglip_b=2.0).fit(X, y)
    np.testing.assert_array_equal(siglip.transform(X), expected.transform(X))


def test_two_values_for_one_thing(small, campaign):
    X, y, _ = campaign()
    embedder = small(loss="contrastive", margin=3.0, loss_params={"margin": 4.0})
    with pytest.raises(ValueError, match=r"margin=3\.0 and loss_params=.*contradict"):
        embedder.fit(X, y)
    assert embedder.set_params(loss__margin=3.0).fit(X, y).effective_params_["margin"] == 3.0


def test_a_search_reaches_them(small, campaign):
    X, y, _ = campaign()
    model = make_pipeline(FunctionTransformer(), PairwisePhaseClassifier(small(max_epochs=1)))
    search = GridSearchCV(
        model,
        {
            "pairwisephaseclassifier__embedder__module__hidden": [4, 16],
            "pairwisephaseclassifier__embedder__optimizer__weight_decay": [0.1],
        },
        cv=LeaveTwoGroupsOut(max_splits=2),
        scoring=pair_auroc,
        error_score="raise",
    ).fit(X, y)
    embedder = search.best_estimator_[-1].embedder_
    chosen = search.best_params_["pairwisephaseclassifier__embedder__module__hidden"]
    assert embedder.net_.module_.network.dense[0].out_features == chosen
    assert embedder.optimizer_params == {"weight_decay": 0.1}
    # the other values of the network are as they were
    assert embedder.module_params["channels"] == 4
