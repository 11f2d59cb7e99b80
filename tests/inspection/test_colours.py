from itertools import combinations

import numpy as np
import pytest

from xrpdsim.inspection._colours import COLOURS, MARKERS, NO_GROUP, colour_of, ink_on, shape_of


def linear(colour):
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.1."""
    weights = [0.2126, 0.7152, 0.0722]
    light, dark = sorted((linear(c) @ weights + 0.05 for c in (one, other)), reverse=True)
    return light / dark


def oklab(rgb):
    """B. Ottosson, A perceptual color space for image processing (2020)."""
    lms = np.cbrt(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
        @ rgb
    )
    return [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ] @ lms


def without_green(rgb):
    """Deuteranopia: Machado, Oliveira & Fernandes, IEEE TVCG 15 (2009) 1291-1298."""
    seen = [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ] @ rgb
    return np.clip(seen, 0, 1)


# A just noticeable difference is about 0.02 in OKLab.
@pytest.mark.parametrize(
    ("eye", "least"), [(np.asarray, 0.1), (without_green, 0.05)], ids=["all cones", "no green"]
)
def test_twenty_colours_are_told_apart(eye, least):
    assert len(set(COLOURS)) == 20
    seen = [oklab(eye(linear(colour))) for colour in (*COLOURS, NO_GROUP)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > least


@pytest.mark.parametrize("paper", ["#FFFFFF", "#15171A"])
def test_colours_stand_out_on_white_and_on_dark_pages(paper):
    assert min(contrast(colour, paper) for colour in COLOURS) >= 3


def test_a_pattern_of_no_group_is_drawn_as_strongly_as_any():
    assert contrast(colour_of(-1), "#FFFFFF") > max(contrast(c, "#FFFFFF") for c in COLOURS)


def test_colour_and_shape_come_together_once_in_140_groups():
    assert len({(colour_of(k), shape_of(k)) for k in range(140)}) == 140
    assert shape_of(-1) not in {shape_of(k) for k in range(140)}
    assert len(set(MARKERS.values())) == len(MARKERS) == 7


@pytest.mark.parametrize("colour", [*COLOURS, "#000000", "#FFFFFF", "#808080"])
def test_ink_is_easy_to_read(colour):
    other = {"#000000": "#FFFFFF", "#FFFFFF": "#000000"}[ink_on(colour)]
    assert contrast(colour, ink_on(colour)) >= contrast(colour, other)
    assert contrast(colour, ink_on(colour)) >= 4.5
