"""Writes a checkpoint as a Hugging Face directory and proves that transformers computes the same logits from it.

    python export.py --checkpoint FOLDER/checkpoint.pt [--to model]
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import tokenizer
from network import Network, Shape, rotary_table


def named_weights(network: Network) -> dict[str, torch.Tensor]:
    """Our stacked matrices under their Hugging Face names, in BF16."""
    shape = network.shape
    query, kv = shape.query_heads * shape.head, shape.kv_heads * shape.head
    weights = {"model.embed_tokens.weight": network.embedding, "model.norm.weight": network.final_norm}
    for i, layer in enumerate(network.layers):
        q, k, v = layer.qkv.split([query, kv, kv])
        gate, up = layer.gate_up.split([shape.hidden, shape.hidden])
        named = {"self_attn.q_proj": q, "self_attn.k_proj": k, "self_attn.v_proj": v, "self_attn.o_proj": layer.attention_out,
                 "mlp.gate_proj": gate, "mlp.up_proj": up, "mlp.down_proj": layer.mlp_out,
                 "input_layernorm": layer.attention_norm, "post_attention_layernorm": layer.mlp_norm}
        weights |= {f"model.layers.{i}.{name}.weight": weight for name, weight in named.items()}
    return {name: weight.detach().to(torch.bfloat16).contiguous() for name, weight in weights.items()}


def shape_of(config: dict) -> Shape:
    return Shape(config["num_hidden_layers"], config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"],
                 config["head_dim"], config["intermediate_size"], config["vocab_size"], config["max_position_embeddings"],
                 config["rope_theta"], config["rms_norm_eps"])


def network_from(folder: Path) -> Network:
    """The reverse: our network with the weights of an exported directory."""
    weights = load_file(folder / "model.safetensors")
    network = Network(shape_of(json.loads((folder / "config.json").read_text())))

    def stack(layer: int, *names: str) -> torch.Tensor:
        return torch.cat([weights[f"model.layers.{layer}.{name}.weight"] for name in names]).float()

    state = {"embedding": weights["model.embed_tokens.weight"].float(), "final_norm": weights["model.norm.weight"].float()}
    for i in range(network.shape.layers):
        state |= {
            f"layers.{i}.qkv": stack(i, "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            f"layers.{i}.attention_out": stack(i, "self_attn.o_proj"), f"layers.{i}.gate_up": stack(i, "mlp.gate_proj", "mlp.up_proj"),
            f"layers.{i}.mlp_out": stack(i, "mlp.down_proj"), f"layers.{i}.attention_norm": stack(i, "input_layernorm"),
            f"layers.{i}.mlp_norm": stack(i, "post_attention_layernorm")}
    network.load_state_dict(state)
    return network


def config(shape: Shape) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": shape.width, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.query_heads, "num_key_value_heads": shape.kv_heads, "head_dim": shape.head,
        "intermediate_size": shape.hidden, "vocab_size": shape.vocabulary, "max_position_embeddings": shape.context,
        "rope_theta": shape.rope_theta, "rope_scaling": None, "rms_norm_eps": shape.norm_epsilon, "hidden_act": "silu",
        "attention_bias": False, "mlp_bias": False, "attention_dropout": 0.0, "initializer_range": 0.02, "tie_word_embeddings": True,
        "use_cache": True, "torch_dtype": "bfloat16"}


def write(folder: Path, configuration: dict, weights: dict[str, torch.Tensor]) -> None:
    """The directory of any architecture; configuration lacks the tokens that begin and end a text."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.write(folder)
    vocabulary = tokenizer.train().get_vocab()
    ends = {"bos_token_id": vocabulary[tokenizer.BEGIN], "eos_token_id": vocabulary[tokenizer.END]}
    (folder / "config.json").write_text(json.dumps(configuration | ends, indent=2) + "\n")
    (folder / "generation_config.json").write_text(json.dumps(ends | {"do_sample": False}, indent=2) + "\n")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)


def export(network: Network, folder: Path) -> None:
    write(folder, config(network.shape), named_weights(network))


@torch.no_grad()
def largest_difference(folder: Path, ours: Network) -> float:
    """The largest difference of any logit between transformers and our network, both in FP32, over 300 random tokens."""
    from transformers import AutoModelForCausalLM
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    ids = torch.randint(5, 1900, (1, 300), generator=torch.Generator().manual_seed(1))
    return (theirs(ids).logits - ours(ids, *rotary_table(ours.shape, 300))).abs().max().item()


def prove(folder: Path, ours: Network) -> None:
    difference = largest_difference(folder, ours)
    print(f"written to {folder}; largest logit difference to transformers {difference:.2e}")
    if difference > 1e-3:
        raise SystemExit("transformers reads the export differently: the difference must stay below 1e-3")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "model")
    options = parser.parse_args()
    trained = Network(Shape())
    trained.load_state_dict(torch.load(options.checkpoint, weights_only=False)["network"])
    export(trained, options.to)
    prove(options.to, network_from(options.to))
