"""Recipes over the checkpoints, and the same transformations written a second time on transformers' modules, for golden numbers.

Block numbers, map syntax and fields are those of src/docs/recipes.md.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb, repeat_kv

import golden
from spec import LONG, Spec

HERE = Path(__file__).parent
Edit = Callable[[nn.Module], None]


@dataclass(frozen=True)
class Recipe:
    """`edit`: what the operations do, in place. `wrong`: other edits, which a server that misreads the recipe would do.

    `tensors`: what the recipe's own file has, by the base's modules.
    """

    name: str
    base: str
    covers: str
    operations: list[dict[str, Any]]
    edit: Edit
    wrong: dict[str, Edit] = field(default_factory=dict)
    tensors: Callable[[nn.Module], dict[str, torch.Tensor]] | None = None
    lengths: tuple[int, ...] = LONG


DEEP = dict(hidden_size=48, intermediate_size=96, vocab_size=96)


def base_specs() -> list[Spec]:
    return [
        Spec("llama-deep", "llama", "6 layers: what recipes change", dict(num_hidden_layers=6, **DEEP), lengths=LONG),
        Spec("qwen3-deep", "qwen3", "4 layers with q and k norms: what recipes change",
             dict(num_hidden_layers=4, head_dim=16, **DEEP), lengths=LONG),
    ]


def layers(model: nn.Module) -> nn.ModuleList:
    return model.model.layers


def arrange(model: nn.Module, order: list[int]) -> None:
    """Runs the layers of these numbers; a number that comes twice is computed twice."""
    chosen = [layers(model)[i] for i in order]
    kinds = getattr(model.config, "layer_types", None)
    if kinds:
        model.config.layer_types = [kinds[i] for i in order]
    model.model.layers = nn.ModuleList(chosen)
    model.config.num_hidden_layers = len(chosen)


class MlpOnly(nn.Module):
    """A layer without its attention, and without the norm before it."""

    def __init__(self, layer: nn.Module, norm: nn.Module | None = None):
        super().__init__()
        self.layer = layer
        self.norm = norm

    def forward(self, hidden_states: torch.Tensor, **_: Any) -> torch.Tensor:
        if self.norm:
            hidden_states = hidden_states + self.norm(hidden_states)
        return hidden_states + self.layer.mlp(self.layer.post_attention_layernorm(hidden_states))


class AttentionOnly(nn.Module):
    """A layer without its MLP."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, hidden_states: torch.Tensor, **given: Any) -> torch.Tensor:
        return hidden_states + self.layer.self_attn(self.layer.input_layernorm(hidden_states), **given)[0]


def without(model: nn.Module, attention: list[int] = [], mlp: list[int] = []) -> None:
    for i in attention:
        layers(model)[i] = MlpOnly(layers(model)[i])
    for i in mlp:
        layers(model)[i] = AttentionOnly(layers(model)[i])


def keeping_norms(model: nn.Module, attention: list[int]) -> None:
    for i in attention:
        layers(model)[i] = MlpOnly(layers(model)[i], layers(model)[i].input_layernorm)


def tie(model: nn.Module, groups: list[list[int]], norms: bool) -> None:
    """Copies the weights of each group's first layer into the others."""
    for first, *others in groups:
        source = layers(model)[first].state_dict()
        for i in others:
            target = layers(model)[i].state_dict()
            chosen = {name: source[name] for name in target if norms or "norm" not in name}
            layers(model)[i].load_state_dict(chosen, strict=False)


def drop_and_share() -> list[Recipe]:
    return [
        Recipe("recipe-drop-blocks", "llama-deep", "recipe over a recipe-free base: two of six blocks dropped",
               [{"op": "drop", "blocks": [1, 4]}], lambda m: arrange(m, [0, 2, 3, 5]),
               {"another block": lambda m: arrange(m, [0, 1, 3, 5]), "one block only": lambda m: arrange(m, [0, 2, 3, 4, 5])}),
        Recipe("recipe-drop-sublayers", "llama-deep", "attention of two blocks and the MLP of another dropped, with their norms",
               [{"op": "drop", "attention": [2, 3], "mlp": [4]}], lambda m: without(m, [2, 3], [4]),
               {"norm kept": lambda m: (without(m, [3], [4]), keeping_norms(m, [2])),
                "whole blocks": lambda m: arrange(m, [0, 1, 5]), "attention of another": lambda m: without(m, [1, 3], [4])}),
        Recipe("recipe-share-groups", "llama-deep", "two groups of blocks with one set of weights each",
               [{"op": "share", "groups": [[1, 2], [5, 3, 4]]}], lambda m: tie(m, [[1, 2], [5, 3, 4]], True),
               {"norms kept": lambda m: tie(m, [[1, 2], [5, 3, 4]], False),
                "first of the list": lambda m: tie(m, [[1, 2], [3, 4, 5]], True)}),
        Recipe("recipe-share-norms", "qwen3-deep", "one set of weights for two blocks, norms of sublayers and heads kept",
               [{"op": "share", "groups": [[0, 2]], "keep_norms": True}], lambda m: tie(m, [[0, 2]], False),
               {"norms shared": lambda m: tie(m, [[0, 2]], True)}),
    ]


def all_recipes() -> list[Recipe]:
    return drop_and_share()


def edited(recipe: Recipe, edit: Edit, dtype: torch.dtype = torch.float32) -> nn.Module:
    model = golden.load(HERE / recipe.base, dtype)
    with torch.no_grad():
        edit(model)
    return model


def make(recipe: Recipe, tolerance: float) -> dict:
    """Writes a folder with recipe.json, its tensors and golden.json. Returns the entry of index.json."""
    folder = HERE / recipe.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    body: dict[str, Any] = {"foretoken_recipe": 1, "base": f"../{recipe.base}"}
    if recipe.tensors:
        body["weights"] = "made.safetensors"
        save_file(recipe.tensors(golden.load(HERE / recipe.base)), folder / "made.safetensors")
    body["operations"] = recipe.operations
    (folder / "recipe.json").write_text(json.dumps(body, indent=2) + "\n")
    model = edited(recipe, recipe.edit)
    records = golden.search(model, recipe)
    noise = golden.difference(model, edited(recipe, recipe.edit, torch.float64), records)
    head = {"model": recipe.name, "tolerance": tolerance, "f32_noise": float(f"{noise:.1g}"),
            "min_margin": min(min(r["margins"]) for r in records)}
    golden.write(folder / "golden.json", head, records)
    noticed = {}
    for label, edit in recipe.wrong.items():
        moved = golden.difference(model, edited(recipe, edit), records)
        if moved < golden.NOTICED:
            raise SystemExit(f"{recipe.name}: '{label}' moves log-probabilities by only {moved:.2g}; nothing would notice")
        noticed[label] = float(f"{moved:.2g}")
    base = json.loads((HERE / recipe.base / "config.json").read_text())
    return {"name": recipe.name, "architecture": base["model_type"], "dtype": str(base.get("dtype", base.get("torch_dtype"))),
            "covers": recipe.covers, "tolerance": tolerance, "text": False, "wrong_readings": noticed}
