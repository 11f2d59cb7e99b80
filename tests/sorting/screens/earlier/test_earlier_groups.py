import hashlib
import json

import numpy as np
import pytest

from xrpdsim.sorting import EarlierGroups, read_earlier_groups
from xrpdsim.sorting.screens.earlier import files_before, successors


def written(folder, **changed):
    rows = [{"file": "a.xy", "group": "group 1", "sha256": "1"}]
    content = json.dumps({"groups": [{"group": "group 1"}], "patterns": rows}).encode()
    (folder / "forms.json").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    record = {
        "record": "xrpdsim sort",
        "run": "abc",
        "command": ["xrpdsim", "sort", "screen"],
        "results": [{"file": "forms.json", "sha256": digest}],
        **changed,
    }
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def test_groups_are_read_from_the_folder_or_the_record(tmp_path):
    expected = EarlierGroups(
        "abc", {"a.xy": "group 1"}, {"a.xy": "1"}, ("group 1",), ("xrpdsim", "sort", "screen")
    )
    assert read_earlier_groups(written(tmp_path)) == expected
    assert read_earlier_groups(tmp_path / "run.json") == expected


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"record": "another"}, "is no record that xrpdsim sort wrote"),
        ({"results": []}, "forms.json is not as xrpdsim sort wrote it"),
        ({"results": [{"file": "forms.json", "sha256": "0"}]}, "is not as xrpdsim sort wrote it"),
        ({"results": 3}, "lacks a part of the record"),
        ({"command": None}, "lacks a part of the record"),
    ],
)
def test_what_is_no_result_is_named(tmp_path, changed, message):
    with pytest.raises(ValueError, match=message):
        read_earlier_groups(written(tmp_path, **changed))


def test_a_result_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no run\.json in"):
        read_earlier_groups(tmp_path)
    (written(tmp_path) / "forms.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"forms\.json"):
        read_earlier_groups(tmp_path)


def test_files_are_known_by_name_and_moved_ones_by_their_bytes():
    earlier = EarlierGroups("", {"a": "x", "b": "x", "c": "x"}, {"a": "1", "b": "2", "c": "3"}, ())
    # "d" holds the bytes of "b", which is gone, and "e" those of "a", which is there
    found = files_before(earlier, ["a", "c", "d", "e"], ["1", "9", "2", "1"])
    assert found == ["a", "c", "b", None]
    assert files_before(earlier, ["a", "d"]) == ["a", None]


def test_the_larger_part_of_a_group_goes_on_from_it():
    group_of = {**dict.fromkeys("abcde", "group 1"), **dict.fromkeys("fg", "group 2"), "h": "none"}
    earlier = EarlierGroups("", group_of, {}, ("group 1", "group 2"))
    labels = np.array([1, 1, 0, 0, 0, 1, 1, 2])
    assert successors(earlier, labels, list("abcdefgh")) == {0: "group 1", 1: "group 2"}
