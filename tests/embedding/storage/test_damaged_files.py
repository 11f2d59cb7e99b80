"""Files of weights that were damaged, or made to harm: ValueError, soon and in little memory."""

import json
import struct
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save, save_file

from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.embedding.storage import write_tensors
from xrpdsim.embedding.storage.embedder_file import EMBEDDER
from xrpdsim.embedding.weights import constants, weights_file

WEIGHT = "module.network.dense.0.weight"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a file that `save` wrote."""
    rng = np.random.default_rng(0)
    X, y = rng.random((12, 40)), np.repeat(["a", "b", "c"], 4)
    network = {"kernel_sizes": [8, 16], "channels": 2, "hidden": 8, "embedding_dim": 4}
    embedder = SiameseXRPDEmbedder(
        module_params=network, max_epochs=1, n_validation_groups=0, device="cpu", random_state=0
    ).fit(X, y)
    path = tmp_path_factory.mktemp("whole") / "embedder.safetensors"
    embedder.save(path)
    return path.read_bytes()


def split(contents):
    """Return the outer header, the header of ours, and what follows them."""
    (length,) = struct.unpack("<Q", contents[:8])
    outer = json.loads(contents[8 : 8 + length])
    return outer, json.loads(outer["__metadata__"][EMBEDDER.key]), contents[8 + length :]


def joined(outer, text, body, length=None):
    """Return a file with another text in place of our header."""
    head = json.dumps(outer | {"__metadata__": {EMBEDDER.key: text}}).encode()
    return struct.pack("<Q", len(head) if length is None else length) + head + body


def version_1(header):
    header = {k: v for k, v in header.items() if k != "sha256"}
    params = header.pop("parameters") | header.pop("settings") | {"init": None, "two_theta": None}
    header["params"] = params | {"own_network": header.pop("own_network")}
    return header | {"format_version": 1}


def load(path, contents):
    path.write_bytes(contents)
    return SiameseXRPDEmbedder.load(path, device="cpu")


def flips(contents, n, seed=0):
    """Yield contents with one bit turned: every bit of the first 16 bytes, and n more anywhere."""
    bits = np.random.default_rng(seed).integers(0, 8 * len(contents), n)
    for bit in (*range(128), *bits.tolist()):
        changed = bytearray(contents)
        changed[bit // 8] ^= 1 << bit % 8
        yield bit, bytes(changed)


def test_every_flipped_bit_is_noticed(whole, tmp_path):
    for bit, changed in flips(whole, 400):
        with pytest.raises(ValueError, match="embedder: ") as caught:
            load(tmp_path / "embedder", changed)
        assert type(caught.value) is ValueError, bit


@pytest.mark.slow
def test_every_flipped_bit_of_shipped_weights_is_noticed(tmp_path, monkeypatch):
    source = weights_file("organic-1")
    path = tmp_path / source.name
    monkeypatch.setattr("xrpdsim.embedding._network_embedder.weights_file", lambda name: path)
    contents = source.read_bytes()
    path.write_bytes(contents)
    SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
    for bit, changed in flips(contents, 100):
        path.write_bytes(changed)
        with pytest.raises(ValueError, match="was damaged or changed") as caught:
            SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
        assert type(caught.value) is ValueError, bit


def test_the_hash_of_shipped_weights_is_that_of_another_program():
    # as `sha256sum organic-1.safetensors` printed it when they were shipped
    expected = "e96d46ec7901851d2082547c7441d4cfd8e6f6bd2e46ffe47186dceee56e3eb8"
    assert constants("organic-1")["weights_sha256"] == expected


def test_other_bytes_under_a_shipped_name_are_refused_as_a_start_too(tmp_path, monkeypatch):
    source = weights_file("organic-1")
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes()[:-1] + b"\0")
    monkeypatch.setattr("xrpdsim.embedding._network_embedder.weights_file", lambda name: path)
    X, y = np.random.default_rng(0).random((6, 1950)), ["a", "a", "a", "b", "b", "b"]
    with pytest.raises(ValueError, match=r"organic-1.*its SHA-256 is .* as shipped e96d46ec7901"):
        SiameseXRPDEmbedder(init="organic-1", n_validation_groups=0).fit(X, y)


def test_a_file_cut_short_anywhere_is_refused(whole, tmp_path):
    for length in np.linspace(0, len(whole) - 1, 60, dtype=int):
        with pytest.raises(ValueError, match=r"not a file of SiameseXRPDEmbedder\.save"):
            load(tmp_path / "embedder", whole[:length])
    with pytest.raises(ValueError, match="embedder: "):
        load(tmp_path / "embedder", whole + b"\0")


# What follows is as someone would write it who knows the format: files of version 1, which hold no
# digest, and files with a digest that agrees.


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        (lambda t: t.fill_(torch.nan), "holds NaN or infinity"),
        (lambda t: t.fill_(torch.inf), "holds NaN or infinity"),
        (lambda t: t.view(torch.int32), "is torch.int32, expected torch.float32"),
        (lambda t: t.double(), "is torch.float64, expected torch.float32"),
        (lambda t: t.half(), "is torch.float16, expected torch.float32"),
        (lambda t: t[:, 1:].contiguous(), r"dense.0.weight is \(8, 7\), expected \(8, 8\)"),
        (lambda t: t.reshape(-1), r"dense.0.weight is \(64,\), expected \(8, 8\)"),
        (None, "dense.0.weight is missing"),
    ],
)
def test_tensors_that_are_others_are_refused(whole, tmp_path, replaced, message):
    path = tmp_path / "embedder"
    path.write_bytes(whole)
    tensors = load_file(path)
    tensor = tensors.pop(WEIGHT)
    if replaced is not None:
        tensors[WEIGHT] = replaced(tensor)
    text = json.dumps(version_1(split(whole)[1]))
    with pytest.raises(ValueError, match=message):
        load(path, save(tensors, {EMBEDDER.key: text}))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("module.more", torch.zeros(2), r"more is \(2,\), expected none of that name"),
        ("two_theta_", torch.zeros(40, dtype=torch.float64), "strictly increasing"),
        ("two_theta_", torch.arange(40), "two_theta_ is int64"),
        ("two_theta_", torch.arange(39.0), "does not hold a grid of n_features_in_=40"),
        ("validation_indices_", torch.zeros(3), "validation_indices_ is float32"),
    ],
)
def test_arrays_that_are_others_are_refused(whole, tmp_path, name, value, message):
    path = tmp_path / "embedder"
    path.write_bytes(whole)
    header = split(whole)[1]
    del header["sha256"]
    write_tensors(path, EMBEDDER, header, load_file(path) | {name: value})
    with pytest.raises(ValueError, match=message):
        SiameseXRPDEmbedder.load(path)


def test_what_cannot_be_loaded_is_not_saved(whole, tmp_path):
    embedder = load(tmp_path / "embedder", whole)
    with torch.no_grad():
        embedder.net_.module_.network.dense[0].weight[0, 0] = torch.nan
    with pytest.raises(ValueError, match=f"{WEIGHT} holds NaN or infinity"):
        embedder.save(tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_foreign_file_is_refused(tmp_path):
    save_file({"a": torch.zeros(2)}, tmp_path / "a", {"format": "pt"})
    with pytest.raises(ValueError, match=r"a safetensors file, but not of SiameseXRPDEmbedder"):
        SiameseXRPDEmbedder.load(tmp_path / "a")


def hostile(whole):
    """Return files that ask for gigabytes, hours or deep recursion, by name."""
    outer, header, body = split(whole)
    old = version_1(header)

    def network(**params):
        params = old["params"] | {"module_params": old["params"]["module_params"] | params}
        return joined(outer, json.dumps(old | {"params": params}), body)

    def shipped(**params):
        """Return the shipped weights with other parameters, which no shape depends on."""
        outer, header, body = split(weights_file("organic-1").read_bytes())
        header["params"]["module_params"] |= params
        return joined(outer, json.dumps(header), body)

    def other_tensor(**entry):
        return joined(outer | {WEIGHT: outer[WEIGHT] | entry}, json.dumps(old), body)

    learnt = old["learnt"] | {"n_features_in_": 10**10}
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    crowd = {f"t{k}": empty for k in range(40_000)}
    return {
        "a wide layer": network(hidden=60_000),
        "a very wide layer": network(hidden=10**9),
        "a layer beyond all integers": network(hidden=10**30),
        "a long kernel": network(kernel_sizes=[10**10, 16]),
        "many branches": network(kernel_sizes=[8] * 100_000),
        "nested parameters": network(kernel_sizes=json.loads("[" * 900 + "]" * 900)),
        "many waves": shipped(first_wave=-(10**9)),
        "a step of nothing": shipped(bin_points=0),
        "many points": joined(outer, json.dumps(old | {"learnt": learnt}), body),
        "deep JSON": joined(outer, "[" * 9_000, body),
        "deeper JSON": joined(outer, "[" * 1_000_000, body),
        "a long number": joined(outer, '{"a": ' + "9" * 1_000_000 + "}", body),
        "many empty lists": joined(outer, "[" + "[]," * 1_000_000 + "[]]", body),
        "many strings": joined(outer, json.dumps({"a": ["abc"] * 400_000}), body),
        "a long header": joined(outer, "[" + "0," * 20_000_000 + "0]", body),
        "not JSON": joined(outer, "{'a'}", body),
        "infinity": joined(outer, '{"a": Infinity}', body),
        "too large a number": joined(outer, '{"a": 1e999}', body),
        "a list": joined(outer, "[1]", body),
        "a version that is a list": joined(outer, json.dumps(old | {"format_version": [1]}), body),
        "a header of all bytes there are": joined(outer, "{}", body, length=2**64 - 1),
        "a header of a gigabyte": joined(outer, "{}", body, length=10**9),
        "deep outer JSON": struct.pack("<Q", 10**6) + b"[" * 10**6,
        "a tensor of terabytes": other_tensor(shape=[2**40]),
        "a shape beyond all integers": other_tensor(shape=[2**40, 2**40]),
        "an offset far behind": other_tensor(data_offsets=[0, 2**62]),
        "many tensors": joined(outer | crowd, json.dumps(old), body),
    }


MEASURE = """
import pathlib, resource, sys
from xrpdsim.embedding import SiameseXRPDEmbedder
SiameseXRPDEmbedder.load(sys.argv[1])
status = pathlib.Path("/proc/self/status")
def largest():
    # ru_maxrss of a process that another one started counts that one's memory, too
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = largest()
for path in sys.argv[2:]:
    try:
        SiameseXRPDEmbedder.load(path)
        print("loaded", path)
    except Exception as error:
        print(type(error).__name__, largest() - before)
"""


def test_hostile_files_take_neither_time_nor_memory(whole, tmp_path):
    """Each within 100 MB; all of them take a second or two, and five minutes are a hang."""
    pytest.importorskip("resource")
    (tmp_path / "whole").write_bytes(whole)
    files = hostile(whole)
    for number, contents in enumerate(files.values()):
        (tmp_path / str(number)).write_bytes(contents)
    paths = [str(tmp_path / str(number)) for number in range(len(files))]
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "whole"), *paths],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    unit = 2**20 if sys.platform == "darwin" else 2**10  # of ru_maxrss, in a megabyte
    lines = run.stdout.splitlines()
    for name, line in zip(files, lines, strict=True):
        kind, grown = line.split()
        assert kind == "ValueError", name
        assert float(grown) / unit < 100, name
