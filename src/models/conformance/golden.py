"""Computes golden numbers for one checkpoint directory with transformers: greedy tokens and log-probabilities."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import AutoConfig, AutoModelForCausalLM, Mxfp4Config
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from checkpoint import seed_of
from spec import Spec

GENERATED = 16
TOP = 5
MARGIN = 0.02  # top-1 minus top-2 log-probability, at least, at every generated position
NOISE = 2.05e-5  # most that F32 and F64 may differ
NOTICED = 0.01  # a wrong reading must move some log-probability by at least this: ten times the tolerance


def load(folder: Path, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager")
    model.config._experts_implementation = "eager"  # the others have no F64
    return model.eval()


def check_encoded(folder: Path, encoded: Path) -> None:
    """Requires that transformers reads the same numbers from both directories."""
    decoding = Mxfp4Config(dequantize=True)
    other = AutoModelForCausalLM.from_pretrained(encoded, dtype=torch.bfloat16, quantization_config=decoding).state_dict()
    for name, tensor in load(folder, torch.bfloat16).state_dict().items():
        if not torch.equal(tensor, other[name]):
            raise SystemExit(f"{encoded.name}: {name} is not that of {folder.name}")


def fix_length(model: torch.nn.Module, length: int) -> int | None:
    """Computes dynamic rotary scaling for one length, for all positions. Returns it, or None if nothing depends on it."""
    kind = (getattr(model.config, "rope_parameters", None) or {}).get("rope_type")
    if kind not in ("dynamic", "longrope"):
        return None
    rotary = model.model.rotary_emb
    inv_freq, _ = ROPE_INIT_FUNCTIONS[kind](model.config, seq_len=length)
    rotary.rope_type = "default"  # stops the forward pass from choosing a length by itself
    rotary.inv_freq = inv_freq.to(rotary.inv_freq.dtype)
    return length


@torch.no_grad()
def log_probabilities(model: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    """Returns float64 [len(ids), vocab]: row i is about token i + 1. The forward pass runs in the model's own type."""
    logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
    return torch.log_softmax(logits.double(), dim=-1)


def greedy(model: torch.nn.Module, prompt: list[int], hopeless: Callable[[dict], bool] = lambda record: False) -> dict:
    """One record of golden.json: a full forward pass for each generated token, no cache. Unfinished if it became hopeless."""
    rope_length = fix_length(model, len(prompt) + GENERATED)
    ids = list(prompt)
    record = {"ids": prompt, "tokens": [], "logprobs": [], "margins": [], "top_ids": [], "top_logprobs": []}
    for _ in range(GENERATED):
        every = log_probabilities(model, ids)
        values, indices = every[-1].topk(TOP)
        ids.append(int(indices[0]))
        record["tokens"].append(int(indices[0]))
        record["logprobs"].append(rounded(values[0]))
        record["margins"].append(rounded(values[0] - values[1]))
        record["top_ids"].append([int(i) for i in indices])
        record["top_logprobs"].append([rounded(v) for v in values])
        if hopeless(record):
            return record
    record["prompt_logprobs"] = [rounded(every[i - 1][prompt[i]]) for i in range(1, len(prompt))]
    if rope_length:
        record["rope_length"] = rope_length
    return record


def rounded(value: torch.Tensor) -> float:
    return round(float(value), 6)


def clear(record: dict, ends: set[int]) -> bool:
    """Whether the greedy path is worth testing, as far as it goes: clear margins, not a loop of few tokens, no end token, no near ties below."""
    tokens = record["tokens"]
    gaps = -np.diff(np.array(record["top_logprobs"]), axis=1)
    different = len(set(tokens)) + GENERATED - len(tokens)
    return min(record["margins"]) > MARGIN and different >= 8 and not ends & set(tokens) and gaps.min() > 1e-3


def search(model: torch.nn.Module, spec: Spec, exact: torch.nn.Module | None = None) -> list[dict]:
    """For each length the first seeded prompt whose greedy path is clear and hardly moved by rounding. `exact`: the model in F64."""
    records = []
    for length in spec.lengths:
        for attempt in range(2000):
            rng = np.random.default_rng([seed_of(spec.name), length, attempt])
            prompt = rng.integers(3, model.config.vocab_size, length).tolist()
            record = greedy(model, prompt, lambda r: not clear(r, {0, 1, 2}))
            found = len(record["tokens"]) == GENERATED and clear(record, {0, 1, 2})
            if found and (exact is None or difference(model, exact, [record]) <= NOISE):
                records.append(record)
                break
        else:
            raise SystemExit(f"{spec.name}: no prompt of {length} tokens has a clear greedy path; change the seed")
    return records


def difference(first: torch.nn.Module, second: torch.nn.Module, records: list[dict]) -> float:
    """Largest difference of any top-5 or prompt log-probability between two models on the golden paths."""
    largest = 0.0
    for record in records:
        ids = record["ids"] + record["tokens"]
        for model in (first, second):
            fix_length(model, len(ids))
        one, other = log_probabilities(first, ids), log_probabilities(second, ids)
        rows = torch.arange(len(record["ids"]) - 1, len(ids) - 1)
        top = torch.tensor(record["top_ids"])
        largest = max(largest, float((one[rows[:, None], top] - other[rows[:, None], top]).abs().max()))
    return largest


def misread(folder: Path, reading: dict | str | Callable) -> torch.nn.Module:
    """The model as a reader with one mistake would see it."""
    model = load(folder)
    if callable(reading):
        reading(model)
        return model
    if isinstance(reading, str):
        value, _, suffix = reading.rpartition(":")
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if name.endswith(suffix):
                    parameter.fill_(1.0 if value == "ones" else 0.0)
        return model
    settings = {**AutoConfig.from_pretrained(folder).to_dict(), **reading}
    config = AutoConfig.for_model(**settings)
    config._attn_implementation = "eager"
    config._experts_implementation = "eager"
    wrong = AutoModelForCausalLM.from_config(config).to(torch.float32).eval()
    wrong.load_state_dict(model.state_dict())
    return wrong


def check_noticed(folder: Path, spec: Spec, records: list[dict]) -> dict[str, float]:
    noticed = {}
    for label, reading in spec.wrong.items():
        moved = difference(load(folder), misread(folder, reading), records)
        if moved < NOTICED:
            raise SystemExit(f"{spec.name}: '{label}' moves log-probabilities by only {moved:.2g}; nothing would notice")
        noticed[label] = float(f"{moved:.2g}")
    return noticed


def write(file: Path, head: dict, records: list[dict]) -> None:
    """Compact JSON, one line per prompt."""
    compact = [json.dumps(r, separators=(",", ":"), ensure_ascii=False) for r in records]
    start = json.dumps(head, ensure_ascii=False)[:-1]
    file.write_text(start + ',\n"prompts": [\n' + ",\n".join(compact) + "\n]}\n")
