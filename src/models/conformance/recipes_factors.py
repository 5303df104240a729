"""Recipes that bring new numbers: products in place of matrices, heads of other layers, norms folded into weights.

The tensors of a recipe's own file are made here a second time, from the formulas of src/docs/recipes.md.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from recipes import Edit, Recipe, layers

Tensors = dict[str, torch.Tensor]
RANK = 12
VECTORS, TERMS = 16, 4


def matching(model: nn.Module, ends: tuple[str, ...]) -> dict[str, nn.Parameter]:
    return {name: p for name, p in model.named_parameters() if name.endswith(ends)}


def made(name: str, what: str, recipe: int = 0, operation: int = 0) -> str:
    return f"foretoken.recipe.{recipe}.{operation}.{name}.{what}"


# Low rank: the products are split otherwise than the build splits them, which changes no answer.
NARROW = ("q_proj.weight", "mlp.gate_proj.weight", "mlp.down_proj.weight")


def pair(weight: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    u, s, vt = torch.linalg.svd(weight.double(), full_matrices=False)
    return u[:, :rank] * s[:rank], vt[:rank]


def low_rank(rank: int) -> Edit:
    def edit(model: nn.Module) -> None:
        for weight in matching(model, NARROW).values():
            up, down = pair(weight.data, rank)
            weight.copy_(up @ down)
    return edit


def low_rank_tensors(model: nn.Module) -> Tensors:
    tensors = {}
    for name, weight in matching(model, NARROW).items():
        up, down = pair(weight.data, RANK)
        tensors |= {made(name, "up"): up.float().contiguous(), made(name, "down"): down.float().contiguous()}
    return tensors


# Sparse: factors of no matrix in particular, of about its size.
SPARSE = ("mlp.up_proj.weight", "o_proj.weight")


def factors(name: str, weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng([int(b) for b in name.encode()])
    rows, columns = weight.shape
    basis = rng.standard_normal((VECTORS, columns)) * float(weight.double().std()) / TERMS**0.5
    places = np.stack([rng.choice(VECTORS, TERMS, replace=False) for _ in range(rows)])
    values = rng.standard_normal((rows, TERMS))
    return torch.tensor(basis).float(), torch.tensor(values).float(), torch.tensor(places, dtype=torch.int32)


def sparse(moved: int = 0) -> Edit:
    def edit(model: nn.Module) -> None:
        for name, weight in matching(model, SPARSE).items():
            basis, values, places = factors(name, weight.data)
            spread = torch.zeros(weight.shape[0], VECTORS, dtype=torch.float64)
            spread.scatter_(1, (places.long() + moved) % VECTORS, values.double())
            weight.copy_(spread @ basis.double())
    return edit


def sparse_tensors(model: nn.Module) -> Tensors:
    tensors = {}
    for name, weight in matching(model, SPARSE).items():
        for what, tensor in zip(("basis", "values", "places"), factors(name, weight.data)):
            tensors[made(name, what)] = tensor
    return tensors


# Heads: each alias is (layer, KV head, other layer, its KV head); the last one leads on to another alias.
def alias(aliases: list[list[int]], ends: tuple[str, ...] = ("q", "k", "v", "o"), shift: int = 0) -> Edit:
    def edit(model: nn.Module) -> None:
        table = {(a, b): (c, d) for a, b, c, d in aliases}
        old = {name: p.data.clone() for name, p in model.named_parameters()}
        config = model.config
        queries = config.num_attention_heads // config.num_key_value_heads
        dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        for layer, group in table:
            source = (layer, group)
            while source in table:
                source = table[source]
            for end in ends:
                size = dim * (queries if end in "qo" else 1)
                name = "model.layers.{}.self_attn.%s_proj.weight" % end
                target = model.get_parameter(name.format(layer))
                first = (source[1] + shift) % config.num_key_value_heads * size
                if end == "o":
                    target[:, group * size:(group + 1) * size] = old[name.format(source[0])][:, first:first + size]
                else:
                    target[group * size:(group + 1) * size] = old[name.format(source[0])][first:first + size]
    return edit


# Norms.
def shape_of(parameter: torch.Tensor) -> torch.Tensor:
    return parameter.data.double()


def layer_norm_tensors(model: nn.Module) -> Tensors:
    """Of GPT-2: Conv1D weights are stored [inputs, outputs], and queries, keys and values are one tensor."""
    gpt, tensors = model.transformer, {}

    def put(place: str, name: str, what: str, tensor: torch.Tensor) -> None:
        tensors[made(f"{place}.{name}", what)] = tensor.float().contiguous()

    def rows_centred(table: torch.Tensor) -> torch.Tensor:
        return table - table.mean(-1, keepdim=True)

    put("table", "transformer.wte.weight", "centred", rows_centred(shape_of(gpt.wte.weight)))
    put("table", "transformer.wpe.weight", "centred", rows_centred(shape_of(gpt.wpe.weight)))
    for i, block in enumerate(gpt.h):
        for place, norm, read, write, stem in (
                (2 * i, block.ln_1, block.attn.c_attn, block.attn.c_proj, f"transformer.h.{i}.attn.c_"),
                (2 * i + 1, block.ln_2, block.mlp.c_fc, block.mlp.c_proj, f"transformer.h.{i}.mlp.c_")):
            bias = shape_of(read.bias) + shape_of(norm.bias) @ shape_of(read.weight)
            reads = ("attn", 3) if place % 2 == 0 else ("fc", 1)
            size = len(bias) // reads[1]
            for part in range(reads[1]):
                put(f"{place}", f"{stem}{reads[0]}.weight@{part * size}", "bias", bias[part * size:(part + 1) * size])
            put(f"{place}", f"{stem}proj.weight@0", "centred", rows_centred(shape_of(write.weight)).T)
            put(f"{place}", f"{stem}proj.weight@0", "centred-bias", rows_centred(shape_of(write.bias)))
    head = "transformer.wte.weight" if model.config.tie_word_embeddings else "lm_head.weight"
    put("head", head, "bias", shape_of(model.lm_head.weight) @ shape_of(gpt.ln_f.bias))
    return tensors


def centred_twice(model: nn.Module) -> None:
    weight = model.transformer.h[0].attn.c_attn.weight
    weight -= weight.mean(-1, keepdim=True)


def no_shift(model: nn.Module) -> None:
    for block in model.transformer.h:
        block.ln_1.bias.zero_()


def head_centred(model: nn.Module) -> None:
    """Logits by the table that the embedding has once means are folded."""
    table = model.transformer.wte.weight
    model.lm_head.weight = nn.Parameter(table - table.mean(-1, keepdim=True))


class Affine(nn.Module):
    """A norm whose statistics are constants."""

    def __init__(self, scale: torch.Tensor, shift: torch.Tensor):
        super().__init__()
        self.scale, self.shift = nn.Parameter(scale), nn.Parameter(shift)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.scale + self.shift


def constants(name: str, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng([int(b) for b in name.encode()])
    low, high = (0.05, 0.25) if "layers" in name else (0.3, 0.9)
    return torch.tensor(rng.uniform(low, high, size)).float(), torch.tensor(rng.normal(0, 0.1, size)).float()


def norm_names(model: nn.Module) -> list[str]:
    return [name for name, _ in model.named_parameters() if "norm.weight" in name]


def constant(shifts: float = 1.0, last: bool = True) -> Edit:
    def edit(model: nn.Module) -> None:
        for name in norm_names(model):
            parent, child = name.removesuffix(".weight").rsplit(".", 1)
            if last or "layers" in name:
                weight = model.get_parameter(name)
                scale, shift = (t.to(weight.dtype) for t in constants(name, len(weight)))
                setattr(model.get_submodule(parent), child, Affine(scale, shift * shifts))
    return edit


def constant_tensors(model: nn.Module) -> Tensors:
    tensors = {}
    for name in norm_names(model):
        scale, shift = constants(name, len(model.get_parameter(name)))
        tensors |= {made(name, "scale"): scale, made(name, "shift"): shift}
    return tensors


def folded_tensors(model: nn.Module) -> Tensors:
    tensors = {}

    def fold(place: str, norm: str, name: str) -> None:
        scale, shift = (t.double() for t in constants(norm, model.config.hidden_size))
        weight = shape_of(model.get_parameter(name))
        tensors[made(f"{place}.{name}", "scaled", 1)] = (weight * scale).float()
        tensors[made(f"{place}.{name}", "bias", 1)] = (weight @ shift).float()

    for i in range(len(layers(model))):
        stem = f"model.layers.{i}"
        for end in "qkv":
            fold(f"{2 * i}", f"{stem}.input_layernorm.weight", f"{stem}.self_attn.{end}_proj.weight")
        for end in ("gate", "up"):
            fold(f"{2 * i + 1}", f"{stem}.post_attention_layernorm.weight", f"{stem}.mlp.{end}_proj.weight")
    fold("head", "model.norm.weight", "lm_head.weight")
    return tensors


ALIASES = [[1, 0, 0, 1], [2, 1, 0, 0], [3, 0, 2, 1]]
DEEP_ALIASES = [[2, 0, 1, 0], [2, 1, 1, 1], [4, 1, 0, 0], [5, 0, 4, 1]]


def factored_recipes() -> list[Recipe]:
    sparse_operation: dict[str, Any] = {"op": "sparse", "tensors": ["*.mlp.up_proj.weight", "*.o_proj.weight"],
                                        "vectors": VECTORS, "terms": TERMS}
    kept = Recipe("recipe-sparse-factored", "llama-deep", "a dense basis times a sparse matrix, computed as two steps",
                  [{**sparse_operation, "run": "factored"}], sparse(), {"places off by one": sparse(1)}, sparse_tensors)
    return [
        Recipe("recipe-low-rank", "llama-deep", "products of rank 12 in place of three kinds of matrices; k stays",
               [{"op": "low-rank", "tensors": ["*q_proj.weight", "*.mlp.gate_proj.weight", "model.*.down_proj.weight"],
                 "rank": RANK}], low_rank(RANK), {"one rank less": low_rank(RANK - 1)}, low_rank_tensors),
        kept,
        dataclasses.replace(kept, name="recipe-sparse-expanded", covers="the same basis and terms, multiplied out when loaded",
                            operations=[{**sparse_operation, "run": "expanded"}]),
        Recipe("recipe-alias-heads", "qwen3-deep", "heads of other blocks, a chain of two; heads fill whole panels",
               [{"op": "alias-heads", "aliases": ALIASES}], alias(ALIASES),
               {"map back kept": alias(ALIASES, ("q", "k", "v")), "other heads": alias(ALIASES, shift=1)}),
        Recipe("recipe-alias-heads-narrow", "llama-deep", "heads of 12 that fill no panel, whole layers and chains",
               [{"op": "alias-heads", "aliases": DEEP_ALIASES}], alias(DEEP_ALIASES),
               {"values kept": alias(DEEP_ALIASES, ("q", "k", "o")), "chain cut": alias(DEEP_ALIASES[:3])}),
        Recipe("recipe-fold-layer-norm", "gpt2-plain", "LayerNorm as RMSNorm over centred weights",
               [{"op": "fold-layer-norm"}], lambda m: None,
               {"a map that reads centred": centred_twice, "shift forgotten": no_shift}, layer_norm_tensors),
        Recipe("recipe-fold-layer-norm-tied", "gpt2-tied", "the same where logits are made of the table that is centred for the embedding",
               [{"op": "fold-layer-norm"}], lambda m: None,
               {"head of the centred table": head_centred, "shift forgotten": no_shift}, layer_norm_tensors),
        Recipe("recipe-constant-norms", "llama-deep", "norms of constant statistics, as they are",
               [{"op": "constant-norms"}], constant(), {"no shift": constant(0.0), "last norm": constant(last=False)},
               constant_tensors),
        Recipe("recipe-fold-constant-norms", "recipe-constant-norms", "the same norms folded away: a recipe over a recipe",
               [{"op": "fold-constant-norms"}], constant(), {"no shift": constant(0.0)}, folded_tensors,
               checkpoint="llama-deep"),
    ]
