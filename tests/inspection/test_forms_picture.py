from xml.etree import ElementTree

from xrpdsim.inspection import draw_forms
from xrpdsim.sorting.results import form_peaks

SVG = "{http://www.w3.org/2000/svg}"


def test_every_group_is_drawn_with_its_strongest_peak(found):
    root = ElementTree.fromstring(draw_forms(found))
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    for name, peaks in zip(found.group_names, form_peaks(found), strict=True):
        assert any(text.startswith(f"{name}: ") for text in texts)
        assert f"{peaks.strongest(1).two_theta[0]:.2f}" in texts
    curves = [e for e in root.iter(f"{SVG}path") if "curve" in e.get("class", "")]
    assert len(curves) == len(found.group_names)
