import json
import os
import struct

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file
from skorch.callbacks import Callback
from torch import nn

from xrpdsim.embedding import ContrastiveLoss, PairLoss, SiameseXRPDEmbedder, SigLIPLoss
from xrpdsim.embedding.storage import plain, write_tensors
from xrpdsim.embedding.storage.embedder_file import EMBEDDER


@pytest.fixture
def fitted(small, campaign):
    X, y, _ = campaign()
    return small(two_theta=np.linspace(5, 10, 120)).fit(X, y), X


def contents(path):
    """Return header and tensors of a file, the digest left out."""
    head = path.read_bytes()
    (length,) = struct.unpack("<Q", head[:8])
    ((_, text),) = json.loads(head[8 : 8 + length])["__metadata__"].items()
    header = json.loads(text)
    del header["sha256"]
    return header, load_file(path)


def rewritten(path, **changes):
    """Write the file again, with a digest that agrees, and some of its header changed."""
    header, tensors = contents(path)
    header = {k: v for k, v in (header | changes).items() if changes.get(k, "kept") is not None}
    write_tensors(path, EMBEDDER, header, tensors)


def as_version_1(path):
    """Write the file again as version 1 of the format had it, without a digest."""
    header, tensors = contents(path)
    params = header.pop("parameters") | header.pop("settings") | {"init": None, "two_theta": True}
    for name in ("loss_params", "optimizer", "optimizer_params"):
        del params[name]
    params |= {"siglip_b": None, "margin": None}  # None was the default
    header["params"] = params | {"own_network": header.pop("own_network")}
    del header["own_loss"]
    header["format_version"] = 1
    save_file(tensors, path, {EMBEDDER.key: json.dumps(header)})


def test_round_trip(fitted, tmp_path):
    embedder, X = fitted
    path = tmp_path / "embedder.safetensors"
    embedder.save(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    loaded = SiameseXRPDEmbedder.load(path)
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    for name, value in vars(embedder).items():
        if name.endswith("_") and name not in ("net_", "effective_params_"):
            np.testing.assert_equal(getattr(loaded, name), value, err_msg=name)
    assert loaded.effective_params_ == plain(embedder.effective_params_)
    assert loaded.validation_indices_.dtype == embedder.validation_indices_.dtype


def test_parameters_after_loading_are_those_of_training_on(fitted, tmp_path):
    embedder, _ = fitted
    path = tmp_path / "embedder.safetensors"
    embedder.save(path)
    loaded = SiameseXRPDEmbedder.load(path)
    kept = {"batch_size": 16, "n_validation_groups": 2, "device": "cpu", "random_state": 0}
    network = {"module_params": plain(embedder.module_params)}
    fresh = SiameseXRPDEmbedder(init=loaded.init, **kept, **network)
    assert loaded.get_params() == fresh.get_params()
    assert os.fspath(loaded.init) == str(path)


def test_loaded_embedders_can_be_saved_again(fitted, tmp_path):
    embedder, _ = fitted
    for name in ("a", "b"):
        embedder.save(tmp_path / name)
        embedder = SiameseXRPDEmbedder.load(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_files_of_version_1_load(fitted, tmp_path):
    embedder, X = fitted
    embedder.save(tmp_path / "new")
    embedder.save(tmp_path / "old")
    as_version_1(tmp_path / "old")
    new, old = (SiameseXRPDEmbedder.load(tmp_path / name) for name in ("new", "old"))
    np.testing.assert_array_equal(old.transform(X), embedder.transform(X))
    assert old.effective_params_ == new.effective_params_
    assert old.get_params() | {"init": None} == new.get_params() | {"init": None}


@pytest.mark.parametrize("loss", ["ntxent", "contrastive"])
def test_without_validation_or_grid(small, campaign, tmp_path, loss):
    X, y, _ = campaign()
    embedder = small(loss=loss, n_validation_groups=0).fit(pd.DataFrame(X).add_prefix("p"), y)
    embedder.save(tmp_path / "a")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "a")
    frame = pd.DataFrame(X).add_prefix("p")
    np.testing.assert_array_equal(loaded.transform(frame), embedder.transform(frame))
    assert loaded.validation_groups_ is None
    assert np.isnan(loaded.history_["valid_loss"]).all()
    with pytest.raises(ValueError, match="feature names"):
        loaded.transform(frame[frame.columns[::-1]])


def test_another_grid_is_refused(fitted, tmp_path):
    embedder, X = fitted
    embedder.save(tmp_path / "a")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "a")
    np.testing.assert_array_equal(loaded.two_theta_, np.linspace(5, 10, 120))
    with pytest.raises(ValueError, match="expecting 120 features"):
        loaded.transform(X[:, 1:])


class Own(nn.Module):
    def __init__(self, n_points, width=3):
        super().__init__()
        self.dense = nn.Linear(n_points, width)

    def forward(self, X, mask):
        return self.dense(X)


class Deeper(Own):
    def __init__(self, n_points, width=3):
        super().__init__(n_points, width)
        self.more = nn.Linear(width, width)


def test_a_network_of_ones_own_has_to_be_given(small, campaign, tmp_path):
    X, y, _ = campaign()
    path = tmp_path / "own"
    embedder = small(architecture=Own, module_params={"width": 5}).fit(X, y)
    embedder.save(path)
    with pytest.raises(ValueError, match=r"network is .*Own.*load\(path, architecture=Own\)"):
        SiameseXRPDEmbedder.load(path)
    loaded = SiameseXRPDEmbedder.load(path, architecture=Own)
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    with pytest.raises(ValueError, match=r"own: .*weights do not fit"):
        SiameseXRPDEmbedder.load(path, architecture=Deeper)


def test_an_architecture_for_a_file_that_has_one(fitted, tmp_path):
    fitted[0].save(tmp_path / "a")
    with pytest.raises(ValueError, match="the network is 'smolnet'"):
        SiameseXRPDEmbedder.load(tmp_path / "a", architecture=Own)


def test_unknown_versions_and_foreign_files(fitted, tmp_path):
    path = tmp_path / "embedder.safetensors"
    fitted[0].save(path)
    rewritten(path, format_version=4)
    with pytest.raises(ValueError, match=r"format version 4 is not known.*try the newest"):
        SiameseXRPDEmbedder.load(path)
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(ValueError, match=r"a safetensors file, but not of SiameseXRPDEmbedder"):
        SiameseXRPDEmbedder.load(path)
    path.write_text("not at all")
    with pytest.raises(ValueError, match="not a file of SiameseXRPDEmbedder"):
        SiameseXRPDEmbedder.load(path)
    with pytest.raises(FileNotFoundError, match="no such file"):
        SiameseXRPDEmbedder.load(tmp_path / "missing")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.99])
def test_a_file_cut_short(fitted, tmp_path, share):
    path = tmp_path / "embedder.safetensors"
    fitted[0].save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match=r"embedder\.safetensors: not a file of"):
        SiameseXRPDEmbedder.load(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": None}, "the header is damaged, 'parameters' is missing"),
        ({"parameters": {"depth": 3}}, "'depth'"),
        ({"parameters": {"batch_size": 0}}, "'batch_size'"),
        ({"parameters": {"device": "gpu"}}, "device must be"),
        ({"settings": {}}, "'module_params' is missing"),
        ({"history": {"check": [1], "epoch": []}}, "equally long"),
        ({"history": {"check": ["1"]}}, "something else than numbers"),
        ({"labels": 3}, "not iterable"),
    ],
)
def test_a_header_that_was_tampered_with(fitted, tmp_path, changes, message):
    path = tmp_path / "embedder.safetensors"
    fitted[0].save(path)
    rewritten(path, **changes)
    with pytest.raises(ValueError, match=rf"embedder\.safetensors: .*{message}"):
        SiameseXRPDEmbedder.load(path)


def test_numbers_of_numpy_are_kept_as_plain_ones(small, campaign, tmp_path):
    X, y, _ = campaign()
    numbers = {"lr": np.float32(1e-3), "siglip_b": np.float64(5), "max_epochs": np.int64(1)}
    embedder = small(**numbers, checks_per_epoch=np.int32(2)).fit(X, y)
    embedder.save(tmp_path / "a")
    assert SiameseXRPDEmbedder.load(tmp_path / "a").history_ == embedder.history_


def test_parameters_that_are_not_json(fitted, tmp_path):
    embedder, _ = fitted
    embedder.random_state = np.random.RandomState(0)
    with pytest.warns(UserWarning, match="random_state is a generator"):
        embedder.save(tmp_path / "a")
    assert SiameseXRPDEmbedder.load(tmp_path / "a").random_state is None
    embedder.random_state = None
    embedder.effective_params_["module_params"] = {"activation": nn.ReLU}
    with pytest.raises(TypeError, match=r"module_params.*cannot be saved"):
        embedder.save(tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_device(fitted, tmp_path, monkeypatch):
    embedder, X = fitted
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    embedder.device = "cuda"  # as if trained there
    embedder.save(tmp_path / "a")
    with pytest.warns(UserWarning, match="runs on the CPU"):
        loaded = SiameseXRPDEmbedder.load(tmp_path / "a")
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    assert SiameseXRPDEmbedder.load(tmp_path / "a", device="cpu").device == "cpu"


def test_loading_leaves_generators_alone(fitted, tmp_path):
    fitted[0].save(tmp_path / "a")
    state = torch.random.get_rng_state()
    SiameseXRPDEmbedder.load(tmp_path / "a")
    assert (torch.random.get_rng_state() == state).all()


class Far(PairLoss):
    """Distances of pairs of one form towards 0, of others towards `far`."""

    def __init__(self, metric="euclidean", far=1.0):
        super().__init__(metric)
        self.far = far

    def terms(self, compared, positive, negative):
        squares = (compared - negative * self.far).square()
        sums = [(squares * kind).sum() for kind in (positive, negative)]
        return torch.stack(sums), torch.stack([positive.sum(), negative.sum()])


def test_a_loss_of_ones_own_has_to_be_given(small, campaign, tmp_path):
    X, y, _ = campaign()
    path = tmp_path / "own"
    embedder = small(loss=Far, loss_params={"far": 0.5}).fit(X, y)
    embedder.save(path)
    with pytest.raises(ValueError, match=r"the loss is .*Far, .*give it: load\(path, loss=Far\)"):
        SiameseXRPDEmbedder.load(path)
    loaded = SiameseXRPDEmbedder.load(path, loss=Far)
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    assert loaded.loss is Far
    assert loaded.loss_params == {"far": 0.5}
    tuned = SiameseXRPDEmbedder(init=path, loss=Far, n_validation_groups=2, random_state=0)
    np.testing.assert_array_equal(
        tuned.set_params(batch_size=16, device="cpu").fit(X, y).transform(X),
        loaded.fit(X, y).transform(X),
    )
    small().fit(X, y).save(path)
    with pytest.raises(ValueError, match="the loss is 'siglip'; loss is only for files of a loss"):
        SiameseXRPDEmbedder.load(path, loss=Far)


@pytest.mark.parametrize(
    "loss", [SigLIPLoss, SigLIPLoss("cosine", t=3.0, b=-2.0), ContrastiveLoss(margin=2.0)]
)
def test_a_loss_of_ours_need_not_be_given(small, campaign, tmp_path, loss):
    X, y, _ = campaign()
    path = tmp_path / "ours"
    embedder = small(loss=loss).fit(X, y)
    embedder.save(path)
    loaded = SiameseXRPDEmbedder.load(path)
    np.testing.assert_array_equal(loaded.transform(X), embedder.transform(X))
    assert loaded.effective_params_ == plain(embedder.effective_params_)
    assert loaded.loss_parameters_ == embedder.loss_parameters_
    # training on goes on from where t and b were left
    tuned = loaded.fit(X, y).effective_params_
    assert tuned["siglip_t"] == embedder.loss_parameters_.get("t", 10.0)
    assert tuned["margin"] == embedder.effective_params_["margin"]


def test_a_loss_that_was_frozen_has_to_be_given(small, campaign, tmp_path):
    X, y, _ = campaign()
    path = tmp_path / "frozen"
    loss = SigLIPLoss(t=3.0).requires_grad_(False)
    small(loss=loss).fit(X, y).save(path)
    with pytest.raises(ValueError, match="of which a file holds no code; give it"):
        SiameseXRPDEmbedder.load(path)
    loaded = SiameseXRPDEmbedder.load(path, loss=loss).fit(X, y)
    assert loaded.loss_parameters_["t"] == pytest.approx(3.0)


def test_what_cannot_be_kept_is_said(small, campaign, tmp_path):
    class Own(torch.optim.SGD):
        pass

    X, y, _ = campaign()
    embedder = small(callbacks=[Callback()]).fit(X, y)
    with pytest.warns(UserWarning, match="not saved, since it may hold programs: callbacks; "):
        embedder.save(tmp_path / "a")
    assert SiameseXRPDEmbedder.load(tmp_path / "a").callbacks is None
    embedder = small(optimizer=Own, optimizer_params={"momentum": 0.9}).fit(X, y)
    with pytest.warns(UserWarning, match="optimizer is a class of your own and is not saved"):
        embedder.save(tmp_path / "b")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "b")
    assert (loaded.optimizer, loaded.optimizer_params) == ("Adam", None)


def test_optimisers_of_torch_are_kept(small, campaign, tmp_path):
    X, y, _ = campaign()
    params = {"weight_decay": 0.1}
    embedder = small(optimizer=torch.optim.AdamW, optimizer_params=params).fit(X, y)
    embedder.save(tmp_path / "a")
    loaded = SiameseXRPDEmbedder.load(tmp_path / "a")
    assert (loaded.optimizer, loaded.optimizer_params) == ("AdamW", params)
    assert loaded.get_params()["optimizer__weight_decay"] == 0.1


def as_version_2(path):
    """Write the file again as version 2 of the format had it."""
    header, tensors = contents(path)
    del header["own_loss"], header["settings"]["loss_params"]
    header["settings"]["siglip_b"] = None
    for name in ("optimizer", "optimizer_params"):
        del header["parameters"][name]
    write_tensors(path, EMBEDDER, header | {"format_version": 2}, tensors)


def test_files_of_version_2_load(fitted, tmp_path):
    embedder, X = fitted
    embedder.save(tmp_path / "new")
    embedder.save(tmp_path / "old")
    as_version_2(tmp_path / "old")
    new, old = (SiameseXRPDEmbedder.load(tmp_path / name) for name in ("new", "old"))
    np.testing.assert_array_equal(old.transform(X), embedder.transform(X))
    assert old.effective_params_ == new.effective_params_
    assert old.get_params() | {"init": None} == new.get_params() | {"init": None}
