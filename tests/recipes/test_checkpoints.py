import pytest
import torch

from xrpdsim.recipes._checkpoints import keep_progress, read_checkpoint


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


def test_progress_that_a_training_did_not_come_to_is_dropped(tmp_path):
    path = tmp_path / "progress.jsonl"
    keep_progress(path, "rounds", 0)
    assert not path.exists()
    lines = ['{"rounds": 2}\n', '{"rounds": 4}\n', '{"rounds": 6}\n', '{"roun']
    path.write_text("".join(lines))
    keep_progress(path, "rounds", 4)
    assert path.read_text() == "".join(lines[:2])
    with pytest.raises(ValueError, match=r"progress\.jsonl is no log of this training"):
        keep_progress(path, "step", 4)


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.pt"):
        read_checkpoint(tmp_path / "none.pt", [])
