"""Batches of the user's own, as skorch takes them: `iterator_train`."""

import functools

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, WeightedRandomSampler

from xrpdsim.embedding import SiameseXRPDEmbedder


class TwoForms:
    """A batch sampler of the user's own: all patterns of two forms make a batch."""

    def __init__(self, phases):
        self.phases = phases
        self.forms = phases.unique()

    def __len__(self):
        return len(self.forms) // 2

    def __iter__(self):
        drawn = self.forms[torch.randperm(len(self.forms))]
        for first, second in zip(drawn[::2], drawn[1::2], strict=False):
            yield torch.where((self.phases == first) | (self.phases == second))[0].tolist()


def two_forms(dataset, batch_size):
    return DataLoader(dataset, batch_sampler=TwoForms(dataset.phases))


def test_one_batch_of_all_patterns_is_that_of_the_default(small, campaign):
    X, y, _ = campaign()
    X[::3, :20] = np.nan
    weights = np.linspace(0.5, 2, len(X))
    plain = small(batch_size=100, lr=0.01)
    plain.set_params(module__dropout=0.0)
    own = plain.get_params(deep=False) | {"iterator_train": DataLoader}
    expected = plain.fit(X, y, sample_weight=weights)
    found = SiameseXRPDEmbedder(**own).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(found.transform(X), expected.transform(X), atol=1e-3)
    np.testing.assert_allclose(
        found.history_["train_loss"], expected.history_["train_loss"], rtol=1e-4
    )


@pytest.mark.parametrize("loss", ["siglip", "ntxent", "contrastive"])
def test_a_batch_sampler_of_ones_own(small, campaign, loss):
    X, y, _ = campaign()
    embedder = small(iterator_train=two_forms, loss=loss, max_epochs=3).fit(X, y)
    batches = embedder.net_.history[-1, "batches"]
    sizes = [batch["train_batch_size"] for batch in batches if "train_batch_size" in batch]
    assert sizes == [10, 10, 10, 10]  # five patterns of each of the 8 forms that train
    again = small(iterator_train=two_forms, loss=loss, max_epochs=3).fit(X, y)
    np.testing.assert_array_equal(again.transform(X), embedder.transform(X))
    assert (embedder.transform(X) != small(loss=loss, max_epochs=3).fit(X, y).transform(X)).any()


def test_a_loader_without_a_batch_is_refused(small, campaign):
    X, y, _ = campaign()
    embedder = small(iterator_train=DataLoader, iterator_train_params={"drop_last": True})
    message = "no batch of the 40 patterns that train, with {'batch_size': 41, 'drop_last': True}"
    with pytest.raises(ValueError, match=message):
        embedder.set_params(batch_size=41).fit(X, y)
    assert embedder.set_params(batch_size=40).fit(X, y).net_


def test_what_the_loader_is_told(small, campaign):
    X, y, _ = campaign()
    embedder = small(iterator_train=DataLoader, iterator_train_params={"shuffle": True})
    embedder.set_params(iterator_train__drop_last=True, batch_size=15)
    assert embedder.get_params()["iterator_train__shuffle"] is True
    history = embedder.fit(X, y).net_.history
    # 40 patterns train: two whole batches, and the rest is dropped
    assert len([b for b in history[-1, "batches"] if "train_loss" in b]) == 2
    assert embedder.history_["epoch"] == pytest.approx([0.5, 1.0, 1.5, 2.0])
    before = torch.get_rng_state()
    expected = embedder.transform(X)
    np.testing.assert_array_equal(embedder.fit(X, y).transform(X), expected)
    assert torch.equal(torch.get_rng_state(), before)


def test_samplers_of_torch(small, campaign):
    X, y, _ = campaign()
    seen = []

    def rare_forms_as_often(dataset, batch_size):
        rarity = 1 / dataset.phases.bincount()[dataset.phases]
        seen.append((rarity.sum().item(), len(dataset)))
        return DataLoader(dataset, batch_size, sampler=WeightedRandomSampler(rarity, len(dataset)))

    history = small(iterator_train=rare_forms_as_often).fit(X, y).net_.history
    assert seen == [(pytest.approx(8), 40)]  # built once, from the forms that train
    assert [b["train_batch_size"] for b in history[0, "batches"] if "train_loss" in b] == [
        16,
        16,
        8,
    ]


def test_what_is_no_iterator(small, campaign):
    X, y, _ = campaign()
    with pytest.raises(ValueError, match="'iterator_train' parameter"):
        small(iterator_train=3).fit(X, y)
    endless = functools.partial(lambda dataset, batch_size: iter(()))
    with pytest.raises(TypeError, match=r"iterator_train returns has no len\(\); give it __len__"):
        small(iterator_train=endless).fit(X, y)


def test_files_do_not_keep_them(small, campaign, tmp_path):
    X, y, _ = campaign()
    embedder = small(iterator_train=two_forms).fit(X, y)
    with pytest.warns(UserWarning, match=r"not saved, .*: iterator_train; give it again"):
        embedder.save(tmp_path / "a")
    assert SiameseXRPDEmbedder.load(tmp_path / "a").iterator_train is None
