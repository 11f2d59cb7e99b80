import json

import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"two_theta_values": [1, 2, 3]}', "no list 'intensities'"),
        ('{"a": 1}', "not of opXRD"),
        (
            '{"two_theta_values": [1, 2, 3], "intensities": [1, 2, "x"]}',
            "value 3 of intensities is 'x'",
        ),
        ('{"two_theta_values": [1, 2, 3], "intensities": [1, 2, NaN]}', "NaN"),
        ('{"two_theta_values": [1, 2, 3], "intensities": [1, 2]}', "3 angles but 2"),
        ('{"two_theta_values": 7, "intensities": {}}', "no list"),
        ('{"a": ' * 100_000, "damaged"),
        ('{"two_theta_values": [1, 2', "damaged or cut off"),
        (
            json.dumps({"two_theta_values": [1, 2, 3], "intensities": [1, 1, 1], "label": 5}),
            "label of type float",
        ),
    ],
)
def test_refusals(content, message, read):
    with pytest.raises(PatternFileError, match=message):
        read(content)


@pytest.mark.parametrize("value", ["1_000", True, "7", None, [1]])
def test_what_is_no_number_in_json_is_no_count(value, read):
    angles = [5 + 0.1 * k for k in range(30)]
    with pytest.raises(PatternFileError, match="value 30 of intensities"):
        read(json.dumps({"two_theta_values": angles, "intensities": [1] * 29 + [value]}))


def test_a_string_of_digits_is_no_list(read):
    angles = [5 + 0.1 * k for k in range(30)]
    with pytest.raises(PatternFileError, match="no list 'intensities'"):
        read(json.dumps({"two_theta_values": angles, "intensities": "7" * 30}))
