"""Builds a random model for a spec and writes it as a Hugging Face directory."""

import json
import shutil
import zlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

import mxfp4
from spec import Spec


def seed_of(name: str) -> int:
    return zlib.crc32(name.encode())


def deviation(name: str, shape: tuple[int, ...], tied: bool) -> float:
    """Standard deviation per tensor: attention sharp enough to notice positions, logits about 3 wide."""
    if "embed_tokens" in name or "embeddings" in name or ".wte." in name:
        return 3.0 / np.sqrt(shape[-1]) if tied else 1.0
    if ".wpe." in name:
        return 0.45 if tied else 1.5  # with a tied table that is as small, others than positions have a say
    gains = {"lm_head": 3.0, "q_proj": 1.5, "k_proj": 1.5, "v_proj": 1.5, "o_proj": 1.5, "down_proj": 2.0,
             "out_proj": 2.0, "qkv_proj": 1.5, "c_attn": 1.5, "c_proj": 1.5,
             "adapter_list": 0.5, ".linear.weight": 0.5}
    gain = next((g for part, g in gains.items() if part in name), 1.2)
    return gain / np.sqrt(shape[0] if ".c_" in name else shape[-1])  # GPT-2 stores [inputs, outputs]


def norm_mean(name: str, config: object) -> float:
    """Of stored norm weights. Gemma's and Qwen3-Next's lack 1, and Gemma's last one makes up for embeddings that are stored small."""
    if config.model_type == "qwen3_next":
        return 1.0 if ".linear_attn.norm." in name else 0.0
    if not config.model_type.startswith("gemma"):
        return 1.0
    return np.sqrt(config.hidden_size) - 1 if name == "model.norm.weight" and config.tie_word_embeddings else 0.0


def fill(model: torch.nn.Module, rng: np.random.Generator, tied: bool, gain: float) -> None:
    """Writes seeded random numbers into every parameter, in name order (NumPy's generator: stable across torch versions)."""
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            shape = tuple(parameter.shape)
            noise = rng.standard_normal(shape)
            if name.endswith(("norm.weight", "norm_f.weight", ".D")) or ".ln_" in name and name.endswith(".weight"):
                value = norm_mean(name, model.config) + 0.25 * noise
            elif name.endswith("A_log"):
                value = noise - 1.0  # some states fade within a few tokens, some last for a hundred
            elif name.endswith(("dt_bias", "dt_proj.bias")):
                value = noise - 0.5
            elif name.endswith("bias"):
                value = 0.5 * noise
            elif name.endswith("sinks"):
                value = 1.5 * noise
            elif model.config.model_type == "gpt_oss" and ".experts." in name:  # [experts, inputs, outputs]
                value = deviation(name, (shape[0], shape[2], shape[1]), tied) * noise
                if name.endswith("gate_up_proj"):
                    value *= 2  # so that some are clamped
            else:
                value = deviation(name, shape, tied) * noise
                if ".layers." in name or ".h." in name:
                    value *= gain
                if "embed_tokens" in name and model.config.model_type.startswith("gemma"):
                    value /= np.sqrt(shape[-1])  # multiplied by that when it is read
            parameter.copy_(torch.from_numpy(value.astype(np.float32)))
        for name, buffer in sorted(model.named_buffers()):
            if name.endswith("e_score_correction_bias"):
                spread = 0.3 if model.config.model_type == "nemotron_h" else 0.2
                buffer.copy_(torch.from_numpy((spread * rng.standard_normal(tuple(buffer.shape))).astype(np.float32)))


def build(spec: Spec) -> torch.nn.Module:
    config = AutoConfig.for_model(spec.architecture, **{**spec.base, **spec.config})
    config.dtype = spec.dtype
    model = AutoModelForCausalLM.from_config(config).to(torch.float32)
    fill(model, np.random.default_rng(seed_of(spec.name)), config.tie_word_embeddings, spec.gain)
    if spec.mxfp4:
        mxfp4.round_experts(model)
    return model.to(getattr(torch, spec.dtype))


def write(spec: Spec, model: torch.nn.Module, folder: Path) -> None:
    model.generation_config.do_sample = False
    model.save_pretrained(folder, max_shard_size=spec.shard or "5GB")
    if spec.stray:
        add_stray(spec, model, folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    if spec.legacy:
        config = as_transformers_4(config, spec)
    write_json(folder / "config.json", config)
    if spec.mxfp4:
        encoded = folder.with_name(spec.mxfp4)
        shutil.rmtree(encoded, ignore_errors=True)
        shutil.copytree(folder, encoded)
        mxfp4.encode_experts(encoded / "model.safetensors")
        config["quantization_config"] = {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}
        write_json(encoded / "config.json", config)


def add_stray(spec: Spec, model: torch.nn.Module, file: Path) -> None:
    """Adds tensors which real files carry although the config makes them redundant."""
    tensors = load_file(file)
    if spec.stray == "lm_head":
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    elif spec.stray == "mtp":
        behind = f"model.layers.{model.config.num_hidden_layers}."
        tensors[behind + "enorm.weight"] = tensors["model.norm.weight"].clone()
        tensors[behind + "eh_proj.weight"] = torch.ones(model.config.hidden_size, 2 * model.config.hidden_size)
        tensors[behind + "self_attn.kv_a_layernorm.weight"] = torch.ones(model.config.kv_lora_rank)
    else:
        for layer in range(model.config.num_hidden_layers):
            name = f"model.layers.{layer}.self_attn.rotary_emb.inv_freq"
            tensors[name] = model.model.rotary_emb.inv_freq.to(torch.float32).clone()
    save_file(tensors, file, metadata={"format": "pt"})


def as_transformers_4(config: dict, spec: Spec) -> dict:
    """The same settings under the names that transformers 4 wrote: rope_theta, rope_scaling, torch_dtype."""
    config = dict(config)
    rope = dict(config.pop("rope_parameters"))
    if "full_attention" in rope:
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        rope = dict(rope["full_attention"])
    config["rope_theta"] = rope.pop("rope_theta")
    kind = rope.pop("rope_type")
    key = "rope_type" if "attention_factor" in rope or spec.architecture.startswith("gemma3") else "type"
    config["rope_scaling"] = None if kind == "default" else {key: kind, **rope}
    config["torch_dtype"] = config.pop("dtype")
    config.pop("layer_types", None)
    config["transformers_version"] = "4.40.0"
    if "head_dim" not in spec.config:
        config.pop("head_dim", None)
    for name in ("sliding_window", "use_sliding_window", "max_window_layers", "sliding_window_pattern"):
        if name in spec.config:
            config[name] = spec.config[name]
    for name in spec.drop:
        config.pop(name)
    return config


def write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
