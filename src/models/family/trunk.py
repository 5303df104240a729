"""Where the siblings start: four trained layers of the demo model (its stages bind and names), which all of them take over.

Attention, norms and embedding are copied. Of the MLP the rows that add most are kept, the strongest first: a nested slice then has the
strongest rows, and experts share them out in turn. Mixers learn to do what the attention in their place did.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

import world  # noqa: F401
import tokenizer as tokenizers_of_demo
from corpus import Corpus
from curriculum import STAGES
from experts import MoeNetwork
from mamba2 import MambaLayer
from network import Layer, Network, Shape, rotary_table
from optimizer import MuonAdam


def trunk_from(checkpoint: Path) -> Network:
    saved = torch.load(checkpoint, weights_only=False)["network"]
    trunk = Network(Shape(layers=1 + max(int(name.split(".")[1]) for name in saved if name.startswith("layers."))))
    trunk.load_state_dict(saved)
    return trunk


class Lessons:
    """Batches of the stage that the trunk passed last."""

    def __init__(self, shape: Shape, seed: int):
        stage = STAGES["names"]
        self.corpus = Corpus(tokenizers_of_demo.train(), stage.mix, stage.length, stage.quiet_weight, seed, stage.one_per_row)
        self.rotary = rotary_table(shape, stage.length)

    @torch.no_grad()
    def inputs(self, trunk: Network, rows: int) -> list[Tensor]:
        """What each layer of the trunk reads, last what the head would read before its norm."""
        x = F.embedding(self.corpus.batch(rows)[0], trunk.embedding)
        states = [x]
        with torch.autocast("cpu", torch.bfloat16):
            for layer in trunk.layers:
                states.append(layer(states[-1], *self.rotary))
        return states


def normed(x: Tensor, weight: Tensor, layer: Layer) -> Tensor:
    return F.rms_norm(x, (x.shape[-1],), weight, layer.shape.norm_epsilon)


@torch.no_grad()
def strongest_first(layer: Layer, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rows of the MLP by the size of what they add to the tokens x."""
    x = x + layer.attend(normed(x, layer.attention_norm, layer), cos, sin)
    gate, up = F.linear(normed(x, layer.mlp_norm, layer), layer.gate_up).chunk(2, dim=-1)
    return ((F.silu(gate) * up).abs().mean((0, 1)) * layer.mlp_out.norm(dim=0)).argsort(descending=True)


@torch.no_grad()
def take_over(sibling: Network, trunk: Network) -> None:
    """Fills the sibling's weights from the trunk's; the mixers of a hybrid stay as they are."""
    lessons = Lessons(trunk.shape, 1)
    states = lessons.inputs(trunk, 16)
    sibling.embedding.copy_(trunk.embedding)
    sibling.final_norm.copy_(trunk.final_norm)
    for layer, old, x in zip(sibling.layers, trunk.layers, states):
        rows = strongest_first(old, x, *lessons.rotary)[:sibling.shape.hidden]
        if isinstance(sibling, MoeNetwork):
            rows = rows.view(-1, sibling.shape.experts).T.flatten()
        layer.gate_up.copy_(torch.cat([half[rows] for half in old.gate_up.chunk(2)]))
        layer.mlp_out.copy_(old.mlp_out[:, rows])
        for name in ("attention_norm", "mlp_norm", "qkv", "attention_out"):
            if hasattr(layer, name):
                getattr(layer, name).copy_(getattr(old, name))


def imitate(sibling: Network, trunk: Network, steps: int, log) -> None:
    """Every mixer reads what the attention in its place reads and learns to write the same; layers learn apart from each other."""
    lessons = Lessons(trunk.shape, 2)
    pairs = [(i, layer) for i, layer in enumerate(sibling.layers) if isinstance(layer, MambaLayer)]
    if not pairs:
        return
    learners = torch.nn.ModuleList(layer for _, layer in pairs)
    optimizer = MuonAdam(learners)
    for step in range(steps):
        states, left = lessons.inputs(trunk, 16), []
        with torch.autocast("cpu", torch.bfloat16):
            for i, layer in pairs:
                old = trunk.layers[i]
                x = normed(states[i], old.attention_norm, old)
                with torch.no_grad():
                    wanted = old.attend(x, *lessons.rotary).float()
                given = layer.attend(normed(states[i], layer.attention_norm, layer), *lessons.rotary).float()
                left.append((given - wanted).square().mean() / wanted.square().mean())
        sum(left).backward()
        for parameter in learners.parameters():
            parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        fall = 1 - step / steps
        optimizer.step(0.01 * fall, 0.004 * fall, 0.0)
        if step % 50 == 49:
            log(f"imitating step {step + 1}: left over " + ", ".join(f"{share.item():.3f}" for share in left))
