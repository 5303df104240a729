"""Forecasters of multivariate time series, written from their papers. Series are [batch, time, variates]."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry
from layers import Attention, Block, Mlp, causal

ENTRIES = Registry()
PAST, FUTURE, VARIATES, DIM = 24, 8, 5, 16


def series():
    t = torch.arange(PAST)[None, :, None] * torch.rand(2, 1, VARIATES)
    return {"series": torch.sin(t) + 0.3 * torch.randn(2, PAST, VARIATES)}


def normalized(x):
    """Instance normalization, and what undoes it."""
    mean = x.mean(1, keepdim=True)
    spread = (x - mean).square().mean(1, keepdim=True).add(1e-5).sqrt()
    return (x - mean) / spread, mean, spread


class Inverted(nn.Module):
    """Embeds each variate's whole past as one token, and reads its future from it."""

    def __init__(self, *blocks):
        super().__init__()
        self.embed, self.blocks, self.head = nn.Linear(PAST, DIM), nn.Sequential(*blocks), nn.Linear(DIM, FUTURE)

    def forward(self, series):
        x, mean, spread = normalized(series)
        return self.head(self.blocks(self.embed(x.transpose(1, 2)))).transpose(1, 2) * spread + mean


@ENTRIES.entry("itransformer", "001/32 002/13", "attention across variates, a feed-forward per variate", outputs=["forecast"])
def _():
    return Inverted(Block(DIM), Block(DIM), nn.LayerNorm(DIM)), series()


@ENTRIES.entry("samformer", "004/93", "one channel-wise attention over raw series, reversible normalization", outputs=["forecast"])
def _():
    class Sam(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k, self.v, self.o = nn.Linear(PAST, DIM), nn.Linear(PAST, DIM), nn.Linear(PAST, PAST), nn.Linear(PAST, FUTURE)

        def forward(self, series):
            x, mean, spread = normalized(series)
            x = x.transpose(1, 2)
            scores = self.q(x) @ self.k(x).transpose(1, 2) / math.sqrt(DIM)
            return self.o(x + scores.softmax(-1) @ self.v(x)).transpose(1, 2) * spread + mean

    return Sam(), series()


@ENTRIES.entry("gateformer", "004/68", "time within a variate, then attention across variates, joined by gates", outputs=["forecast"])
def _():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.patch, self.time, self.whole = nn.Linear(6, DIM), Block(DIM), nn.Linear(PAST, DIM)
            self.gate1, self.gate2, self.across = nn.Linear(2 * DIM, DIM), nn.Linear(2 * DIM, DIM), Block(DIM)

        def forward(self, x):
            b, n, _ = x.shape
            local = self.time(self.patch(x.reshape(b * n, 4, 6))).mean(1).reshape(b, n, DIM)
            whole = self.whole(x)
            gate = self.gate1(torch.cat([local, whole], -1)).sigmoid()
            x = gate * local + (1 - gate) * whole
            mixed = self.across(x)
            gate = self.gate2(torch.cat([x, mixed], -1)).sigmoid()
            return gate * mixed + (1 - gate) * x

    model = Inverted(Gated())
    model.embed = nn.Identity()
    return model, series()


@ENTRIES.entry("olinear", "000/9", "linear layers in an orthogonally transformed domain, normalized weights for attention", outputs=["forecast"])
def _():
    class NormLin(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.norm1, self.norm2, self.mlp = nn.Parameter(torch.zeros(VARIATES, VARIATES)), nn.LayerNorm(DIM), nn.LayerNorm(DIM), Mlp(DIM)

        def forward(self, x):
            share = F.normalize(F.softplus(self.weight), p=1, dim=-1)
            x = self.norm1(x + share @ x)
            return self.norm2(x + self.mlp(x))

    class OLinear(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("into", torch.linalg.qr(torch.randn(PAST, PAST))[0])
            self.register_buffer("back", torch.linalg.qr(torch.randn(FUTURE, FUTURE))[0])
            self.embed, self.blocks, self.head = nn.Linear(PAST, DIM), nn.Sequential(NormLin(), NormLin()), nn.Linear(DIM, FUTURE)

        def forward(self, series):
            x, mean, spread = normalized(series)
            x = self.head(self.blocks(self.embed(x.transpose(1, 2) @ self.into)))
            return (x @ self.back.t()).transpose(1, 2) * spread + mean

    return OLinear(), series()


def moving_average(x, width=5):
    padded = torch.cat([x[:, :1].expand(-1, width // 2, -1), x, x[:, -1:].expand(-1, width // 2, -1)], 1)
    return F.avg_pool1d(padded.transpose(1, 2), width, 1).transpose(1, 2)


@ENTRIES.entry("autoformer", "001/22", "series decomposition and correlation of a series with its own delays", outputs=["forecast"])
def _():
    class AutoCorrelation(nn.Module):
        """Scores every delay, and mixes the series rolled by the three best; delays as rows of a circulant gather."""

        def __init__(self):
            super().__init__()
            self.q, self.k, self.v, self.o = (nn.Linear(DIM, DIM) for _ in range(4))
            at = torch.arange(PAST)
            self.register_buffer("rolled", (at[None, :] + at[:, None]) % PAST)

        def forward(self, x):
            q, k, v = self.q(x), self.k(x), self.v(x)
            products = q @ k.transpose(1, 2) / DIM
            # products[t + delay, t] summed over t
            picked = products.transpose(1, 2).gather(2, self.rolled.t()[None].expand(x.shape[0], -1, -1))
            best, delay = picked.mean(1).topk(3, dim=-1)
            share = best.softmax(-1)
            at = (torch.arange(PAST)[None, None] + delay[:, :, None]) % PAST
            values = v[:, None].expand(-1, 3, -1, -1).gather(2, at[..., None].expand(-1, -1, -1, DIM))
            return self.o((values * share[:, :, None, None]).sum(1))

    class Autoformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.mix, self.mlp = nn.Linear(VARIATES, DIM), AutoCorrelation(), Mlp(DIM)
            self.season, self.trend, self.out = nn.Linear(PAST, FUTURE), nn.Linear(PAST, FUTURE), nn.Linear(DIM, VARIATES)

        def forward(self, series):
            trend = moving_average(series)
            x = self.embed(series - trend)
            x = x + self.mix(x)
            x = x - moving_average(x)
            x = x + self.mlp(x)
            x = x - moving_average(x)
            season = self.season(self.out(x).transpose(1, 2))
            return (season + self.trend(trend.transpose(1, 2))).transpose(1, 2)

    return Autoformer(), series()


@ENTRIES.entry("informer", "001/16", "attention by the most informative queries, distilling, all of the future at once", outputs=["forecast"])
def _():
    class ProbSparse(Attention):
        """Queries whose scores spread most attend, the others take the mean; measured over all keys, so nothing is random."""

        def forward(self, x):
            q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
            scores = q @ k.transpose(-1, -2) / math.sqrt(self.size)
            spread = scores.amax(-1) - scores.mean(-1)
            limit = spread.topk(6, dim=-1).values[..., -1:]
            active = (spread >= limit)[..., None]
            return self.o(self.join(torch.where(active, scores.softmax(-1) @ v, v.mean(2, keepdim=True))))

    class Informer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.first, self.second = nn.Linear(VARIATES, DIM), Block(DIM, ProbSparse(DIM)), Block(DIM, ProbSparse(DIM))
            self.distil, self.cross, self.own = nn.Conv1d(DIM, DIM, 3, padding=1), Attention(DIM), Block(DIM)
            self.queries, self.out = nn.Parameter(torch.zeros(1, FUTURE, DIM)), nn.Linear(DIM, VARIATES)

        def forward(self, series):
            x = self.embed(series)
            memory = F.max_pool1d(F.elu(self.distil(self.first(x).transpose(1, 2))), 3, 2, 1).transpose(1, 2)
            memory = self.second(memory)
            y = torch.cat([x[:, -8:], self.queries.expand(x.shape[0], -1, -1)], 1)
            y = self.own(y, causal(16))
            return self.out(y + self.cross(y, context=memory))[:, -FUTURE:]

    return Informer(), series()


@ENTRIES.entry("scaleformer", "004/76", "a forecast refined from coarse to fine by shared weights", outputs=["forecast"])
def _():
    class Scales(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.block, self.out = nn.Linear(VARIATES, DIM), Block(DIM), nn.Linear(DIM, VARIATES)

        def forward(self, series):
            guess = series[:, -1:].expand(-1, 2, -1)
            for scale in (4, 2, 1):
                past = F.avg_pool1d(series.transpose(1, 2), scale, scale).transpose(1, 2)
                guess = F.interpolate(guess.transpose(1, 2), size=FUTURE // scale, mode="linear", align_corners=False).transpose(1, 2)
                both = torch.cat([past, guess], 1)
                mean = both.mean(1, keepdim=True)
                guess = self.out(self.block(self.embed(both - mean)))[:, -(FUTURE // scale):] + mean
            return guess

    return Scales(), series()


class Selective(nn.Module):
    """One selective state space scan over tokens, unrolled."""

    def __init__(self, dim, states=4):
        super().__init__()
        self.states, self.put, self.parameters_of, self.out = states, nn.Linear(dim, 2 * dim), nn.Linear(dim, dim + 2 * states), nn.Linear(dim, dim)
        self.register_buffer("a", -torch.arange(1, states + 1).float())

    def forward(self, x):
        u, z = self.put(x).chunk(2, -1)
        dt, b, c = self.parameters_of(u).split([x.shape[-1], self.states, self.states], -1)
        dt, h, rows = F.softplus(dt), 0, []
        for t in range(x.shape[1]):
            h = torch.exp(dt[:, t, :, None] * self.a) * h + (dt[:, t] * u[:, t])[..., None] * b[:, t, None]
            rows.append((h * c[:, t, None]).sum(-1))
        return self.out(torch.stack(rows, 1) * F.silu(z))


@ENTRIES.entry("s-mamba", "001/17", "a bidirectional state space scan over variates", outputs=["forecast"])
def _():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.forth, self.back = Selective(DIM), Selective(DIM)

        def forward(self, x):
            return self.forth(x) + self.back(x.flip(1)).flip(1)

    return Inverted(Block(DIM, Both()), nn.LayerNorm(DIM)), series()


@ENTRIES.entry("t2", "003/18", "attention over a light curve with convolutional embedding, mean, then features beside it")
def _():
    class Transients(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.blocks = nn.Conv1d(VARIATES, DIM, 1), nn.Sequential(Block(DIM), Block(DIM))
            self.head = nn.Linear(DIM + 2, 6)

        def forward(self, series, redshift):
            x = self.embed(series.transpose(1, 2)).transpose(1, 2)
            return self.head(torch.cat([self.blocks(x).mean(1), redshift], -1)).softmax(-1)

    return Transients(), {**series(), "redshift": torch.rand(2, 2)}


@ENTRIES.entry("dbconformer", "000/45", "a temporal and a spatial branch of convolutions and attention over EEG channels")
def _():
    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.time, self.space = nn.Conv1d(VARIATES, DIM, 6, 3), nn.Linear(PAST, DIM)
            self.t, self.s, self.weigh = Block(DIM), Block(DIM), nn.Linear(DIM, 1)
            self.head = nn.Linear(2 * DIM, 4)

        def forward(self, series):
            t = self.t(self.time(series.transpose(1, 2)).transpose(1, 2)).mean(1)
            s = self.s(self.space(series.transpose(1, 2)))
            s = (self.weigh(s).softmax(1) * s).sum(1)
            return self.head(torch.cat([t, s], -1))

    return Branches(), series()


@ENTRIES.entry("solar-forecaster", "004/112", "a transformer over sky images, then a linear layer, for the power of a plant", outputs=["power_next"])
def _():
    class Sky(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.blocks = nn.Conv2d(3, DIM, 8, 8), nn.Sequential(Block(DIM), Block(DIM))
            self.head = nn.Linear(DIM + 4, 1)

        def forward(self, images, power):
            b, t = images.shape[:2]
            x = self.embed(images.flatten(0, 1)).mean((2, 3)).reshape(b, t, DIM)
            return self.head(torch.cat([self.blocks(x).mean(1), power], -1))

    return Sky(), {"images": torch.randn(2, 4, 3, 16, 16), "power": torch.rand(2, 4)}


@ENTRIES.entry("predformer", "002/34", "gated transformer blocks, factorized over space and time, over frames", outputs=["frames"])
def _():
    class GatedBlock(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = Block(DIM, mlp=Swish())

        def forward(self, x):
            return self.attention(x)

    class Swish(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(DIM, DIM), nn.Linear(DIM, DIM), nn.Linear(DIM, DIM)

        def forward(self, x):
            return self.c(F.silu(self.a(x)) * self.b(x))

    class Frames(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.space, self.time, self.out = nn.Linear(16, DIM), GatedBlock(), GatedBlock(), nn.Linear(DIM, 16)

        def forward(self, video):
            b, t, h, w = video.shape
            x = video.reshape(b, t, h // 4, 4, w // 4, 4).permute(0, 1, 2, 4, 3, 5).reshape(b, t, -1, 16)
            n = x.shape[2]
            x = self.space(self.embed(x).reshape(b * t, n, DIM)).reshape(b, t, n, DIM).transpose(1, 2)
            x = self.out(self.time(x.reshape(b * n, t, DIM))).reshape(b, n, t, 16).transpose(1, 2)
            return x.reshape(b, t, h // 4, w // 4, 4, 4).permute(0, 1, 2, 4, 3, 5).reshape(b, t, h, w)

    return Frames(), {"video": torch.randn(2, 4, 16, 16)}
