"""Recipes whose blocks read the K and V of blocks above them, and the same by iterated passes over transformers' modules."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb, repeat_kv

import golden
from recipes import Edit, Recipe, layers, mapped

LENGTHS = (1, 2, 7, 33)
LONG = LENGTHS + (100,)
EQUAL = 1e-9  # most that iterated passes and token by token may differ in F64


class AboveAttention(nn.Module):
    """Attention over what layers have put on the shelf; what a layer above puts there is that of the pass before, at first nothing.

    A token does not see itself there, unless `diagonal`, which is wrong. Where nothing is seen, heads give zeros.
    """

    def __init__(self, attention: nn.Module, number: int, keys: int, values: int, window: int, shelf: dict, diagonal: bool):
        super().__init__()
        self.attention, self.number, self.keys, self.values = attention, number, keys, values
        self.window, self.shelf, self.nearest = window, shelf, 0 if diagonal or max(keys, values) <= number else 1

    def forward(self, hidden_states: torch.Tensor, position_embeddings: tuple, **_: Any) -> tuple[torch.Tensor, None]:
        a, count = self.attention, hidden_states.shape[1]
        heads = (1, count, -1, a.head_dim)
        query, key = a.q_proj(hidden_states).view(heads), a.k_proj(hidden_states).view(heads)
        if hasattr(a, "q_norm"):
            query, key = a.q_norm(query), a.k_norm(key)
        query, key = apply_rotary_pos_emb(query.transpose(1, 2), key.transpose(1, 2), *position_embeddings)
        value = a.v_proj(hidden_states).view(heads).transpose(1, 2)
        self.shelf[self.number] = key, value
        nothing = torch.zeros_like(key), torch.zeros_like(value)
        key = repeat_kv(self.shelf.get(self.keys, nothing)[0], a.num_key_value_groups)
        value = repeat_kv(self.shelf.get(self.values, nothing)[1], a.num_key_value_groups)
        distance = torch.arange(count)[:, None] - torch.arange(count)[None, :]
        seen = (distance >= self.nearest) & ((distance < self.window) if self.window else True)
        scores = (query @ key.transpose(2, 3) * a.scaling).masked_fill(~seen, float("-inf"))
        mixed = scores.softmax(-1).nan_to_num(0.0) @ value
        return a.o_proj(mixed.transpose(1, 2).reshape(1, count, -1)), None


def iterated(model: nn.Module, keys: list[int], values: list[int], windows: dict[int, int] = {}, diagonal: bool = False,
             most: int = 1 << 30) -> None:
    """As many passes over all tokens as there are tokens; fewer once a pass changed nothing that the next one reads."""
    shelf: dict[int, tuple] = {}
    for i, layer in enumerate(layers(model)):
        layer.self_attn = AboveAttention(layer.self_attn, i, keys[i], values[i], windows.get(i, 0), shelf, diagonal)
    one_pass = model.forward

    def passes(input_ids: torch.Tensor, **given: Any) -> Any:
        shelf.clear()
        for _ in range(min(most, input_ids.shape[1])):
            before = dict(shelf)
            made = one_pass(input_ids=input_ids, **given)
            if before and all(torch.equal(x, y) for i in shelf for x, y in zip(shelf[i], before[i])):
                break
        return made

    model.forward = passes


class TokenByToken:
    """The same model computed one token at a time, every layer from a cache of the tokens before."""

    def __init__(self, model: nn.Module, keys: list[int], values: list[int], windows: dict[int, int] = {}):
        self.model, self.keys, self.values, self.windows = model, keys, values, windows

    @torch.no_grad()
    def logits(self, ids: list[int]) -> torch.Tensor:
        stored: list[tuple[list, list]] = [([], []) for _ in layers(self.model)]
        return torch.stack([self.token(token, position, stored) for position, token in enumerate(ids)])

    def token(self, token: int, position: int, stored: list) -> torch.Tensor:
        inner = self.model.model
        hidden = inner.embed_tokens(torch.tensor([[token]]))
        angles = inner.rotary_emb(hidden, torch.tensor([[position]]))
        for number, layer in enumerate(layers(self.model)):
            hidden = hidden + self.attend(layer.self_attn, number, layer.input_layernorm(hidden), angles, position, stored)
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
        return self.model.lm_head(inner.norm(hidden))[0, 0]

    def attend(self, a: nn.Module, number: int, x: torch.Tensor, angles: tuple, position: int, stored: list) -> torch.Tensor:
        query, key, value = (m(x).view(1, 1, -1, a.head_dim) for m in (a.q_proj, a.k_proj, a.v_proj))
        if hasattr(a, "q_norm"):
            query, key = a.q_norm(query), a.k_norm(key)
        query, key = apply_rotary_pos_emb(query, key, *angles, unsqueeze_dim=2)
        stored[number][0].append(key[0, 0])
        stored[number][1].append(value[0, 0])
        keys, values = stored[self.keys[number]][0], stored[self.values[number]][1]
        end = min(len(keys), len(values))  # those of layers above end one token before
        start = max(0, position + 1 - self.windows[number]) if number in self.windows else 0
        if start >= end:
            return a.o_proj(torch.zeros_like(query).view(1, 1, -1))
        out = []
        for head in range(query.shape[2]):
            group = head // a.num_key_value_groups
            scores = torch.stack([query[0, 0, head] @ keys[p][group] for p in range(start, end)]) * a.scaling
            out.append(scores.softmax(0) @ torch.stack([values[p][group] for p in range(start, end)]))
        return a.o_proj(torch.cat(out).view(1, 1, -1))


def same(keys: list[int], values: list[int], windows: dict[int, int] = {}) -> Callable[[Recipe, nn.Module, nn.Module, list[dict]], None]:
    """Requires that iterated passes, in F64, end where computing token by token does."""
    def check(recipe: Recipe, passes: nn.Module, plain: nn.Module, records: list[dict]) -> None:
        for record in records:
            ids = record["ids"] + record["tokens"]
            sequential = torch.log_softmax(TokenByToken(plain, keys, values, windows).logits(ids), -1)
            apart = float((golden.log_probabilities(passes, ids) - sequential).abs().max())
            if not apart <= EQUAL:
                raise SystemExit(f"{recipe.name}: passes end {apart:.2g} away from what computing token by token gives")
    return check


def above(name: str, base: str, covers: str, operation: dict[str, Any], keys: list[int], values: list[int],
          windows: dict[int, int] = {}, wrong: dict[str, Edit] = {}, lengths: tuple[int, ...] = LENGTHS) -> Recipe:
    return Recipe(name, base, covers, [{"op": "kv-map", **operation}], lambda m: iterated(m, keys, values, windows),
                  {"diagonal not masked": lambda m: iterated(m, keys, values, windows, True),
                   "two passes": lambda m: iterated(m, keys, values, windows, most=2), **wrong},
                  lengths=lengths, check=same(keys, values, windows))


MIDDLE, TOP, WINDOWED = [0, 3, 3, 3, 3, 5], [0, 5, 5, 5, 5, 5], [0, 4, 4, 4, 4, 5]


def above_recipes() -> list[Recipe]:
    return [
        above("recipe-kv-middle", "llama-deep", "K and V of a block in the middle for those around it (sandwich-middle)",
              {"map": "0_3_3_3_3_5"}, MIDDLE, MIDDLE, wrong={"nothing mapped": lambda m: mapped(m, *[[0, 1, 2, 3, 4, 5]] * 2)},
              lengths=LONG),
        above("recipe-kv-top", "llama-deep", "K and V of the last block for all but the first (pizza-top)",
              {"map": "0_5_5_5_5_5"}, TOP, TOP, wrong={"nothing mapped": lambda m: mapped(m, *[[0, 1, 2, 3, 4, 5]] * 2)}),
        above("recipe-kv-above-windows", "llama-deep", "windows over K and V of a block above",
              {"map": "0_4s_4_4s_4_5", "window": 12}, WINDOWED, WINDOWED, {1: 12, 3: 12},
              {"window one too long": lambda m: iterated(m, WINDOWED, WINDOWED, {1: 13, 3: 13})}),
        above("recipe-kv-above-values", "qwen3-deep", "keys of a block below with values of one above, q and k norms",
              {"keys": "0_0_0_3", "values": "0_3_3_3"}, [0, 0, 0, 3], [0, 3, 3, 3],
              wrong={"both by keys": lambda m: mapped(m, *[[0, 0, 0, 3]] * 2)}),
    ]
