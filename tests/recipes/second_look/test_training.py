import numpy as np
import pytest
import torch

from xrpdsim.recipes.second_look._training import SecondLookRecipe, train_second_look

RECIPE = SecondLookRecipe(
    n_families=3, steps=4, families_per_step=2, pairs_per_step=32, average=0.5
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return train_second_look(RECIPE, tmp_path_factory.mktemp("whole"))


def test_a_stopped_training_goes_on_to_the_same_weights(trained, tmp_path, monkeypatch):
    real = torch.optim.AdamW.step
    done = []

    def step(optimizer, *arguments, **options):
        done.append(1)
        if len(done) == 3:
            raise KeyboardInterrupt
        return real(optimizer, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(torch.optim.AdamW, "step", step)
        with pytest.raises(KeyboardInterrupt):
            train_second_look(RECIPE, tmp_path, checkpoint_seconds=0.0)
    resumed = train_second_look(RECIPE, tmp_path)
    for name, value in trained.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_another_recipe_is_refused(trained, tmp_path):
    train_second_look(RECIPE, tmp_path)
    other = SecondLookRecipe(**{**RECIPE.__dict__, "lr": 1e-4})
    with pytest.raises(ValueError, match="another recipe"):
        train_second_look(other, tmp_path)


def test_families_of_another_seed_are_not_taken(tmp_path):
    train_second_look(RECIPE, tmp_path)
    (tmp_path / "second_look.pt").unlink()
    with pytest.raises(ValueError, match="families are of another recipe"):
        train_second_look(SecondLookRecipe(**{**RECIPE.__dict__, "seed": 1}), tmp_path)
    (tmp_path / "families.json").write_text('{"seed": 0')
    with pytest.raises(ValueError, match=r"families\.json is damaged"):
        train_second_look(RECIPE, tmp_path)


def test_families_are_simulated_once(tmp_path):
    train_second_look(RECIPE, tmp_path)
    written = (tmp_path / "families.npy").stat().st_mtime_ns
    (tmp_path / "second_look.pt").unlink()
    train_second_look(RECIPE, tmp_path)
    assert len((tmp_path / "second_look.jsonl").read_text().splitlines()) == 1
    assert np.load(tmp_path / "families.npy", mmap_mode="r").shape == (3, 4, 6, 4, 975)
    assert (tmp_path / "families.npy").stat().st_mtime_ns == written
