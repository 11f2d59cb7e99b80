import pytest
import torch

from xrpdsim.recipes._checkpoints import read_checkpoint


@pytest.fixture
def path(tmp_path):
    torch.save({"recipe": "{}", "module": {"weight": torch.ones(3)}}, tmp_path / "checkpoint.pt")
    return tmp_path / "checkpoint.pt"


def test_a_whole_one(path):
    assert read_checkpoint(path, ["recipe"])["module"]["weight"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[: len(whole) // 2], lambda whole: b"", lambda whole: b"{}" * 100],
)
def test_half_a_checkpoint_is_named(path, damage):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"checkpoint\.pt is no complete checkpoint"):
        read_checkpoint(path, ["recipe"])


@pytest.mark.parametrize("content", [[1], {"recipe": "{}"}])
def test_other_contents_are_named(path, content):
    torch.save(content, path)
    with pytest.raises(ValueError, match=r"checkpoint\.pt is no checkpoint of this training"):
        read_checkpoint(path, ["recipe", "module"])


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.pt"):
        read_checkpoint(tmp_path / "none.pt", [])
