import numpy as np
import pytest
import torch
from torch import nn

from xrpdsim.embedding import LOSSES, ContrastiveLoss, NTXentLoss, PairLoss, SigLIPLoss
from xrpdsim.embedding.losses import constants_of, look_up_loss, loss_builder, name_of_loss


class Targets(PairLoss):
    """Distances of pairs of one form towards 0, of others towards `far`, which is learnt."""

    def __init__(self, metric="euclidean", far=1.0):
        super().__init__(metric)
        self.far = nn.Parameter(torch.tensor(far))

    def terms(self, compared, positive, negative):
        squares = (compared - negative * self.far).square()
        sums = [(squares * kind).sum() for kind in (positive, negative)]
        return torch.stack(sums), torch.stack([positive.sum(), negative.sum()])

    def learnt(self):
        return {"far": self.far.item()}


class Drawn(Targets):
    draws_pairs = True
    output = "sigmoid"

    def forward(self, embeddings, phases, pairs=None):
        assert pairs is not None
        return self.mean_over_pairs(embeddings, phases)


@pytest.mark.parametrize("name", LOSSES)
def test_names(name):
    assert look_up_loss(name) is LOSSES[name]
    assert isinstance(loss_builder(name, "euclidean", {})(), LOSSES[name])


@pytest.mark.parametrize("name", LOSSES)
def test_classes_and_instances_of_ours_have_a_name(name):
    assert name_of_loss(LOSSES[name]) == name_of_loss(LOSSES[name]()) == name_of_loss(name) == name


def test_others_have_none():
    class Inherits(NTXentLoss):
        pass

    for loss in (Targets, Targets(), Inherits, Inherits(), SigLIPLoss().requires_grad_(False)):
        assert name_of_loss(loss) is loss


def test_constants_of_an_instance():
    found = constants_of(SigLIPLoss("cosine", t=3.0, b=-2.0))
    assert found == {"siglip_t": pytest.approx(3.0), "siglip_b": -2.0}
    assert constants_of(NTXentLoss(temperature=2)) == {"temperature": 2.0}
    assert constants_of(ContrastiveLoss(margin=2.0)) == {"margin": 2.0}
    assert constants_of(Targets(far=2.0)) == {}


def test_what_is_no_loss():
    with pytest.raises(ValueError, match="loss='triplet' is unknown; choose one of"):
        look_up_loss("triplet")
    for value in (nn.MSELoss, nn.MSELoss(), dict, 3):
        with pytest.raises(TypeError, match=r"a subclass of xrpdsim\.embedding"):
            look_up_loss(value)


def test_arguments():
    assert loss_builder(Targets, "cosine", {"far": 2.0})().far.item() == 2
    with pytest.raises(TypeError, match="Targets does not take near of loss_params; it takes far"):
        loss_builder(Targets, "euclidean", {"near": 1.0})
    with pytest.raises(TypeError, match="an instance that is built already"):
        loss_builder(Targets(), "euclidean", {"far": 1.0})


def test_an_instance_is_copied():
    loss = Targets()
    assert loss_builder(loss, "euclidean", {})().far is not loss.far


@pytest.mark.parametrize("loss", [Targets, Drawn])
def test_a_loss_of_ones_own_trains(small, campaign, loss):
    X, y, _ = campaign(n_compounds=12, n_patterns=240)
    embedder = small(loss=loss, loss_params={"far": 0.5}, max_epochs=4).fit(X, y)
    losses = embedder.history_["valid_loss"]
    assert min(losses) < 0.8 * losses[0]
    assert embedder.loss_parameters_["far"] != 0.5
    assert embedder.effective_params_["loss_params"] == {"far": 0.5}
    if loss is Drawn:
        embeddings = embedder.transform(X)
        assert embeddings.min() > 0
        assert embeddings.max() < 1


def test_an_instance_gives_the_bits_of_its_class_and_is_not_trained_itself(small, campaign):
    X, y, _ = campaign()
    loss = Targets(far=0.5)
    instance = small(loss=loss).fit(X, y)
    expected = small(loss=Targets, loss_params={"far": 0.5}).fit(X, y)
    np.testing.assert_array_equal(instance.transform(X), expected.transform(X))
    assert loss.far.item() == 0.5
    np.testing.assert_array_equal(instance.fit(X, y).transform(X), expected.transform(X))


def test_the_metric_of_an_instance_counts(small, campaign):
    X, y, _ = campaign()
    embedder = small(loss=NTXentLoss("cosine")).fit(X, y)
    assert embedder.metric_ == embedder.effective_params_["metric"] == "cosine"
    expected = small(loss="ntxent", metric="cosine").fit(X, y)
    np.testing.assert_array_equal(embedder.transform(X), expected.transform(X))
    with pytest.raises(ValueError, match="metric='cosine' contradicts the NTXentLoss given"):
        small(loss=NTXentLoss(), metric="cosine").fit(X, y)


def test_a_class_of_something_else(small, campaign):
    X, y, _ = campaign()
    with pytest.raises(TypeError, match="loss must be a name, a subclass"):
        small(loss=nn.MSELoss).fit(X, y)


def test_an_output_that_is_not_known(small, campaign):
    class Odd(Targets):
        output = "softmax"

    X, y, _ = campaign()
    with pytest.raises(ValueError, match="output='softmax'; it must be 'unit' or 'sigmoid'"):
        small(loss=Odd).fit(X, y)


def test_an_instance_of_ours_is_its_name_and_constants(small, campaign):
    X, y, _ = campaign()
    embedder = small(loss=SigLIPLoss("cosine", t=3.0, b=-2.0)).fit(X, y)
    expected = small(metric="cosine", siglip_t=3.0, siglip_b=-2.0).fit(X, y)
    np.testing.assert_array_equal(embedder.transform(X), expected.transform(X))
    assert embedder.effective_params_ == expected.effective_params_ | {
        "siglip_t": pytest.approx(3.0)
    }
    with pytest.raises(TypeError, match=r"cannot take loss_params=\{'t': 5.0\}"):
        small(loss=SigLIPLoss(t=3.0), loss_params={"t": 5.0}).fit(X, y)


@pytest.mark.parametrize(
    ("loss", "flat"),
    [
        (SigLIPLoss(t=3.0), {"siglip_t": 50.0}),
        (ContrastiveLoss(margin=2.0), {"margin": 3.0}),
        (NTXentLoss(), {"temperature": 2.0}),
    ],
)
def test_constants_beside_an_instance_are_refused(small, campaign, loss, flat):
    X, y, _ = campaign()
    ((name, value),) = flat.items()
    message = f"{name}={value} says nothing to the {type(loss).__name__} given.*leave {name} out"
    with pytest.raises(ValueError, match=message):
        small(loss=loss, **flat).fit(X, y)
    same = {name: getattr(loss, name, 3.0)}
    assert small(loss=loss, **same).fit(X, y).effective_params_[name] == pytest.approx(same[name])
