import hashlib
import json
from importlib.metadata import version

import xrpdsim
from xrpdsim.embedding.weights import weights_file
from xrpdsim.sorting import read_screen, sort_screen
from xrpdsim.sorting.results import complete_record, describe_run
from xrpdsim.sorting.results.record import digest_of_record, hashes_of_weights


def describe(found, folder, **options):
    corrections = folder.parent / "corrections.csv"
    return describe_run(
        found, folder.parent / "out" / "run.json", folder=folder, corrections=corrections, **options
    )


def test_inputs_settings_and_versions_are_there(found, folder):
    run = describe(found, folder, wavelength="CuKa1", command=["xrpdsim", "sort", "../screen"])
    patterns = run["inputs"]["patterns"]
    assert patterns["folder"] == "../screen"
    assert [each["file"] for each in patterns["files"]] == found.screen.files
    for each in patterns["files"]:
        content = (folder / each["file"]).read_bytes()
        assert each["sha256"] == hashlib.sha256(content).hexdigest()
        assert each["wavelength"] == 1.5406
    sources = [each["wavelength_from"] for each in patterns["files"]]
    assert sources == ["given"] + ["file"] * 19
    (skipped,) = [each for each in patterns["skipped"] if each["sha256"]]
    assert skipped["file"] == "notes.txt"
    labels = (folder / "labels.csv").read_bytes()
    assert patterns["labels"]["sha256"] == hashlib.sha256(labels).hexdigest()
    corrections = run["inputs"]["corrections"]
    assert corrections["file"] == "../corrections.csv"
    assert list(corrections["forms"].values()) == ["=beta/2"]
    assert run["inputs"]["references"] is None
    assert run["versions"]["numpy"] == version("numpy")
    assert run["versions"]["xrpdsim"] == xrpdsim.__version__
    assert run["settings"]["similarity"] == "screening"
    assert run["settings"]["wavelength"] == "CuKa1"
    assert run["weights"] is None


def test_the_id_follows_inputs_settings_and_versions_only(found, folder, tmp_path):
    run = describe(found, folder)
    again = describe_run(
        found, tmp_path / "run.json", folder=folder, corrections=folder.parent / "corrections.csv"
    )
    assert again["run"] == run["run"]
    assert again["inputs"]["patterns"]["folder"] != run["inputs"]["patterns"]["folder"]
    assert describe(found, folder, wavelength="CoKa1")["run"] != run["run"]
    screen = read_screen(folder, wavelength="CuKa1")
    other = sort_screen(screen, similarity="screening", min_probability=0.6)
    assert describe_run(other, tmp_path / "run.json", folder=folder)["run"] != run["run"]


def test_weights_are_recorded_by_their_hashes():
    weights = hashes_of_weights("organic-1")
    content = weights_file("organic-1").read_bytes()
    assert weights["organic-1.safetensors"] == hashlib.sha256(content).hexdigest()
    assert {"organic-1.safetensors", "organic-1.json"} <= set(weights)
    assert all(name.startswith("organic-1.") for name in weights)


def test_a_record_holds_the_hash_of_every_file_and_of_itself(found, folder):
    run = describe(found, folder)
    record = json.loads(complete_record(run, {"a.csv": b"1", "typical/é.xy": b"2"}))
    hashes = {each["file"]: each["sha256"] for each in record["results"]}
    assert hashes == {
        "a.csv": hashlib.sha256(b"1").hexdigest(),
        "typical/é.xy": hashlib.sha256(b"2").hexdigest(),
    }
    assert record["sha256_of_record"] == digest_of_record(record)
    record["made"] = "yesterday"
    assert record["sha256_of_record"] != digest_of_record(record)


def test_a_folder_whose_name_is_not_utf8_is_recorded(found, folder, tmp_path):
    run = describe(found, folder)
    run["inputs"]["patterns"]["folder"] = "caf\udce9"
    record = json.loads(complete_record(run, {}))
    assert record["inputs"]["patterns"]["folder"] == "caf\udce9"
