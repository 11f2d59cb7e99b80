import dataclasses
import io
import zipfile

import numpy as np
import pytest

from xrpdsim.datasets import DownloadError, fetch_rruff
from xrpdsim.datasets.public import rruff_database
from xrpdsim.patterns import Pattern, default_two_theta, to_grid
from xrpdsim.patterns.pairs import encode_phases

pytest.importorskip("pooch")

ANGLES = np.round(np.arange(5, 90, 0.01), 2)


def peak(position):
    return np.round(1000 * np.exp(-(((ANGLES - position) / 0.1) ** 2)), 3)


def rruff_text(name, number, chemistry, position, wavelength="1.541838"):
    head = [f"##NAMES={name}", f"##RRUFFID={number}"]
    head += [f"##IDEAL CHEMISTRY={chemistry}"] if chemistry else []
    head += ["##LOCALITY=Somewhere, with = and, commas", "##STATUS="]
    head += [f"##X-RAY WAVELENGTH={wavelength}"] if wavelength else []
    points = [f"{x:.4f}, {y:.4f}" for x, y in zip(ANGLES, peak(position), strict=True)]
    return "\r\n".join([*head, *points, "##END=", "", "not data any more"])


def zipped(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def file_name(mineral, number):
    return f"{mineral}__{number}-1__Powder__Xray_Data_XY_Processed__3027.txt"


MEMBERS = {
    file_name("Quartz", "R040031"): rruff_text("Quartz", "R040031", "SiO_2_", 26.6),
    file_name("Cristobalite", "R060648"): rruff_text("Cristobalite", "R060648", "SiO_2_", 22.0),
    file_name("Abelsonite", "R070007"): rruff_text("Abelsonite", "R070007", "", 8.0),
    file_name("Calcite", "R040070"): rruff_text("Calcite", "R040070", "CaCO_3_", 29.4, ""),
    file_name("Broken", "R000001"): "##NAMES=Broken\n##X-RAY WAVELENGTH=1.54\n5.0 12 13\n",
    file_name("Empty", "R000002"): "##NAMES=Empty\n##END=\n",
    "__MACOSX/._" + file_name("Quartz", "R040031"): "rubbish",
    "readme.md": "not a pattern",
}


@pytest.fixture
def rruff(site, monkeypatch):
    site.files["XY_Processed.zip"] = zipped(MEMBERS)
    site.files["XY_RAW.zip"] = zipped(
        {"Rutile__R050417-1__Powder__Xray_Data_XY_RAW__1.txt": "##END=x\n"}
    )
    for subset, remote in rruff_database.ARCHIVES.items():
        local = dataclasses.replace(remote, urls=(site.url(remote.name),))
        monkeypatch.setitem(rruff_database.ARCHIVES, subset, local)
    return site


def test_patterns_and_labels(rruff):
    with pytest.warns(UserWarning, match=r"3 records .* not usable \(2\), no wavelength stated"):
        data = fetch_rruff()
    assert data.y.tolist() == [
        ["Abelsonite", "Abelsonite"],
        ["SiO_2_", "Cristobalite"],
        ["SiO_2_", "Quartz"],
    ]
    assert data.rruff_ids.tolist() == ["R070007", "R060648", "R040031"]
    np.testing.assert_array_equal(data.wavelengths, 1.541838)
    quartz = to_grid(Pattern(ANGLES, peak(26.6), wavelength=1.541838))
    np.testing.assert_allclose(data.X[2], quartz, atol=1e-3)
    # The line moves to lower angles, where Cu K-alpha1 puts it.
    assert data.two_theta[np.nanargmax(data.X[2])] < 26.6
    assert np.isnan(data.X[2][default_two_theta() < 4.9]).all()
    assert sorted(data.skipped["reason"]) == ["no wavelength stated"] + ["not usable"] * 2
    assert any("line 3 is not `angle, intensity`" in detail for detail in data.skipped["detail"])
    assert "Lafuente" in data.DESCR
    phases, compounds = encode_phases(data.y)
    assert len(set(phases)) == 3
    assert len(set(compounds)) == 2


def test_wavelength_is_only_for_files_that_state_none(rruff):
    with pytest.warns(UserWarning, match="2 records"):
        data = fetch_rruff(wavelength=1.7902)
    assert dict(zip(data.form, data.wavelengths, strict=True)) == {
        "Abelsonite": 1.541838,
        "Calcite": 1.7902,
        "Cristobalite": 1.541838,
        "Quartz": 1.541838,
    }


def test_a_wavelength_by_the_name_of_its_line(rruff):
    with pytest.warns(UserWarning, match="2 records"):
        data = fetch_rruff(wavelength="CuKa1")
    assert dict(zip(data.form, data.wavelengths, strict=True))["Calcite"] == 1.5406
    with pytest.raises(ValueError, match="wavelength='Unobtainium'"):
        fetch_rruff(wavelength="Unobtainium")


@pytest.mark.parametrize("n_patterns", [0, -1, 1.5, "3", True])
def test_the_number_of_patterns_is_whole(rruff, n_patterns):
    message = f"n_patterns={n_patterns!r} must be a whole number, 1 or more"
    with pytest.raises(ValueError, match=message):
        fetch_rruff(n_patterns=n_patterns)


def test_first_patterns_only(rruff):
    X, y = fetch_rruff(n_patterns=1, return_X_y=True)
    assert X.shape == (1, 1950)
    assert y.tolist() == [["Abelsonite", "Abelsonite"]]


def test_name_and_number_from_the_file_name():
    text = b"##X-RAY WAVELENGTH: none\n5.00, 1\n5.01, 2\n##END="
    header, pattern = rruff_database.parse_rruff("a/Fluor_apatite__R040098-2__Powder__x.txt", text)
    assert header["NAMES"] == "Fluor apatite"
    assert header["RRUFFID"] == "R040098"
    assert pattern.wavelength is None


def test_nothing_usable(rruff):
    with pytest.raises(ValueError, match=r"none of the 1 files .* has no points"):
        fetch_rruff(subset="raw")
    with pytest.raises(ValueError, match="subset='dif'"):
        fetch_rruff(subset="dif")


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/passwd.txt", "a\\..\\..\\evil.txt"])
def test_names_that_climb_out_are_refused(rruff, name):
    rruff.files["XY_Processed.zip"] = zipped({**MEMBERS, name: "##END="})
    with pytest.raises(ValueError, match="tampered"):
        fetch_rruff()


def test_a_member_that_says_it_is_encrypted_is_named(rruff):
    archive = bytearray(zipped({"a.txt": "##END="}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(header) + flags] |= 1
    rruff.files["XY_Processed.zip"] = bytes(archive)
    with pytest.raises(ValueError, match=r"a\.txt cannot be read: .*encrypted"):
        fetch_rruff()


def test_damaged_and_oversized_archives(rruff, monkeypatch, tmp_path):
    rruff.files["XY_Processed.zip"] = zipped(MEMBERS)[:-30]
    with pytest.raises(ValueError, match="not a complete zip archive"):
        fetch_rruff()
    rruff.files["XY_Processed.zip"] = zipped(MEMBERS)
    monkeypatch.setattr("xrpdsim.datasets.public._archive.MAX_MEMBER_BYTES", 10_000)
    with pytest.raises(ValueError, match="is larger than"):
        fetch_rruff(data_home=tmp_path / "second")
    monkeypatch.setattr("xrpdsim.datasets.public._archive.MAX_MEMBERS", 3)
    with pytest.raises(ValueError, match="more than 3"):
        fetch_rruff(data_home=tmp_path / "second")
    rruff.files["XY_Processed.zip"] = b"<!DOCTYPE html>"
    with pytest.raises(DownloadError, match="sign-in"):
        fetch_rruff(data_home=tmp_path / "third")
