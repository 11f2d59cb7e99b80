import dataclasses
import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from xrpdsim.datasets import DownloadError, fetch_opxrd
from xrpdsim.datasets.public import opxrd_database
from xrpdsim.patterns import Pattern, default_two_theta, to_grid
from xrpdsim.patterns.pairs import encode_phases

pytest.importorskip("pooch")

REAL_RECORD = Path(__file__).parents[3] / "../shared/data/vendor_files/json_opxrd/aimat.json"

ANGLES = np.round(np.arange(5, 60, 0.02), 4)
INTENSITY = np.round(100 * np.exp(-(((ANGLES - 20) / 0.2) ** 2)) + 3, 2)


def phase(composition="Na1 Cl1", group=225, **more):
    cell = {"lengths": [5.6, 5.6, 5.6], "angles": [90.0, 90.0, 90.0]}
    return {"chemical_composition": composition, "spacegroup": group, **cell, **more}


def record(
    phases=(), primary="1.5406", secondary=None, angles=ANGLES, intensity=INTENSITY, nested=True
):
    """A record as opXRD writes it, `label` and what is in it being text, or objects."""
    write = json.dumps if nested else (lambda value: value)
    radiation = {"primary_wavelength": primary, "secondary_wavelength": secondary}
    label = {
        "phases": [write(one) for one in phases],
        "xray_info": write(radiation),
        "is_simulated": False,
    }
    return json.dumps(
        {
            "two_theta_values": list(map(float, angles)),
            "intensities": list(map(float, intensity)),
            "label": write(label),
            "metadata": write({"institution": "somewhere"}),
        }
    )


MEMBERS = {
    "CNRS/pattern_0.json": record([phase()]),
    "CNRS/pattern_1.json": record([phase()], nested=False),
    "CNRS/pattern_2.json": record([phase("Ti1 O2", 136), phase("Ti1 O2", 141)]),
    "CNRS/pattern_3.json": record([phase("Ti1 O2", None)]),
    "USC/A/pattern_0.json": record(primary="1.54439", secondary="1.5406"),
    "USC/A/pattern_1.json": record(primary=0.7093, angles=ANGLES / 2),
    "USC/B/pattern_2.json": record(primary="nan"),
    "USC/B/pattern_3.json": record(primary=None),
    "USC/B/pattern_4.json": record(angles=np.r_[ANGLES[:-1], 5.0]),
    "USC/B/pattern_5.json": record(intensity=np.zeros(ANGLES.size)),
    "USC/B/pattern_6.json": record(angles=ANGLES + 60),
    "USC/B/pattern_7.json": record(intensity=INTENSITY[:-1]),
    "USC/B/pattern_8.json": "{not json",
    "USC/B/pattern_9.json": json.dumps([1, 2]),
    "USC/B/notes.txt": "hello",
}


def zipped(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


@pytest.fixture
def publish(site, monkeypatch):
    def publish(members):
        content = zipped(members)
        site.files["opxrd.zip"] = content
        remote = dataclasses.replace(
            opxrd_database.ARCHIVE,
            urls=(site.url("opxrd.zip?download=1"),),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        monkeypatch.setattr(opxrd_database, "ARCHIVE", remote)
        return site

    return publish


@pytest.fixture
def opxrd(publish):
    return publish(MEMBERS)


def test_all_records(opxrd):
    with pytest.warns(UserWarning, match=r"8 records of opxrd\.zip were left out"):
        data = fetch_opxrd()
    assert data.files.tolist() == list(MEMBERS)[:6]
    assert data.institutions.tolist() == ["CNRS"] * 4 + ["USC"] * 2
    assert data.X.dtype == np.float32
    expected = to_grid(Pattern(ANGLES, INTENSITY, wavelength=1.5406))
    for row in range(4):
        np.testing.assert_allclose(data.X[row], expected, rtol=1e-6)
    assert np.isnan(data.X[0][default_two_theta() < 4.9]).all()
    assert data.y.tolist() == [
        ["Na1 Cl1", "225"],
        ["Na1 Cl1", "225"],
        [None, None],
        ["Ti1 O2", None],
        [None, None],
        [None, None],
    ]
    assert [one["spacegroup"] for one in data.phases[2]] == [136, 141]
    assert dict(zip(data.skipped["file"], data.skipped["reason"], strict=True)) == {
        "USC/B/pattern_2.json": "no wavelength stated",
        "USC/B/pattern_3.json": "no wavelength stated",
        "USC/B/pattern_4.json": "angles do not increase",
        "USC/B/pattern_5.json": "no intensity",
        "USC/B/pattern_6.json": "outside the grid",
        "USC/B/pattern_7.json": "not a pattern",
        "USC/B/pattern_8.json": "not an opXRD record",
        "USC/B/pattern_9.json": "not an opXRD record",
    }
    assert "CC BY 4.0" in data.DESCR
    assert "Hollarek" in data.DESCR


def test_wavelengths(opxrd):
    """A doublet in reverse is that of K-alpha1; a line at Mo is converted."""
    data = fetch_opxrd(subset=["USC"], n_patterns=2)
    assert data.wavelengths.tolist() == [1.5406, 0.7093]
    expected = to_grid(Pattern(ANGLES / 2, INTENSITY, wavelength=0.7093))
    np.testing.assert_allclose(data.X[1], expected, rtol=1e-6)
    line = data.two_theta[np.nanargmax(data.X[1])]
    spacing = 0.7093 / 2 / np.sin(np.radians(5))
    assert line == pytest.approx(2 * np.degrees(np.arcsin(1.5406 / 2 / spacing)), abs=0.02)


def test_labelled_records_can_be_trained_on(opxrd):
    X, y = fetch_opxrd(labelled=True, subset="CNRS", return_X_y=True)
    assert X.shape == (2, 1950)
    phases, _ = encode_phases(y)
    assert phases.tolist() == [0, 0]


def test_selections(opxrd):
    assert fetch_opxrd(n_patterns=3).X.shape == (3, 1950)
    assert fetch_opxrd(n_patterns=2, two_theta=np.arange(10, 12, 0.5)).X.shape == (2, 4)
    with pytest.raises(
        ValueError, match=r"subset=\['KIT'\] is not in .*; it has \['CNRS', 'USC'\]"
    ):
        fetch_opxrd(subset=["KIT", "USC"])
    for number in (0, 1.5, "3", True):
        with pytest.raises(ValueError, match=f"n_patterns={number!r} must be a whole number"):
            fetch_opxrd(n_patterns=number)
    with pytest.raises(ValueError, match="mmap_mode='w'"):
        fetch_opxrd(mmap_mode="w")


def test_folder_that_wraps_all_others(publish):
    publish({f"opxrd/{name}": content for name, content in MEMBERS.items()})
    assert set(fetch_opxrd(subset="CNRS").institutions) == {"CNRS"}


def test_mapped_patterns_are_those_in_memory(opxrd, own_data_home, monkeypatch):
    with pytest.warns(UserWarning, match="left out"):
        plain = fetch_opxrd()
    with pytest.warns(UserWarning, match="left out"):
        mapped = fetch_opxrd(mmap_mode="r")
    assert isinstance(mapped.X, np.memmap)
    monkeypatch.setattr(opxrd_database, "parse_opxrd", None)
    with pytest.warns(UserWarning, match="left out"):
        again = fetch_opxrd(mmap_mode="r")
    for data in (mapped, again):
        np.testing.assert_array_equal(data.X, plain.X)
        assert data.y.tolist() == plain.y.tolist()
        assert data.phases == plain.phases
        assert data.skipped == plain.skipped
    with pytest.raises(ValueError, match="read-only"):
        mapped.X[0, 0] = 1
    with pytest.warns(UserWarning, match="left out"):
        changed = fetch_opxrd(mmap_mode="c")
    changed.X[0, 500] = -1
    assert mapped.X[0, 500] != -1
    assert len(list(own_data_home.rglob("*.npy"))) == 1


def test_interrupted_mapping_leaves_nothing(opxrd, own_data_home, monkeypatch):
    def fail(name, content):
        raise KeyboardInterrupt

    monkeypatch.setattr(opxrd_database, "parse_opxrd", fail)
    with pytest.raises(KeyboardInterrupt):
        fetch_opxrd(mmap_mode="r")
    assert [path.name for path in (own_data_home / "opxrd").iterdir()] == ["opxrd.zip"]


@pytest.mark.parametrize("ending", ["npy", "json"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"{}",
        lambda content: content.replace(b'"phases"', b'"others"').replace(b"<f4", b"<i4"),
        lambda content: content.replace(b"(", b"[", 1).replace(b'"skipped"', b'"kept"'),
    ],
)
def test_damaged_mapped_patterns_are_named_and_made_again(opxrd, own_data_home, ending, damage):
    with pytest.warns(UserWarning, match="left out"):
        whole = fetch_opxrd(mmap_mode="r").X.copy()
    (path,) = own_data_home.rglob(f"patterns_*.{ending}")
    content = path.read_bytes()
    path.write_bytes(damage(content))
    with pytest.warns(UserWarning, match=rf"patterns_.*\.{ending} .*: it is made again"):
        again = fetch_opxrd(mmap_mode="r").X
    np.testing.assert_array_equal(again, whole)
    assert path.read_bytes() == content


def test_as_frame(opxrd):
    pytest.importorskip("pandas")
    data = fetch_opxrd(subset="CNRS", as_frame=True)
    assert data.frame.shape == (4, 1952)
    assert data.y["compound"].isna().tolist() == [False, False, True, False]


def test_nothing_usable(publish):
    publish({"A/x.json": record(primary=None)})
    with pytest.raises(ValueError, match=r"can be used; the first: A/x\.json: no wave"):
        fetch_opxrd()


def test_archive_that_is_not_the_published_one(opxrd):
    opxrd.files["opxrd.zip"] = zipped({"A/x.json": record()})
    with pytest.raises(DownloadError, match="it was not kept"):
        fetch_opxrd()


@pytest.mark.parametrize("name", ["../x.json", "/x.json", "..\\x.json"])
def test_names_that_climb_out_are_refused(publish, name):
    publish({**MEMBERS, name: record()})
    with pytest.raises(ValueError, match="tampered"):
        fetch_opxrd()


@pytest.mark.skipif(not REAL_RECORD.exists(), reason="needs a real record")
def test_real_record(publish):
    publish({"KIT/aimat.json": REAL_RECORD.read_text()})
    data = fetch_opxrd()
    assert data.wavelengths.tolist() == [1.5406]
    measured = np.isfinite(data.X[0])
    assert measured.sum() == (data.two_theta >= 37.0001 - 0.01).sum()
    assert data.phases == [[]]
