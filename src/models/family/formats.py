"""The siblings as Hugging Face directories: names and config.json of mixtral and granitemoehybrid, and back."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

import world  # noqa: F401
import export as demo_export
from experts import MoeNetwork, MoeShape
from mamba2 import HybridNetwork, HybridShape, MambaLayer
from nested import NestedNetwork
from network import Layer, Network

# Our names of what is stored as it is, under theirs.
MIXER = {"mamba.in_proj.weight": "mixer_in", "mamba.out_proj.weight": "mixer_out", "mamba.conv1d.bias": "tap_bias",
         "mamba.dt_bias": "step_bias", "mamba.A_log": "rate_log", "mamba.D": "skip", "mamba.norm.weight": "mixer_norm"}
NORMS = {"input_layernorm.weight": "attention_norm", "post_attention_layernorm.weight": "mlp_norm"}
SHARED_MLP = {"shared_mlp.input_linear.weight": "gate_up", "shared_mlp.output_linear.weight": "mlp_out"}


def attention_views(layer: Layer) -> dict[str, Tensor]:
    parts = layer.qkv.split([layer.query_width, layer.kv_width, layer.kv_width])
    named = dict(zip(("q_proj", "k_proj", "v_proj"), parts)) | {"o_proj": layer.attention_out}
    return {f"self_attn.{name}.weight": view for name, view in named.items()}


def expert_views(layer: Layer) -> dict[str, Tensor]:
    share = layer.shape.share
    gates, ups = (half.split(share) for half in layer.gate_up.chunk(2))
    views = {"block_sparse_moe.gate.weight": layer.router}
    for e, (gate, up, out) in enumerate(zip(gates, ups, layer.mlp_out.split(share, dim=1))):
        views |= {f"block_sparse_moe.experts.{e}.{name}.weight": view for name, view in (("w1", gate), ("w3", up), ("w2", out))}
    return views


def layer_views(layer: Layer) -> dict[str, Tensor]:
    stored = dict(NORMS)
    views = {}
    if isinstance(layer, MambaLayer):
        stored |= MIXER
        views["mamba.conv1d.weight"] = layer.taps[:, None]
    else:
        views |= attention_views(layer)
    if isinstance(layer.shape, MoeShape):
        views |= expert_views(layer)
    else:
        stored |= SHARED_MLP
    return views | {name: getattr(layer, ours) for name, ours in stored.items()}


def views(network: Network) -> dict[str, Tensor]:
    """Their names -> views of our weights, so that the same table serves to write and to read."""
    named = {"model.embed_tokens.weight": network.embedding, "model.norm.weight": network.final_norm}
    for i, layer in enumerate(network.layers):
        named |= {f"model.layers.{i}.{name}": view for name, view in layer_views(layer).items()}
    return named


def config(shape: MoeShape | HybridShape) -> dict:
    common = demo_export.config(shape)
    for of_llama in ("attention_bias", "mlp_bias", "rope_scaling"):
        del common[of_llama]
    if isinstance(shape, MoeShape):
        return common | {
            "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "intermediate_size": shape.share,
            "num_local_experts": shape.experts, "num_experts_per_tok": shape.chosen, "sliding_window": None,
            "output_router_logits": False, "router_aux_loss_coef": 0.01, "router_jitter_noise": 0.0}
    kinds = ["attention" if i in shape.attentions else "mamba" for i in range(shape.layers)]
    return common | {
        "architectures": ["GraniteMoeHybridForCausalLM"], "model_type": "granitemoehybrid", "layer_types": kinds,
        "position_embedding_type": "rope", "num_local_experts": 0, "num_experts_per_tok": 0, "shared_intermediate_size": shape.hidden,
        "attention_bias": False, "attention_multiplier": shape.head ** -0.5, "embedding_multiplier": 1.0, "residual_multiplier": 1.0,
        "logits_scaling": 1.0, "mamba_n_heads": shape.heads, "mamba_d_head": shape.head_width, "mamba_d_state": shape.states,
        "mamba_n_groups": 1, "mamba_d_conv": shape.tap_count, "mamba_expand": shape.inner // shape.width, "mamba_chunk_size": 64,
        "mamba_conv_bias": True, "mamba_proj_bias": False}


def write(network: Network, folder: Path) -> None:
    if isinstance(network, NestedNetwork):
        folder.mkdir(parents=True, exist_ok=True)
        demo_export.export(network, folder)
        return
    weights = {name: view.detach().to(torch.bfloat16).contiguous() for name, view in views(network).items()}
    demo_export.write(folder, config(network.shape), weights)


def read(folder: Path) -> Network:
    """Our network with the weights of a written directory."""
    kind = json.loads((folder / "config.json").read_text())["model_type"]
    if kind == "llama":
        plain = demo_export.network_from(folder)
        network = NestedNetwork(plain.shape)
        network.load_state_dict(plain.state_dict())
        return network
    network = MoeNetwork(MoeShape()) if kind == "mixtral" else HybridNetwork(HybridShape())
    stored = load_file(folder / "model.safetensors")
    with torch.no_grad():
        for name, view in views(network).items():
            view.copy_(stored[name])
    return network
