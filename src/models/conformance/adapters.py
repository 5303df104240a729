"""Makes LoRA adapters of conformance checkpoints with PEFT, and golden numbers of the merged models. See README.md.

    python adapters.py            all of them
    python adapters.py NAME...    only these (adapters/index.json keeps its other entries)
"""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

import golden
from checkpoint import seed_of
from spec import Spec

HERE = Path(__file__).parent
FOLDER = HERE / "adapters"
TOLERANCE = 1e-3
ALL = "all-linear"
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]


@dataclass(frozen=True)
class Adapter:
    """`config`: of PEFT's LoraConfig. Its numbers are as large as make the answers differ from the base's."""

    name: str
    base: str
    covers: str
    config: dict[str, Any] = field(default_factory=dict)
    lengths: tuple[int, ...] = (1, 17, 40)


ADAPTERS = [
    Adapter("llama-odd-all", "llama-odd-f32", "rank 16 on every linear map, odd sizes, F32",
            dict(r=16, lora_alpha=24, target_modules=ALL), lengths=(1, 17, 40, 120)),
    Adapter("llama-odd-stable", "llama-odd-f32", "use_rslora, rank 5 on queries and values alone",
            dict(r=5, lora_alpha=3, use_rslora=True, target_modules=["q_proj", "v_proj"])),
    Adapter("llama-odd-patterns", "llama-odd-f32", "ranks and alphas by pattern, modules by a regular expression",
            dict(r=4, lora_alpha=6, target_modules=r".*\.(mlp\.(gate|up|down)_proj|self_attn\.o_proj)", rank_pattern={"down_proj": 9},
                 alpha_pattern={"layers.1.mlp.up_proj": 2, "o_proj": 12})),
    Adapter("llama-sharded-all", "llama-sharded", "BF16 base and adapter, four layers",
            dict(r=8, lora_alpha=16, target_modules=ALL)),
    Adapter("llama-text-all", "llama-text", "a base that answers in text",
            dict(r=8, lora_alpha=16, target_modules=ALL), lengths=(17,)),
    Adapter("llama-text-values", "llama-text", "the same base, another rank",
            dict(r=3, lora_alpha=9, target_modules=["v_proj", "o_proj"]), lengths=(17,)),
    Adapter("phi3-fused", "phi3-longrope", "fused maps: one lora_A for queries, keys and values, one for gate and up",
            dict(r=6, lora_alpha=9, target_modules=ALL)),
    Adapter("gpt2-turned", "gpt2-plain", "maps stored as [inputs, outputs]: fan_in_fan_out",
            dict(r=7, lora_alpha=10, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True)),
    Adapter("granite-scaled", "granite-multipliers", "beside multipliers",
            dict(r=8, lora_alpha=12, target_modules=ALL)),
    Adapter("mixtral-attention", "mixtral-top2", "attention of a mixture of experts",
            dict(r=8, lora_alpha=16, target_modules=ATTENTION)),
    Adapter("jamba-mixers", "jamba-f32", "maps of a recurrent mixer and of attention",
            dict(r=4, lora_alpha=6, target_modules=["in_proj", "x_proj", *ATTENTION])),
    Adapter("bamba-parts", "bamba-f32", "one map of a Mamba-2 mixer that is used in parts, MLPs",
            dict(r=4, lora_alpha=6, target_modules=["in_proj", "gate_proj", "up_proj", "down_proj"])),
]


def loaded(adapter: Adapter) -> torch.nn.Module:
    return PeftModel.from_pretrained(golden.load(HERE / adapter.base), FOLDER / adapter.name)


def write(adapter: Adapter, folder: Path) -> None:
    """A file as PEFT writes it, with seeded numbers in the base's type."""
    shutil.rmtree(folder, ignore_errors=True)
    base = golden.load(HERE / adapter.base)
    get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **adapter.config)).save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    dtype = getattr(torch, json.loads((HERE / adapter.base / "config.json").read_text()).get("dtype", "float32"))
    rng = np.random.default_rng(seed_of(adapter.name))
    tensors = load_file(folder / "adapter_model.safetensors")
    for name, tensor in sorted(tensors.items()):
        gain = 1.0 if ".lora_A." in name else 0.5
        noise = gain * rng.standard_normal(tuple(tensor.shape)) / np.sqrt(tensor.shape[1])
        tensors[name] = torch.from_numpy(noise.astype(np.float32)).to(dtype)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = adapter.base
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def wrong_readings(adapter: Adapter, right: torch.nn.Module, records: list[dict]) -> dict[str, float]:
    """How far log-probabilities move without the adapter, and with one that is not scaled."""
    unscaled = loaded(adapter)
    for module in unscaled.modules():
        if isinstance(getattr(module, "scaling", None), dict):
            module.scaling = {key: 1.0 for key in module.scaling}
    found = {}
    for label, model in {"no adapter": golden.load(HERE / adapter.base), "no scale": unscaled.merge_and_unload()}.items():
        moved = golden.difference(right, model, records)
        if moved < golden.NOTICED:
            raise SystemExit(f"{adapter.name}: '{label}' moves log-probabilities by only {moved:.2g}")
        found[label] = float(f"{moved:.2g}")
    return found


def make(adapter: Adapter) -> dict:
    folder = FOLDER / adapter.name
    write(adapter, folder)
    merged = loaded(adapter).merge_and_unload().eval()
    records = golden.search(merged, Spec(adapter.name, "", adapter.covers, lengths=adapter.lengths))
    apart = golden.difference(merged, loaded(adapter).base_model.model.eval(), records)
    head = {"model": adapter.name, "base": adapter.base, "tolerance": TOLERANCE, "unmerged_noise": float(f"{apart:.1g}"),
            "min_margin": min(min(r["margins"]) for r in records)}
    golden.write(folder / "golden.json", head, records)
    return {"name": adapter.name, "base": adapter.base, "covers": adapter.covers,
            "rank": max([adapter.config["r"], *adapter.config.get("rank_pattern", {}).values()]),
            "wrong_readings": wrong_readings(adapter, merged, records)}


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    FOLDER.mkdir(exist_ok=True)
    index = FOLDER / "index.json"
    entries = {e["name"]: e for e in json.loads(index.read_text())} if names and index.exists() else {}
    for adapter in ADAPTERS:
        if not names or adapter.name in names:
            entries[adapter.name] = make(adapter)
            print(adapter.name, entries[adapter.name]["wrong_readings"], flush=True)
    ordered = [entries[a.name] for a in ADAPTERS if a.name in entries]
    index.write_text("[\n" + ",\n".join(json.dumps(e, ensure_ascii=False) for e in ordered) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1:])
