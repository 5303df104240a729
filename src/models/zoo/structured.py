"""Tables, recommenders, graphs, documents and several modalities, written from their papers or as transformers has them."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry, image
from layers import Attention, Block, Glu, Mlp, Patches, RmsNorm, causal

ENTRIES = Registry()
DIM, FIELDS = 16, 6


def table():
    return {"numbers": torch.randn(2, FIELDS), "categories": torch.randint(0, 8, (2, 3))}


class Columns(nn.Module):
    """One token per column: numbers scaled, categories looked up."""

    def __init__(self):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.zeros(1, FIELDS, DIM)), nn.Parameter(torch.zeros(1, FIELDS, DIM))
        self.lookup, self.token = nn.Embedding(24, DIM), nn.Parameter(torch.zeros(1, 1, DIM))

    def forward(self, numbers, categories):
        words = self.lookup(categories + torch.arange(3) * 8)
        return torch.cat([self.token.expand(numbers.shape[0], -1, -1), numbers[..., None] * self.scale + self.shift, words], 1)


@ENTRIES.entry("excelformer", "000/14", "semi-permeable attention: a column sees only columns at least as informative, gated feed-forward")
def _():
    class Excel(nn.Module):
        def __init__(self):
            super().__init__()
            self.columns, self.head = Columns(), nn.Linear(DIM, 2)
            self.blocks = nn.ModuleList(Block(DIM, mlp=Glu(DIM, DIM, torch.tanh)) for _ in range(2))

        def forward(self, numbers, categories):
            x = self.columns(numbers, categories)
            for block in self.blocks:
                x = block(x, causal(10))
            return self.head(F.prelu(x.mean(1), torch.tensor([0.25])))

    return Excel(), table()


@ENTRIES.entry("multitab", "003/4", "several tasks over one table, masked so that tasks do not see one another", outputs=["task_a", "task_b"])
def _():
    class MultiTask(nn.Module):
        def __init__(self):
            super().__init__()
            self.columns, self.tasks = Columns(), nn.Parameter(torch.zeros(1, 2, DIM))
            self.blocks, self.heads = nn.ModuleList(Block(DIM) for _ in range(2)), nn.ModuleList(nn.Linear(DIM, n) for n in (2, 1))
            hidden = torch.zeros(12, 12)
            hidden[2:, :2] = hidden[0, 1] = hidden[1, 0] = -1e4
            self.register_buffer("hidden", hidden)

        def forward(self, numbers, categories):
            x = self.columns(numbers, categories)
            x = torch.cat([self.tasks.expand(x.shape[0], -1, -1), x], 1)
            for block in self.blocks:
                x = block(x, self.hidden)
            return self.heads[0](x[:, 0]), self.heads[1](x[:, 1])

    return MultiTask(), table()


@ENTRIES.entry("hiformer", "000/7 004/36", "attention with projections per feature, low-rank, for ranking", outputs=["score"])
def _():
    class Hetero(nn.Module):
        def __init__(self, fields=10, rank=4):
            super().__init__()
            self.down, self.up = nn.Parameter(torch.zeros(fields * DIM, rank * 6)), nn.Parameter(torch.zeros(rank * 6, 3 * fields * DIM))
            self.norm, self.fields, self.mlp = nn.LayerNorm(DIM), fields, Mlp(DIM)

        def forward(self, x):
            flat = self.norm(x).flatten(1) @ self.down @ self.up
            q, k, v = flat.reshape(-1, 3, self.fields, DIM).unbind(1)
            x = x + (q @ k.transpose(1, 2) / math.sqrt(DIM)).softmax(-1) @ v
            return x + self.mlp(x)

    class Ranker(nn.Module):
        def __init__(self):
            super().__init__()
            self.columns, self.layer, self.head = Columns(), Hetero(), nn.Linear(10 * DIM, 1)

        def forward(self, numbers, categories):
            return self.head(self.layer(self.columns(numbers, categories)).flatten(1)).sigmoid()

    return Ranker(), table()


@ENTRIES.entry("onetrans", "004/104", "one causal transformer over behaviour and features; features have weights of their own", outputs=["score"])
def _():
    class Mixed(nn.Module):
        def __init__(self, singles=4):
            super().__init__()
            self.shared, self.own = nn.Linear(DIM, 3 * DIM), nn.Parameter(torch.zeros(singles, DIM, 3 * DIM))
            self.norm, self.mlp, self.norm2, self.singles = RmsNorm(DIM), Mlp(DIM), RmsNorm(DIM), singles

        def forward(self, x):
            h, s = self.norm(x), self.singles
            qkv = torch.cat([self.shared(h[:, :-s]), torch.einsum("bnd,nde->bne", h[:, -s:], self.own)], 1)
            q, k, v = qkv.chunk(3, -1)
            x = x + (q @ k.transpose(1, 2) / math.sqrt(DIM) + causal(x.shape[1])).softmax(-1) @ v
            return x + self.mlp(self.norm2(x))

    class OneTrans(nn.Module):
        def __init__(self):
            super().__init__()
            self.items, self.features = nn.Embedding(32, DIM), nn.Linear(FIELDS, 4 * DIM)
            self.blocks, self.head = nn.Sequential(Mixed(), Mixed()), nn.Linear(DIM, 1)

        def forward(self, behaviour, numbers):
            x = torch.cat([self.items(behaviour), self.features(numbers).reshape(-1, 4, DIM)], 1)
            return self.head(self.blocks(x)[:, -1]).sigmoid()

    return OneTrans(), {"behaviour": torch.randint(0, 32, (2, 8)), "numbers": torch.randn(2, FIELDS)}


class LocalMix(nn.Module):
    """Gated messages along a dense adjacency with edge features."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.u, self.v, self.e = (nn.Linear(DIM, DIM) for _ in range(5))

    def forward(self, x, edges, adjacency):
        gate = (self.a(x)[:, :, None] + self.b(x)[:, None] + self.e(edges)).sigmoid() * adjacency[..., None]
        return F.relu(self.u(x) + (gate * self.v(x)[:, None]).sum(2) / (gate.sum(2) + 1e-6))


def graph(nodes=7):
    a = (torch.rand(2, nodes, nodes) < 0.4).float()
    return {"nodes": torch.randn(2, nodes, 5), "edges": torch.randn(2, nodes, nodes, 3), "adjacency": torch.maximum(a, a.transpose(1, 2))}


class GraphModel(nn.Module):
    def __init__(self, across):
        super().__init__()
        self.embed, self.edge, self.walk = nn.Linear(5, DIM), nn.Linear(3, DIM), nn.Linear(3, DIM)
        self.local, self.across, self.mlp, self.norm = LocalMix(), across, Mlp(DIM), nn.LayerNorm(DIM)
        self.head = nn.Linear(DIM, 3)

    def forward(self, nodes, edges, adjacency):
        step = adjacency / adjacency.sum(-1, keepdim=True).clamp(min=1.0)
        back, power = [], step
        for _ in range(3):
            power = power @ step
            back.append(torch.diagonal(power, dim1=1, dim2=2))
        x = self.embed(nodes) + self.walk(torch.stack(back, -1))
        x = x + self.local(x, self.edge(edges), adjacency) + self.across(self.norm(x))
        return self.head((x + self.mlp(x)).mean(1))


@ENTRIES.entry("graphgps", "001/24 003/1", "random-walk encodings, gated messages along edges, attention between all nodes")
def _():
    return GraphModel(Attention(DIM)), graph()


@ENTRIES.entry("mpnn-virtual-node", "001/38", "message passing with one node that all others see")
def _():
    class Virtual(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down = Mlp(DIM), Mlp(DIM)

        def forward(self, x):
            return self.down(self.up(x).mean(1, keepdim=True)).expand_as(x)

    return GraphModel(Virtual()), graph()


@ENTRIES.entry("xdoc", "004/12", "one encoder for plain, document and web text: layout and tags enter through adapters", outputs=["hidden"])
def _():
    class XDoc(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.tags, self.boxes = nn.Embedding(64, DIM), nn.Embedding(8, DIM), nn.Linear(4, DIM)
            self.adapt1, self.adapt2 = Mlp(DIM, 8, nn.ReLU), Mlp(DIM, 8, nn.ReLU)
            self.blocks, self.norm = nn.Sequential(Block(DIM), Block(DIM)), nn.LayerNorm(DIM)

        def forward(self, input_ids, boxes, tags):
            x = self.words(input_ids) + self.adapt1(self.boxes(boxes)) + self.adapt2(self.tags(tags))
            return self.blocks(self.norm(x))

    return XDoc(), {"input_ids": torch.randint(0, 64, (2, 9)), "boxes": torch.rand(2, 9, 4), "tags": torch.randint(0, 8, (2, 9))}


@ENTRIES.entry("beit3", "004/66", "multiway transformer: shared attention, an expert feed-forward per modality", outputs=["image_state", "text_state"])
def _():
    class Multiway(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.attention = nn.LayerNorm(DIM), Attention(DIM)
            self.vision, self.language = (nn.Sequential(nn.LayerNorm(DIM), Mlp(DIM)) for _ in range(2))

        def forward(self, x):
            x = x + self.attention(self.norm(x))
            return x + torch.cat([self.vision(x[:, :16]), self.language(x[:, 16:])], 1)

    class Beit3(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches, self.words, self.blocks = Patches(DIM, 16), nn.Embedding(64, DIM), nn.Sequential(Multiway(), Multiway())

        def forward(self, image, input_ids):
            x = self.blocks(torch.cat([self.patches(image), self.words(input_ids)], 1))
            return x[:, 0], x[:, -1]

    return Beit3(), {"image": image(), "input_ids": torch.randint(0, 64, (2, 6))}


@ENTRIES.entry("avsiam", "004/3", "one vision transformer for pictures and spectrograms alike", outputs=["audio_visual"])
def _():
    class Siamese(nn.Module):
        def __init__(self):
            super().__init__()
            self.picture, self.sound = Patches(DIM, 16), Patches(DIM, 8, channels=1)
            self.blocks, self.norm = nn.Sequential(Block(DIM), Block(DIM)), nn.LayerNorm(DIM)

        def forward(self, image, spectrogram):
            return self.norm(self.blocks(torch.cat([self.picture(image), self.sound(spectrogram)], 1))).mean(1)

    return Siamese(), {"image": image(), "spectrogram": torch.randn(2, 1, 16, 32)}


@ENTRIES.entry("decision-transformer", "001/78", "returns, states and actions as one causal sequence: the policy of the physics-informed one",
               "transformers DecisionTransformerModel", outputs=["actions_next"])
def _():
    from transformers import DecisionTransformerConfig, DecisionTransformerModel

    class Policy(nn.Module):
        def __init__(self):
            super().__init__()
            config = DecisionTransformerConfig(state_dim=4, act_dim=2, hidden_size=DIM, max_ep_len=16, n_layer=2, n_head=2, n_positions=32)
            config._attn_implementation = "eager"
            self.model = DecisionTransformerModel(config)

        def forward(self, states, actions, returns, timesteps):
            return self.model(states=states, actions=actions, returns_to_go=returns, timesteps=timesteps,
                              attention_mask=torch.ones_like(timesteps)).action_preds

    return Policy(), {"states": torch.randn(2, 5, 4), "actions": torch.randn(2, 5, 2), "returns": torch.randn(2, 5, 1),
                      "timesteps": torch.arange(5)[None].repeat(2, 1)}


@ENTRIES.entry("flatformer", "001/23", "points sorted along one axis, attention in groups of equal size, then along the other", outputs=["features"])
def _():
    class Grouped(nn.Module):
        def __init__(self, axis, size=6):
            super().__init__()
            self.axis, self.size, self.block = axis, size, Block(DIM)

        def forward(self, x, points):
            b, n, c = x.shape
            order = points[..., self.axis].argsort(1)
            back = order.argsort(1)
            pick = lambda t, at: t.gather(1, at[..., None].expand(-1, -1, c))
            grouped = self.block(pick(x, order).reshape(-1, self.size, c)).reshape(b, n, c)
            return pick(grouped, back)

    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.first, self.second = nn.Linear(4, DIM), Grouped(0), Grouped(1)

        def forward(self, points):
            return self.second(self.first(self.embed(points), points), points)

    return Flat(), {"points": torch.randn(2, 24, 4)}


@ENTRIES.entry("neural-process", "003/16", "observed points attend to one another, candidates to them: values of an acquisition function", outputs=["acquisition"])
def _():
    class Process(nn.Module):
        def __init__(self):
            super().__init__()
            self.seen, self.asked, self.blocks = Mlp(3, 16, out=DIM), Mlp(2, 16, out=DIM), nn.ModuleList(Block(DIM) for _ in range(2))
            self.head = nn.Linear(DIM, 1)
            hidden = torch.zeros(14, 14)
            hidden[:, 8:] = -1e4
            self.register_buffer("hidden", hidden * (1 - torch.eye(14)))

        def forward(self, x, y, candidates):
            h = torch.cat([self.seen(torch.cat([x, y], -1)), self.asked(candidates)], 1)
            for block in self.blocks:
                h = block(h, self.hidden)
            return self.head(h[:, 8:]).squeeze(-1)

    return Process(), {"x": torch.rand(2, 8, 2), "y": torch.randn(2, 8, 1), "candidates": torch.rand(2, 6, 2)}
