import dataclasses

import numpy as np
import pytest

from xrpdsim.sorting import EarlierGroups, changes_since, sort_screen
from xrpdsim.sorting.screens.earlier import changes_in_words


@pytest.fixture(scope="module")
def found(screen):
    return sorted_again(screen)


def sorted_again(screen, **known):
    # as the default, but each pair is looked at once: four times as quick
    return sort_screen(screen, similarity="organic-1", **known)


def as_earlier(found, **regrouped):
    """What a sorted screen would be read as, with some files in other groups."""
    files = found.screen.files
    group_of = {name: found.group_of(row) for row, name in enumerate(files)} | regrouped
    hashes = dict(zip(files, found.screen.hashes, strict=True))
    return EarlierGroups("abc", group_of, hashes, tuple(found.group_names))


def test_the_same_again_is_no_change(found):
    earlier = as_earlier(found)
    changes = changes_since(earlier, found)
    assert changes == []
    words = changes_in_words(earlier, found, changes)
    assert words == ["no file is new, missing or in another group"]


def test_every_kind_of_change_is_named(found):
    files, (first, second, *_) = found.screen.files, found.group_names
    members = [files[row] for row in np.flatnonzero(found.clusterer.labels_ == 0).tolist()]
    moved, added, altered, renamed = members[:4]
    earlier = as_earlier(found, **{moved: second, "gone.xy": first, "old name.xy": first})
    for name in (added, renamed):
        del earlier.group_of[name]
    earlier.hash_of["old name.xy"] = earlier.hash_of.pop(renamed)
    earlier.hash_of[altered] = "other"
    changes = {each.file: each[1:] for each in changes_since(earlier, found)}
    assert changes == {
        moved: ("moved", second, first, ""),
        added: ("new", "", first, ""),
        altered: ("other content", first, first, ""),
        renamed: ("renamed", first, first, "was old name.xy"),
        "gone.xy": ("missing", first, "", ""),
    }
    words = changes_in_words(earlier, found, changes_since(earlier, found))
    assert f"moved from {second} to {first}: {moved}" in words
    assert f"new in {first}: {added}" in words


def test_groups_keep_their_numbers_and_new_ones_get_others(screen, found):
    numbers = {"group 1": "group 2", "group 2": "group 1", "group 3": "group 9"}
    before = as_earlier(found)
    group_of = {name: numbers.get(group, group) for name, group in before.group_of.items()}
    third = [name for name, group in group_of.items() if group == "group 9"]
    for name in third:
        del group_of[name]
    earlier = dataclasses.replace(before, group_of=group_of, names=(*found.group_names, "group 9"))
    again = sorted_again(screen, earlier=earlier)
    np.testing.assert_array_equal(again.clusterer.labels_, found.clusterer.labels_)
    new = f"group {len(found.group_names) + 1}"
    assert again.group_names[:3] == ["group 2", "group 1", new]
    assert again.group_names[3:] == found.group_names[3:]
    assert again.names_kept == {0: "group 2", 1: "group 1", 2: new}
    changes = changes_since(earlier, again)
    assert {each.file for each in changes} == set(third)
    assert {each.remark for each in changes} == {"new group"}
    assert any(f"new group {new!r} of new files" in line
               for line in changes_in_words(earlier, again, changes))  # fmt: skip


@pytest.mark.parametrize("form", [None, "hydrate"])
def test_a_group_that_is_named_goes_on_under_its_new_name(screen, found, form, tmp_path):
    from xrpdsim.sorting import read_corrections

    path = tmp_path / "corrections.csv"
    typical = screen.files[found.typical_rows[0]]
    path.write_text("file,relation,other\n" + (f"{typical},form,{form}\n" if form else ""))
    earlier = as_earlier(found)
    again = sorted_again(screen, corrections=read_corrections(path, screen.files), earlier=earlier)
    assert changes_since(earlier, again) == []
    words = changes_in_words(earlier, again, [])
    assert (f"{found.group_names[0]} is now called hydrate" in words) == (form is not None)
