import json
import shutil
import sys
from pathlib import Path

import pytest

from xrpdsim.io.folder import files_of_folder
from xrpdsim.sorting import read_corrections, read_references, read_screen, sort_screen
from xrpdsim.sorting.results import describe_run, file_results, result_files, verify_record


@pytest.fixture(scope="module")
def filed(run_folder, tmp_path_factory):
    """A run with all that a record names: references, corrections, labels, weights, results."""
    base = tmp_path_factory.mktemp("filed")
    screen_folder, references = base / "screen", base / "references"
    shutil.copytree(run_folder, screen_folder)
    references.mkdir()
    form_i = sorted(screen_folder.glob("*_I.xy"))[-1]
    shutil.copy(form_i, references / "alpha.xy")
    corrections = base / "corrections.csv"
    corrections.write_text(f"file,relation,other\n{form_i.name},form,beta\n", encoding="utf-8")
    screen = read_screen(screen_folder, wavelength="CuKa1")
    found = sort_screen(
        screen,
        references=read_references(references),
        similarity="organic-1",
        corrections=read_corrections(corrections, screen.files),
    )
    out = base / "out"
    out.mkdir()
    run = describe_run(
        found,
        out / "run.json",
        folder=screen_folder,
        corrections=corrections,
    )
    file_results(out, result_files(found), run)
    return base


@pytest.fixture
def base(filed, tmp_path):
    """A copy, in another place: paths in the record are relative."""
    return shutil.copytree(filed, tmp_path / "moved")


def test_what_nobody_touched_is_as_recorded(base):
    found = verify_record(base / "out" / "run.json")
    assert found.changes == []
    assert found.remarks == []
    assert "weights organic-1" in found.checked
    assert len(found.run) == 12


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("screen/00_*.xy", "input changed: *"),
        ("screen/notes.txt", "input changed: notes.txt"),
        ("screen/labels.csv", "input changed: labels.csv"),
        ("references/alpha.xy", "reference changed: alpha.xy"),
        ("corrections.csv", "corrections changed: ../corrections.csv"),
        ("out/forms.csv", "result changed: forms.csv"),
        ("out/peaks.txt", "result changed: peaks.txt"),
    ],
)
def test_every_file_is_compared(base, name, change):
    path = next(base.glob(name))
    change = change.replace("*", path.name)
    with path.open("ab") as file:
        file.write(b" ")
    assert verify_record(base / "out" / "run.json").changes == [change]
    path.unlink()
    gone = change.replace("changed", "missing")
    assert verify_record(base / "out" / "run.json").changes == [gone]


def test_new_inputs_and_missing_folders_are_named(base):
    record = base / "out" / "run.json"
    (base / "screen" / "new.xy").write_text("1 2\n")
    assert verify_record(record).changes == ["input new: new.xy"]
    shutil.rmtree(base / "references")
    assert "reference missing: the folder ../references" in verify_record(record).changes


def edited(path, edit):
    record = json.loads(path.read_text("utf-8"))
    edit(record)
    path.write_text(json.dumps(record), encoding="utf-8")


def test_an_edited_record_is_noticed(base):
    record = base / "out" / "run.json"
    edited(record, lambda record: record["settings"].update(min_probability=0.9))
    assert verify_record(record).changes == ["record: run.json was changed after it was written"]


def test_other_weights_and_versions_are_named(base):
    record = base / "out" / "run.json"

    def edit(record):
        record["weights"]["files"]["organic-1.json"] = "0" * 64
        record["weights"]["files"]["organic-1.third-look"] = "0" * 64
        del record["weights"]["files"]["organic-1.safetensors"]
        record["versions"]["numpy"] = "1.0"

    edited(record, edit)
    found = verify_record(record)
    for change in ("changed: organic-1.json", "missing: organic-1.third-look"):
        assert f"weights {change}" in found.changes
    assert "weights new: organic-1.safetensors" in found.changes
    (remark,) = found.remarks
    assert remark.startswith("numpy was 1.0, is ")
    edited(record, lambda record: record["weights"].update(name="organic-0"))
    assert "weights missing: organic-0 is not shipped with this version" in (
        verify_record(record).changes
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "is no record that xrpdsim sort wrote"),
        ("[1]", "is no record that xrpdsim sort wrote"),
        ('{"record": "xrpdsim sort"', "is not complete JSON"),
        ('{"record": "xrpdsim sort"}', "lacks a part of the record"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, text, message):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        verify_record(path)


@pytest.fixture
def small(run_folder, tmp_path):
    """A folder of four patterns, and how to sort it, record the run and verify it."""
    folder = tmp_path / "screen"
    folder.mkdir()
    for path in sorted(run_folder.glob("*_I.xy"))[-4:]:
        shutil.copy(path, folder)

    def verified(references=None, **how):
        screen = read_screen(folder, wavelength="CuKa1", **how)
        if references is not None:
            references = read_references(references, wavelength="CuKa1")
        found = sort_screen(screen, similarity="pearson", references=references)
        run = describe_run(found, tmp_path / "run.json", folder=folder)
        file_results(tmp_path, result_files(found), run)
        return run, verify_record(tmp_path / "run.json").changes

    return folder, verified


@pytest.mark.skipif(sys.platform != "linux", reason="a file that gives an error when it is read")
def test_a_file_that_cannot_be_read_is_recorded_without_its_hash(small):
    folder, verified = small
    (folder / "broken.xy").symlink_to("/proc/self/mem")
    run, changes = verified()
    (skipped,) = run["inputs"]["patterns"]["skipped"]
    assert (skipped["file"], skipped["sha256"]) == ("broken.xy", None)
    assert changes == []
    read = folder / run["inputs"]["patterns"]["files"][0]["file"]
    read.unlink()
    read.symlink_to("/proc/self/mem")
    (change,) = verify_record(folder.parent / "run.json").changes
    assert change.startswith(f"input cannot be read: {read.name} (")


def test_a_file_none_of_whose_scans_was_kept_is_a_known_input(small):
    folder, verified = small
    # beyond the end of the grid
    rows = "".join(f"{80 + 0.02 * k:.2f},1{k % 7},2{k % 9}\n" for k in range(100))
    (folder / "plate.csv").write_text("2theta,A1,B2\n" + rows)
    run, changes = verified(all_scans=True)
    skipped = run["inputs"]["patterns"]["skipped"]
    assert [(each["file"], each["scan"]) for each in skipped] == [
        ("plate.csv", 0),
        ("plate.csv", 1),
    ]
    assert changes == []
    with (folder / "plate.csv").open("a") as file:
        file.write("\n")
    assert verify_record(folder.parent / "run.json").changes == ["input changed: plate.csv"]


def test_a_reference_that_was_named_is_verified_without_a_look_at_its_folder(
    small, tmp_path, monkeypatch
):
    folder, verified = small
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(next(folder.iterdir()), home / ".form I.xy")
    walked = []

    def files_and_note(place, **how):
        walked.append(Path(place).name)
        return files_of_folder(place, **how)

    for module in ("record", "verifying"):
        monkeypatch.setattr(f"xrpdsim.sorting.results.{module}.files_of_folder", files_and_note)
    _, changes = verified(references=home / ".form I.xy")
    assert changes == []
    assert "home" not in walked
