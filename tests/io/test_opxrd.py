import json

import pytest

from xrpdsim.io import PatternFileError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"two_theta_values": [1, 2, 3]}', "no 'intensities'"),
        ('{"a": 1}', "not of opXRD"),
        ('{"two_theta_values": [1, 2, 3], "intensities": [1, 2, "x"]}', "damaged"),
        ('{"two_theta_values": [1, 2, 3], "intensities": [1, 2, NaN]}', "damaged"),
        ('{"two_theta_values": [1, 2, 3], "intensities": [1, 2]}', "3 angles but 2"),
        ('{"two_theta_values": 7, "intensities": {}}', "damaged"),
        ('{"a": ' * 100_000, "damaged"),
        ('{"two_theta_values": [1, 2', "damaged or cut off"),
        (
            json.dumps({"two_theta_values": [1, 2, 3], "intensities": [1, 1, 1], "label": 5}),
            "damaged",
        ),
    ],
)
def test_refusals(content, message, read):
    with pytest.raises(PatternFileError, match=message):
        read(content)
