"""NeXus and HDF5, written by h5py as the programs that they come from do."""

import io
import sys

import numpy as np
import pytest

from xrpdsim.io import PatternFileError, read_folder, read_patterns

ANGLES = 5 + 0.05 * np.arange(61)
COUNTS = np.arange(100, 161)


def group(parent, name, nx_class="", **attributes):
    made = parent.create_group(name)
    if nx_class:
        made.attrs["NX_class"] = nx_class
    made.attrs.update(attributes)
    return made


def dataset(parent, name, values, **attributes):
    made = parent.create_dataset(name, data=values)
    made.attrs.update(attributes)
    return made


def written(build):
    h5py = pytest.importorskip("h5py")
    file = io.BytesIO()
    with h5py.File(file, "w") as opened:
        build(opened)
    return file.getvalue()


def nxdata(parent, name="data", axis="two_theta", unit="degrees", x=ANGLES, y=COUNTS):
    data = group(parent, name, "NXdata", signal="counts", axes=axis)
    dataset(data, "counts", y, units="counts")
    dataset(data, axis, x, units=unit)
    return data


def simple(file):
    entry = group(file, "entry", "NXentry")
    nxdata(entry)
    dataset(group(entry, "sample", "NXsample"), "name", "paracetamol")
    beam = group(group(entry, "instrument", "NXinstrument"), "beam", "NXbeam")
    dataset(beam, "incident_wavelength", 1.5406, units="angstrom")


def test_nxdata_with_signal_and_axes(read):
    pattern = read(written(simple))
    np.testing.assert_allclose(pattern.two_theta, ANGLES)
    np.testing.assert_array_equal(pattern.intensity, COUNTS)
    assert pattern.wavelength == 1.5406
    assert pattern.sample == "paracetamol"
    assert pattern.metadata["wavelength_from"] == "file"


def test_angles_that_fall_are_turned_round(read):
    pattern = read(
        written(lambda file: nxdata(group(file, "e", "NXentry"), x=ANGLES[::-1], y=COUNTS[::-1]))
    )
    np.testing.assert_allclose(pattern.two_theta, ANGLES)
    np.testing.assert_array_equal(pattern.intensity, COUNTS)


def test_nxxrd_has_polar_angle_and_an_energy(read):
    def build(file):
        entry = group(file, "entry", "NXentry")
        dataset(entry, "definition", "NXxrd")
        instrument = group(entry, "instrument", "NXinstrument")
        detector = group(instrument, "detector", "NXdetector")
        dataset(detector, "polar_angle", ANGLES, units="deg")
        dataset(detector, "data", COUNTS)
        beam = group(instrument, "beam", "NXbeam")
        dataset(beam, "incident_energy", 8047.78, units="eV")
        data = group(entry, "data", "NXdata")
        data["polar_angle"] = detector["polar_angle"]
        data["data"] = detector["data"]

    pattern = read(written(build))
    np.testing.assert_allclose(pattern.two_theta, ANGLES)
    assert pattern.wavelength == pytest.approx(1.54060, abs=2e-5)
    assert pattern.metadata["definition"] == "NXxrd"


def test_signal_and_axis_as_attributes_of_datasets(read):
    def build(file):
        data = group(group(file, "entry", "NXentry"), "scan", "NXdata")
        dataset(data, "I00", COUNTS, signal=1)
        dataset(data, "tth", ANGLES, axis=1, units="degrees")

    np.testing.assert_allclose(read(written(build)).two_theta, ANGLES)


def test_q_of_pyfai_with_errors(read):
    q = np.linspace(5, 25, 61)

    def build(file):
        data = group(group(file, "entry_0000", "NXentry"), "results", "NXdata", signal="I")
        data.attrs["axes"] = np.array(["q"], dtype="S1")
        dataset(data, "I", COUNTS.astype("f4"))
        dataset(data, "q", q, units="nm^-1")
        dataset(data, "I_errors", np.sqrt(COUNTS))

    pattern = read(written(build), wavelength=1.5406)
    expected = 2 * np.degrees(np.arcsin(0.1 * q * 1.5406 / 4 / np.pi))
    np.testing.assert_allclose(pattern.two_theta, expected)
    np.testing.assert_allclose(pattern.esd, np.sqrt(COUNTS))
    assert pattern.scan_axis == "q (nm^-1)"


def test_plain_hdf5_by_the_names_of_its_datasets(read):
    def build(file):
        result = group(file, "experiment_result")
        dataset(result, "two_theta", ANGLES)
        dataset(result, "intensity", COUNTS[None])

    np.testing.assert_array_equal(read(written(build)).intensity, COUNTS)


def test_the_default_scan_or_all(tmp_path, read):
    def build(file, default=None):
        entry = group(file, "entry", "NXentry")
        nxdata(entry, "first")
        nxdata(entry, "second", y=2 * COUNTS)
        if default:
            file.attrs["default"] = "entry"
            entry.attrs["default"] = default

    assert read(written(lambda file: build(file, "second"))).intensity[0] == 200
    content = written(build)
    with pytest.raises(PatternFileError, match="2 scans that overlap"):
        read(content)
    (tmp_path / "a.nxs").write_bytes(content)
    scans = read_patterns(tmp_path / "a.nxs")
    assert [scan.metadata["scan"] for scan in scans] == ["/entry/first", "/entry/second"]


def test_a_wavelength_is_used_if_its_unit_and_value_are_clear(read):
    def build(file, unit, second):
        entry = group(file, "entry", "NXentry")
        nxdata(entry)
        dataset(group(entry, "a"), "wavelength", 0.15406, units=unit)
        dataset(group(entry, "b"), "wavelength", second, units="nm")

    assert read(written(lambda file: build(file, "nm", 0.15406))).wavelength == 1.5406
    assert read(written(lambda file: build(file, "nm", 0.07))).wavelength is None
    assert read(written(lambda file: build(file, "furlong", 0.15406))).wavelength == 1.5406


def other_axis(file):
    nxdata(group(file, "entry", "NXentry"), axis="energy", unit="keV")


def image(file):
    nxdata(group(file, "entry", "NXentry"), y=np.ones((61, 61), int))


def outside(file):
    import h5py

    data = group(group(file, "entry", "NXentry"), "data", "NXdata", signal="counts", axes="tth")
    data["counts"] = h5py.ExternalLink("/etc/passwd", "/counts")
    dataset(data, "tth", ANGLES)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (other_axis, "no one-dimensional scan over 2theta, q or d"),
        (image, r"counts has the shape \(61, 61\)"),
        (outside, "no one-dimensional scan"),
        (lambda file: None, "no one-dimensional scan"),
        (lambda file: nxdata(file, y=COUNTS[:50]), "has 61 values, but counts has 50"),
        (lambda file: nxdata(file, axis="q", unit=""), "without a unit that is known"),
    ],
)
def test_what_is_no_pattern_is_refused(build, message, read):
    with pytest.raises(PatternFileError, match=message):
        read(written(build))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_files_are_refused(share, read):
    content = written(simple)
    with pytest.raises(PatternFileError, match="HDF5"):
        read(content[: int(share * len(content))])


def test_a_process_that_does_not_answer_stops_its_file_only(tmp_path, monkeypatch):
    pytest.importorskip("h5py")
    (tmp_path / "a.nxs").write_bytes(written(simple))
    (tmp_path / "b.xy").write_text("# 2theta counts\n5.00 120\n5.02 118\n5.04 131\n")
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexit 152\n")
    silent.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(silent))
    contents = read_folder(tmp_path)
    assert "held or ended the process" in contents.skipped["a.nxs"]
    assert "b.xy" in contents.patterns


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "a.nxs").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert "pip install xrpdsim[hdf5]" in read_folder(tmp_path).skipped["a.nxs"]
