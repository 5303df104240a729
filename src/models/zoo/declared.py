"""Exports what a server drives: graphs with a graph.json that declares their caches of streams or their loop.

    python declared.py                 all, beside this script
    python declared.py --again NAME    these again

Every entry ends as declared/NAME/{model.onnx, graph.json, golden.bin} and as a record in declared.json: `exchanges` are requests in their
order, with the number of their `stream` where they belong to one. Answers come from PyTorch, of streams from the whole input at once, of loops
from a loop in Python; an entry is refused if ONNX Runtime, driven as declared, differs by more than 5e-5 of an output's scale.
"""

import argparse
import json
import pathlib
import warnings
import zlib

import numpy as np
import onnxruntime
import torch

import driven
from entry import randomize
from export import OPSET, TOLERANCE, exported, off, written

HERE = pathlib.Path(__file__).parent
FOLDER, MANIFEST = HERE / "declared", HERE / "declared.json"
EMPTY = {"tensor(float)": np.float32, "tensor(int64)": np.int64}


class Served:
    """Does with a graph what its declaration says, as a server would."""

    def __init__(self, graph, declaration):
        self.session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        self.declaration, self.streams = declaration, {}
        self.takes, self.makes = ({p.name: p for p in ports} for ports in (self.session.get_inputs(), self.session.get_outputs()))

    def answer(self, stream, inputs):
        return self.loop(inputs) if "loop" in self.declaration else self.chunk(stream, inputs)

    def run(self, feeds):
        return dict(zip(self.makes, self.session.run(None, {name: feeds[name] for name in self.takes})))

    def chunk(self, stream, inputs):
        caches = self.declaration["session"]["caches"]
        rows = len(next(iter(inputs.values())))
        zeros = {name: np.zeros([d if isinstance(d, int) else rows for d in self.takes[name].shape], EMPTY[self.takes[name].type]) for name in caches}
        results = self.run(inputs | self.streams.get(stream, zeros))
        self.streams[stream] = {name: results.pop(output) for name, output in caches.items()}
        return results

    def loop(self, inputs):
        loop, state = self.declaration["loop"], {}
        count = int(inputs[loop["count"]["input"]][0]) if isinstance(loop["count"], dict) else loop["count"]
        for run in range(count):
            results = self.run(inputs | state | self.steered(loop.get("index", {}), run, inputs))
            state = {name: results[output] for name, output in loop["state"].items()}
            if "stop" in loop and np.abs(results[loop["stop"]["output"]]).max() < loop["stop"]["below"]:
                break
        return results | {"iterations": np.array([run + 1])}

    def steered(self, index, run, inputs):
        rows = len(next(iter(inputs.values())))
        values = {index: run} if isinstance(index, str) else {name: listed[run] for name, listed in index.items()}
        return {name: np.full([d if isinstance(d, int) else rows for d in self.takes[name].shape], value, EMPTY[self.takes[name].type])
                for name, value in values.items()}


def export(entry):
    torch.manual_seed(zlib.crc32(entry.name.encode()))
    module = entry.build()
    randomize(module)
    module.eval()
    with torch.no_grad():
        exchanges = entry.exchanges(module)
    graph = exported(entry.step(module), entry.inputs(module), entry.outputs, entry.axes)
    served = Served(graph, entry.declaration)
    for exchange in exchanges:
        got = served.answer(exchange.stream, exchange.inputs)
        if list(got) != list(exchange.outputs):
            raise ValueError(f"{entry.name}: {list(got)}, expected {list(exchange.outputs)}")
        for name, want in exchange.outputs.items():
            if got[name].shape != want.shape or off(got[name], want) > TOLERANCE:
                raise ValueError(f"{entry.name}: {name} {got[name].shape} differs from torch by {off(got[name], want):.1e}")
    folder = FOLDER / entry.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph)
    (folder / "graph.json").write_text(json.dumps({"format": "foretoken.graph.v1", **entry.declaration}, indent=2) + "\n")
    listed = written(folder / "golden.bin", [group for e in exchanges for group in (e.inputs, e.outputs)])
    return {"name": entry.name, "rows": entry.rows.split(), "what": entry.what, "source": "paper", "opset": OPSET,
            "exchanges": [{"stream": e.stream, "inputs": listed[2 * n], "outputs": listed[2 * n + 1]} for n, e in enumerate(exchanges)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", nargs="*", default=[])
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    records = {r["name"]: r for r in json.loads(MANIFEST.read_text())["models"]} if MANIFEST.exists() else {}
    for entry in driven.ENTRIES:
        if entry.name not in records or entry.name in options.again:
            records[entry.name] = export(entry)
    lines = [json.dumps(records[entry.name]) for entry in driven.ENTRIES]
    MANIFEST.write_text('{"format": "foretoken.zoo.declared.v1", "models": [\n' + ",\n".join(lines) + "\n]}\n")
    print(f"{len(lines)} graphs, {sum(f.stat().st_size for f in FOLDER.rglob('*') if f.is_file()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
