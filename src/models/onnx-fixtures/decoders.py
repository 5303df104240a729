"""Writes the decoder fixtures with their golden logits, or one large graph for measurements.

    python decoders.py                                   all fixtures, beside this script
    python decoders.py --measure DIR [--bits 4]          a TinyLlama-1.1B-shaped GenAI layout with random weights
    python decoders.py --measure DIR --kind plain        the same as a concatenating graph

Needs numpy, ml_dtypes, onnx and onnxruntime. golden.json holds, per sequence, its prompt, the tokens that greedy decoding
appends, and the logits behind each of them (row 0: after the prompt), computed by decoder_reference.py in 64 bits;
the script refuses to write a fixture whose graph does not reproduce them, step by step, in ONNX Runtime.
"""

import argparse
import json
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto

import decoder_reference
from decoder_graphs import DecoderGraph, Shape, Style, genai_config, random_weights

HERE = pathlib.Path(__file__).parent
PROMPTS = [[5, 17, 3, 88, 41, 9, 23], [64, 2, 71], [11, 11, 30, 52, 90, 7, 14, 66, 1, 38, 27, 45]]
STEPS = 10
# Half a unit in the last place of a rounded key may fall to the other side; GroupQueryAttention rounds all that it computes.
OFF = {"float32": 2e-5, "float16": 2e-3, "bfloat16": 1e-2}
FIXTURES = {
    "llama-plain": (Shape(), Style("plain")),
    "llama-genai": (Shape(), Style("genai")),
    "llama-genai-int4": (Shape(), Style("genai", bits=4)),
    "moe-plain": (Shape(experts=4, ffn=32), Style("plain")),
    "moe-genai": (Shape(experts=4, ffn=32), Style("genai", packed_moe=True)),
    "mamba": (Shape(layers=["recurrent", "recurrent"]), Style("plain")),
    "delta-genai": (Shape(layers=["delta", "attention"]), Style("genai")),
    "llama-plain-f16": (Shape(cache="float16"), Style("plain")),
    "llama-plain-bf16": (Shape(cache="bfloat16"), Style("plain")),
    "llama-genai-f16": (Shape(cache="float16"), Style("genai")),
    "llama-genai-bare": (Shape(), Style("genai", bare=True)),
    "llama-keep": (Shape(), Style("plain", keep=True)),
    "llama-static": (Shape(), Style("static")),
    "hybrid": (Shape(layers=["recurrent", "attention"]), Style("plain")),
}


class Stepper:
    """One sequence through a graph, state fed from run to run."""

    def __init__(self, path, shape, style):
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.names = [i.name for i in self.session.get_inputs()]
        self.state, self.length, self.room = {}, 0, shape.context if style.kind == "static" else 0
        room = shape.context if style.kind == "genai" and not style.bare else 0
        for i in self.session.get_inputs():
            if i.name.startswith("past_"):
                dims = [1] + [d if isinstance(d, int) else room for d in i.shape[1:]]
                self.state[i.name] = zeros(dims, i.type)

    def step(self, tokens):
        if self.room:
            return np.concatenate([self.run([token]) for token in tokens])
        return self.run(tokens)

    def run(self, tokens):
        at = self.length + np.arange(len(tokens))
        self.length += len(tokens)
        mask = np.zeros((1, max(self.room, self.length)), np.int64)
        mask[:, :self.length] = 1
        feeds = {"input_ids": np.array([tokens], np.int64), "position_ids": at[None].astype(np.int64), "attention_mask": mask,
                 "cache_position": at.astype(np.int64), "num_logits_to_keep": np.array(0, np.int64)}
        feeds = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in feeds.items()} | self.state
        outputs = [o.name for o in self.session.get_outputs()]
        values = dict(zip(outputs, self.session.run_with_ort_values(outputs, {n: feeds[n] for n in self.names})))
        for name in self.state:
            self.state[name] = values[name.replace("past_key_values", "present").replace("past_", "present_")]
        return values["logits"].numpy()[0]


def zeros(shape, kind):
    if kind == "tensor(bfloat16)":
        return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(np.zeros(shape, np.uint16), TensorProto.BFLOAT16)
    return onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape, np.float16 if "float16" in kind else np.float32))


def golden(path, shape, weights, style):
    sequences, worst, gap = [], 0.0, np.inf
    for prompt in PROMPTS:
        stepper, tokens, rows = Stepper(path, shape, style), list(prompt), []
        fed = list(prompt)
        for _ in range(STEPS):
            got = stepper.step(fed)[-1]
            want = decoder_reference.logits(shape, weights, tokens)[-1]
            worst = max(worst, np.abs(got - want).max() / np.abs(want).max())
            ordered = np.sort(want)
            gap = min(gap, (ordered[-1] - ordered[-2]) / np.abs(want).max())
            rows.append([float(f"{value:.7g}") for value in want])
            fed = [int(want.argmax())]
            tokens += fed
        sequences.append({"prompt": prompt, "greedy": tokens[len(prompt):], "logits": rows})
    return sequences, worst, gap


def write(name, shape, style):
    folder = HERE / name
    for seed in range(100):
        weights = random_weights(shape, seed, spread=3.0)
        decoder = DecoderGraph(shape, weights, style)
        decoder.build().save(str(folder / "model.onnx"))
        sequences, worst, gap = golden(folder / "model.onnx", shape, decoder.exact, style)
        if worst > (5e-3 if style.bits else OFF[shape.cache]):
            raise SystemExit(f"{name}: the graph differs from the reference by {worst:.2e} of the logits' scale")
        if gap > max(5e-3, 2 * worst) and all(len(set(s["greedy"])) > STEPS // 2 for s in sequences):
            break
    text = json.dumps({"sequences": sequences}, separators=(",", ":")).replace('"logits":', '\n"logits":')
    (folder / "golden.json").write_text(text.replace("],[", "],\n[") + "\n")
    if style.kind == "genai" and not style.bare:
        config = genai_config(shape, "model.onnx")
        (folder / "genai_config.json").write_text(json.dumps(config, indent=4) + "\n")
    size = (folder / "model.onnx").stat().st_size
    print(f"{name}: {size / 1024:.0f} KiB, off by {worst:.1e}, closest greedy choice {gap:.1e}, seed {seed}")


def measure(folder, kind, bits, accuracy, layers):
    shape = Shape(32000, 2048, 32, 4, 64, 5632, ["attention"] * layers, 2048)
    decoder = DecoderGraph(shape, random_weights(shape, 0), Style(kind, bits, accuracy=accuracy))
    folder.mkdir(parents=True, exist_ok=True)
    decoder.build().save(str(folder / "model.onnx"), external=True)
    if kind == "genai":
        (folder / "genai_config.json").write_text(json.dumps(genai_config(shape, "model.onnx"), indent=4) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", type=pathlib.Path)
    parser.add_argument("--kind", default="genai", choices=["genai", "plain"])
    parser.add_argument("--bits", type=int, default=0, choices=[0, 4])
    parser.add_argument("--accuracy", type=int, default=4, choices=[0, 4], help="of 4-bit products: 4 as published CPU exports have it")
    parser.add_argument("--layers", type=int, default=22)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.kind, options.bits, options.accuracy, options.layers)
    else:
        for name in options.names or FIXTURES:
            write(name, *FIXTURES[name])
