"""Recipes over the checkpoints, and the same transformations written a second time on transformers' modules, for golden numbers.

Block numbers, map syntax and fields are those of src/docs/recipes.md.
"""

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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

    `tensors`: what the recipe's own file has, by the base's modules. `checkpoint`: what a base that is a recipe itself is made of.
    `check`: given the changed model and the base in F64 and the records, stops where a second way to compute them gives others.
    """

    name: str
    base: str
    covers: str
    operations: list[dict[str, Any]]
    edit: Edit
    wrong: dict[str, Edit] = field(default_factory=dict)
    tensors: Callable[[nn.Module], dict[str, torch.Tensor]] | None = None
    checkpoint: str = ""
    lengths: tuple[int, ...] = LONG
    check: Callable[["Recipe", nn.Module, nn.Module, list[dict]], None] | None = None


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


class MappedAttention(nn.Module):
    """Attention that reads the rotated keys of one layer and the values of another. `shelf`: what layers so far have put there."""

    def __init__(self, attention: nn.Module, number: int, keys: int, values: int, window: int, shelf: dict):
        super().__init__()
        self.attention, self.number, self.keys, self.values, self.window, self.shelf = attention, number, keys, values, window, shelf

    def forward(self, hidden_states: torch.Tensor, position_embeddings: tuple, **_: Any) -> tuple[torch.Tensor, None]:
        a, count = self.attention, hidden_states.shape[1]
        heads = (1, count, -1, a.head_dim)
        query, key = a.q_proj(hidden_states).view(heads), a.k_proj(hidden_states).view(heads)
        if hasattr(a, "q_norm"):
            query, key = a.q_norm(query), a.k_norm(key)
        query, key = apply_rotary_pos_emb(query.transpose(1, 2), key.transpose(1, 2), *position_embeddings)
        self.shelf[self.number] = key, a.v_proj(hidden_states).view(heads).transpose(1, 2)
        key = repeat_kv(self.shelf[self.keys][0], a.num_key_value_groups)
        value = repeat_kv(self.shelf[self.values][1], a.num_key_value_groups)
        distance = torch.arange(count)[:, None] - torch.arange(count)[None, :]
        seen = (distance >= 0) & ((distance < self.window) if self.window else True)
        scores = (query @ key.transpose(2, 3) * a.scaling).masked_fill(~seen, float("-inf"))
        mixed = scores.softmax(-1) @ value
        return a.o_proj(mixed.transpose(1, 2).reshape(1, count, -1)), None


def mapped(model: nn.Module, keys: list[int], values: list[int], windows: dict[int, int] = {}) -> None:
    shelf: dict[int, tuple] = {}
    for i, layer in enumerate(layers(model)):
        layer.self_attn = MappedAttention(layer.self_attn, i, keys[i], values[i], windows.get(i, 0), shelf)


OWN = [0, 1, 2, 3, 4, 5]
YOCO = {0: 20, 1: 20, 2: 20}


def kv_maps() -> list[Recipe]:
    return [
        Recipe("recipe-kv-both", "llama-deep", "K and V of every second block also for the next (CLA); a chain resolved to its root",
               [{"op": "kv-map", "map": "0_0_2_2_4_3"}], lambda m: mapped(m, *[[0, 0, 2, 2, 4, 2]] * 2),
               {"chain not followed": lambda m: mapped(m, *[[0, 0, 2, 3, 4, 3]] * 2), "nothing mapped": lambda m: mapped(m, OWN, OWN)}),
        Recipe("recipe-kv-separate", "qwen3-deep", "K and V of blocks of their own choice, q and k norms",
               [{"op": "kv-map", "keys": "0_1_0_1", "values": "0_0_2_2"}], lambda m: mapped(m, [0, 1, 0, 1], [0, 0, 2, 2]),
               {"both by keys": lambda m: mapped(m, [0, 1, 0, 1], [0, 1, 0, 1]),
                "keys and values exchanged": lambda m: mapped(m, [0, 0, 2, 2], [0, 1, 0, 1])}),
        Recipe("recipe-kv-values", "llama-deep", "values of the first block for all (SVFormer)",
               [{"op": "kv-map", "values": "0_0_0_0_0_0"}], lambda m: mapped(m, OWN, [0] * 6),
               {"keys too": lambda m: mapped(m, [0] * 6, [0] * 6)}),
        Recipe("recipe-kv-windows", "llama-deep", "blocks with a window below blocks that share K and V of one (YOCO)",
               [{"op": "kv-map", "map": "0s_1s_2s_3_3_3", "window": 20}],
               lambda m: mapped(m, *[[0, 1, 2, 3, 3, 3]] * 2, YOCO),
               {"no windows": lambda m: mapped(m, *[[0, 1, 2, 3, 3, 3]] * 2),
                "window one too long": lambda m: mapped(m, *[[0, 1, 2, 3, 3, 3]] * 2, {i: 21 for i in range(3)})}),
        Recipe("recipe-kv-window-reader", "llama-deep", "a reader with a window over K and V of a block without one",
               [{"op": "kv-map", "map": "0_0s_2_2_4s_4s", "window": 24}],
               lambda m: mapped(m, *[[0, 0, 2, 2, 4, 4]] * 2, {1: 24, 4: 24, 5: 24}),
               {"no windows": lambda m: mapped(m, *[[0, 0, 2, 2, 4, 4]] * 2)}),
    ]


class Lora(nn.Module):
    def __init__(self, linear: nn.Module, down: torch.Tensor, up: torch.Tensor):
        super().__init__()
        self.linear, self.down, self.up = linear, down, up

    def forward(self, hidden_states: torch.Tensor) -> torch.Tensor:
        return self.linear(hidden_states) + hidden_states @ self.down.T.to(hidden_states) @ self.up.T.to(hidden_states)


RANK = 4
PLACES = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
          "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")


def factors(model: nn.Module, replaced: int, kept: int, place: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The best sum of two narrow matrices for what the kept layer lacks (truncated SVD)."""
    lacking = layers(model)[replaced].get_submodule(place).weight - layers(model)[kept].get_submodule(place).weight
    u, s, v = torch.linalg.svd(lacking.detach().double())
    root = s[:RANK].sqrt()
    return (v[:RANK] * root[:, None]).float(), (u[:, :RANK] * root).float()


def loop_tensors(first: int, keep: list[int], times: int) -> Callable[[nn.Module], dict[str, torch.Tensor]]:
    def tensors(model: nn.Module) -> dict[str, torch.Tensor]:
        made = {}
        for loop in range(times):
            for k, kept in enumerate(keep):
                replaced = first + loop * len(keep) + k
                if replaced != kept:
                    for number, place in enumerate(PLACES):
                        down, up = factors(model, replaced, kept, place)
                        name = f"foretoken.recipe.0.0.loop{loop}.block{k}.linear{number}"
                        made[f"{name}.down"], made[f"{name}.up"] = down.contiguous(), up.contiguous()
        return made
    return tensors


def relaxed(model: nn.Module, first: int, keep: list[int], times: int, norms: bool, rank: bool = True) -> None:
    """Loops over the kept layers in place of those from `first` on, each nearer to the one it stands for by its LoRA."""
    originals = [copy.deepcopy(layer) for layer in layers(model)]
    for loop in range(times):
        for k, kept in enumerate(keep):
            replaced = first + loop * len(keep) + k
            if replaced != kept:
                layer = copy.deepcopy(originals[kept])
                if norms:
                    layer.load_state_dict({n: t for n, t in originals[replaced].state_dict().items() if "norm" in n}, strict=False)
                layers(model)[replaced] = layer
    if rank:
        for loop in range(times):
            for k, kept in enumerate(keep):
                replaced = first + loop * len(keep) + k
                if replaced != kept:
                    for place in PLACES:
                        lacking = originals[replaced].get_submodule(place).weight - originals[kept].get_submodule(place).weight
                        u, s, v = torch.linalg.svd(lacking.detach().double())
                        parent, _, leaf = place.partition(".")
                        old = layers(model)[replaced].get_submodule(place)
                        setattr(layers(model)[replaced].get_submodule(parent), leaf,
                                Lora(old, s[:RANK, None].sqrt() * v[:RANK], u[:, :RANK] * s[:RANK].sqrt()))


def loops() -> list[Recipe]:
    return [
        Recipe("recipe-loop", "llama-deep", "a run of blocks repeated: one before, three rounds of two, one behind (AlgoFormer)",
               [{"op": "drop", "blocks": [2, 4]}, {"op": "loop", "blocks": [1, 2], "times": 3}],
               lambda m: arrange(m, [0, 1, 3, 1, 3, 1, 3, 5]),
               {"each repeated by itself": lambda m: arrange(m, [0, 1, 1, 1, 3, 3, 3, 5]),
                "once less": lambda m: arrange(m, [0, 1, 3, 1, 3, 5])}),
        Recipe("recipe-loop-lora", "llama-deep", "two kept blocks looped in place of six, with a LoRA per round (Relaxed Recursive)",
               [{"op": "loop", "first": 0, "keep": [0, 4], "times": 3, "rank": RANK}],
               lambda m: relaxed(m, 0, [0, 4], 3, False),
               {"no LoRA": lambda m: relaxed(m, 0, [0, 4], 3, False, False), "norms kept": lambda m: relaxed(m, 0, [0, 4], 3, True)},
               loop_tensors(0, [0, 4], 3)),
        Recipe("recipe-loop-norms", "qwen3-deep", "one kept block looped in place of three with their norms, the last left alone",
               [{"op": "loop", "first": 0, "keep": [1], "times": 3, "keep_norms": True}],
               lambda m: relaxed(m, 0, [1], 3, True, False),
               {"norms of the kept": lambda m: relaxed(m, 0, [1], 3, False, False)}),
    ]


def narrowed(model: nn.Module, widths: list[int]) -> None:
    for layer, width in zip(layers(model), widths):
        mlp = layer.mlp
        mlp.gate_proj.weight, mlp.up_proj.weight = (nn.Parameter(p.weight[:width]) for p in (mlp.gate_proj, mlp.up_proj))
        mlp.down_proj.weight = nn.Parameter(mlp.down_proj.weight[:, :width])


def width_slices() -> list[Recipe]:
    return [
        Recipe("recipe-width-each", "llama-deep", "MLPs cut to their first neurons, each block to a width of its own (MatFormer)",
               [{"op": "width", "widths": [96, 64, 32, 64, 32, 96]}], lambda m: narrowed(m, [96, 64, 32, 64, 32, 96]),
               {"one width": lambda m: narrowed(m, [64] * 6), "in reverse": lambda m: narrowed(m, [96, 32, 64, 32, 64, 96])}),
        Recipe("recipe-width-rounded", "qwen3-deep", "MLPs cut to a rounded share of their neurons",
               [{"op": "width", "widths": [0.6], "round": True}], lambda m: narrowed(m, [64] * 4),
               {"whole": lambda m: narrowed(m, [96] * 4), "a third": lambda m: narrowed(m, [32] * 4)}),
    ]


def pruned(model: nn.Module, neurons: list[list[int] | None], heads: list[list[int] | None]) -> None:
    """Rows of the maps that make neurons and heads, and columns of the maps that read them, where something is taken away."""
    def rows(linear: nn.Linear, kept: list[int]) -> None:
        linear.weight = nn.Parameter(linear.weight[kept])
        if linear.bias is not None:
            linear.bias = nn.Parameter(linear.bias[kept])

    for i, layer in enumerate(layers(model)):
        if neurons[i] is not None:
            mlp = layer.mlp
            rows(mlp.gate_proj, neurons[i])
            rows(mlp.up_proj, neurons[i])
            mlp.down_proj.weight = nn.Parameter(mlp.down_proj.weight[:, neurons[i]])
        if heads[i] is not None:
            attention = layer.self_attn
            each, queries = attention.head_dim, attention.num_key_value_groups
            narrow = [head * each + d for head in heads[i] for d in range(each)]
            wide = [head * queries * each + d for head in heads[i] for d in range(queries * each)]
            rows(attention.q_proj, wide)
            rows(attention.k_proj, narrow)
            rows(attention.v_proj, narrow)
            attention.o_proj.weight = nn.Parameter(attention.o_proj.weight[:, wide])


def bias_tensors(heads: list[list[int] | None]) -> Callable[[nn.Module], dict[str, torch.Tensor]]:
    """A view cannot pick biases here and there, so those of kept heads are tensors of the recipe."""
    def tensors(model: nn.Module) -> dict[str, torch.Tensor]:
        made = {}
        for i, layer in enumerate(layers(model)):
            attention = layer.self_attn
            for end, count in (("q", attention.num_key_value_groups), ("k", 1), ("v", 1)):
                if heads[i] is not None:
                    parts = attention.get_submodule(f"{end}_proj").bias.detach().view(-1, count * attention.head_dim)
                    name = f"foretoken.recipe.0.0.{i}.attention.model.layers.{i}.self_attn.{end}_proj.weight.bias"
                    made[name] = parts[heads[i]].flatten().float().contiguous()
        return made
    return tensors


def chosen(seed: int, count: int, of: int) -> list[int]:
    return sorted(torch.randperm(of, generator=torch.Generator().manual_seed(seed))[:count].tolist())


PRUNED = [chosen(1, 64, 96), None, chosen(2, 32, 96), chosen(3, 64, 96), chosen(4, 96, 96), None]
HEADS = [[1], None, [0], None, [0, 1], [1]]
HEAVY = [list(range(1, 96, 3)), None, chosen(5, 64, 96), chosen(6, 32, 96)]
FEW = [[0], [1], None, [1]]
BIASED = [[1], [0]]


def prunings() -> list[Recipe]:
    return [
        Recipe("recipe-prune", "llama-deep", "chosen neurons and KV heads with their query heads",
               [{"op": "prune", "neurons": PRUNED, "kv_heads": HEADS}], lambda m: pruned(m, PRUNED, HEADS),
               {"first neurons": lambda m: pruned(m, [n and list(range(len(n))) for n in PRUNED], HEADS),
                "neurons alone": lambda m: pruned(m, PRUNED, [None] * 6),
                "other heads": lambda m: pruned(m, PRUNED, [h if h is None else [1 - h[0]] if len(h) == 1 else h for h in HEADS])}),
        Recipe("recipe-prune-norms", "qwen3-deep", "the same with q and k norms of every head",
               [{"op": "prune", "neurons": HEAVY, "kv_heads": FEW}], lambda m: pruned(m, HEAVY, FEW),
               {"heads alone": lambda m: pruned(m, [None] * 4, FEW),
                "first heads": lambda m: pruned(m, HEAVY, [h and [0] for h in FEW])}),
        Recipe("recipe-prune-bias", "qwen2-bias", "KV heads with biases of query, key and value",
               [{"op": "prune", "kv_heads": BIASED}], lambda m: pruned(m, [None] * 2, BIASED),
               {"other heads": lambda m: pruned(m, [None] * 2, BIASED[::-1])}, bias_tensors(BIASED)),
    ]


def all_recipes() -> list[Recipe]:
    return drop_and_share() + kv_maps() + loops() + width_slices() + prunings()


def edited(recipe: Recipe, edit: Edit, dtype: torch.dtype = torch.float32) -> nn.Module:
    model = golden.load(HERE / (recipe.checkpoint or recipe.base), dtype)
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
        save_file(recipe.tensors(golden.load(HERE / (recipe.checkpoint or recipe.base))), folder / "made.safetensors")
    body["operations"] = recipe.operations
    (folder / "recipe.json").write_text(json.dumps(body, indent=2) + "\n")
    model = edited(recipe, recipe.edit)
    records = golden.search(model, recipe)
    exact = edited(recipe, recipe.edit, torch.float64)
    noise = golden.difference(model, exact, records)
    if recipe.check:
        recipe.check(recipe, exact, edited(recipe, lambda m: None, torch.float64), records)
    head = {"model": recipe.name, "tolerance": tolerance, "f32_noise": float(f"{noise:.1g}"),
            "min_margin": min(min(r["margins"]) for r in records)}
    golden.write(folder / "golden.json", head, records)
    noticed = {}
    for label, edit in recipe.wrong.items():
        moved = golden.difference(model, edited(recipe, edit), records)
        if moved < golden.NOTICED:
            raise SystemExit(f"{recipe.name}: '{label}' moves log-probabilities by only {moved:.2g}; nothing would notice")
        noticed[label] = float(f"{moved:.2g}")
    base = json.loads((HERE / (recipe.checkpoint or recipe.base) / "config.json").read_text())
    return {"name": recipe.name, "architecture": base["model_type"], "dtype": str(base.get("dtype", base.get("torch_dtype"))),
            "covers": recipe.covers, "tolerance": tolerance, "text": False, "wrong_readings": noticed}
