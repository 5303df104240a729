"""Exports the zoo: small graphs of published architectures with random weights, golden inputs and outputs.

    python zoo.py                 what is missing
    python zoo.py --again NAME    these again ("all": everything)
    python zoo.py --list          what there is

Every entry ends as graphs/NAME.onnx and graphs/NAME.bin (its tensors, little-endian, one behind the other), and as a
record in zoo.json. A graph is refused if ONNX Runtime differs from torch by more than 5e-5 of an output's scale, or if
its answer does not depend on the row of the batch.
"""

import argparse
import json
import pathlib
import warnings
import zlib

import onnxruntime
import torch
from tqdm import tqdm

import generative
import language
import series
import speech
import structured
import text
import vision_library
import vision_maps
import vision_tokens
from entry import randomize
from export import OPSET, TOLERANCE, exported, off, written

HERE = pathlib.Path(__file__).parent
GRAPHS, MANIFEST = HERE / "graphs", HERE / "zoo.json"
MODULES = [vision_library, vision_tokens, vision_maps, series, speech, structured, text, language, generative]
ENTRIES = [entry for module in MODULES for entry in module.ENTRIES]


def build(entry):
    torch.manual_seed(zlib.crc32(entry.name.encode()))
    module, inputs = entry.build()
    randomize(module)
    return module.eval(), inputs


def graph_of(entry, module, inputs):
    axes = {name: dict(entry.dynamic.get(name, {})) for name in [*inputs, *entry.outputs]}
    if entry.batch:
        for name in axes:
            axes[name][0] = "batch"
    return exported(module, inputs, entry.outputs, axes)


def run(graph, inputs):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    known = {i.name for i in session.get_inputs()}
    if known != set(inputs):
        raise ValueError(f"the export dropped inputs: {sorted(set(inputs) - known)}")
    return session.run(None, inputs)


def export(entry):
    module, inputs = build(entry)
    with torch.no_grad():
        outputs = module(*inputs.values())
    outputs = [outputs] if isinstance(outputs, torch.Tensor) else list(outputs)
    want = {name: value.numpy() for name, value in zip(entry.outputs, outputs, strict=True)}
    feeds = {name: value.numpy() for name, value in inputs.items()}
    graph = graph_of(entry, module, inputs)
    for name, got in zip(want, run(graph, feeds)):
        if off(got, want[name]) > TOLERANCE:
            raise ValueError(f"{name} differs from torch by {off(got, want[name]):.1e}")
        if off(want[name][:1], want[name][1:2]) < 1e-2:
            raise ValueError(f"{name} is the same for both rows")
    if entry.batch:
        for name, got in zip(want, run(graph, {k: v[1:] for k, v in feeds.items()})):
            if off(got, want[name][1:]) > TOLERANCE:
                raise ValueError(f"{name} of a row alone differs from that in the batch by {off(got, want[name][1:]):.1e}")
    return record(entry, graph, feeds, want)


def record(entry, graph, inputs, outputs):
    (GRAPHS / f"{entry.name}.onnx").write_bytes(graph)
    groups = written(GRAPHS / f"{entry.name}.bin", [inputs, outputs])
    return {"name": entry.name, "rows": entry.rows, "what": entry.what, "source": entry.source, "batch": entry.batch,
            "opset": OPSET, "inputs": groups[0], "outputs": groups[1]}


def save(records):
    order = {entry.name: n for n, entry in enumerate(ENTRIES)}
    lines = [json.dumps(r) for r in sorted((r for r in records.values() if r["name"] in order), key=lambda r: order[r["name"]])]
    MANIFEST.write_text('{"format": "foretoken.zoo.v1", "models": [\n' + ",\n".join(lines) + "\n]}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", nargs="*", default=[])
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        for entry in ENTRIES:
            print(f"{entry.name:24} {' '.join(entry.rows):40} {entry.what}")
        return
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    GRAPHS.mkdir(exist_ok=True)
    records = {r["name"]: r for r in json.loads(MANIFEST.read_text())["models"]} if MANIFEST.exists() else {}
    again = lambda name: name in options.again or "all" in options.again or name not in records
    failures = []
    bar = tqdm([entry for entry in ENTRIES if again(entry.name)])
    for entry in bar:
        bar.set_description(entry.name)
        try:
            records[entry.name] = export(entry)
            save(records)
        except Exception as failure:
            failures.append(f"{entry.name}: {type(failure).__name__}: {str(failure)[:300]}")
    save(records)
    size = sum(f.stat().st_size for f in GRAPHS.iterdir()) / 1e6
    print("\n".join([*failures, f"{len(records)} architectures, {size:.1f} MB"]))
    if failures:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
