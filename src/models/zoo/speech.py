"""Speech and audio graphs, written from their papers. Features are [batch, frames, bands]."""

import torch
import torch.nn.functional as F
from torch import nn

from entry import Registry
from layers import Attention, Block, Mlp

ENTRIES = Registry()
DIM, BANDS, VOCABULARY = 16, 20, 12


class ConvModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.into, self.out = nn.Linear(DIM, 2 * DIM), nn.Linear(DIM, DIM)
        self.depth, self.norm = nn.Conv1d(DIM, DIM, 7, padding=3, groups=DIM), nn.BatchNorm1d(DIM)

    def forward(self, x):
        x = F.glu(self.into(x), -1).transpose(1, 2)
        return self.out(F.silu(self.norm(self.depth(x))).transpose(1, 2))


def features(frames=32):
    return torch.randn(2, frames, BANDS)


def mask(lengths, frames):
    return (torch.arange(frames)[None] < lengths[:, None]).float()


@ENTRIES.entry("squeezeformer", "000/1", "attention and convolution blocks with post-norm, a U-Net over time, masked by length", outputs=["log_probs"])
def _():
    class Post(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.scale, self.shift, self.inner, self.norm = nn.Parameter(torch.ones(DIM)), nn.Parameter(torch.zeros(DIM)), inner, nn.LayerNorm(DIM)

        def forward(self, x, *extra):
            return self.norm(x + self.inner(x * self.scale + self.shift, *extra))

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c, self.d = Post(Attention(DIM)), Post(Mlp(DIM, activation=nn.SiLU)), Post(ConvModule()), Post(Mlp(DIM, activation=nn.SiLU))

        def forward(self, x, keep):
            x = self.b(self.a(x, (1 - keep[:, None, None]) * -1e4))
            return self.d(self.c(x * keep[..., None]))

    class Squeezeformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Sequential(nn.Conv1d(BANDS, DIM, 3, 2, 1), nn.SiLU(), nn.Conv1d(DIM, DIM, 3, 2, 1, groups=DIM))
            self.first, self.middle, self.last = Layer(), Layer(), Layer()
            self.halve, self.restore, self.head = nn.Conv1d(DIM, DIM, 3, 2, 1, groups=DIM), nn.Linear(DIM, DIM), nn.Linear(DIM, VOCABULARY)

        def forward(self, features, lengths):
            keep = mask(lengths, features.shape[1])
            x = self.down((features * keep[..., None]).transpose(1, 2)).transpose(1, 2)
            x = self.first(x, keep[:, ::4])
            y = self.middle(self.halve(x.transpose(1, 2)).transpose(1, 2), keep[:, ::8])
            x = self.last(x + self.restore(y.repeat_interleave(2, 1)), keep[:, ::4])
            return self.head(x).log_softmax(-1)

    return Squeezeformer(), {"features": features(), "lengths": torch.tensor([32, 24])}


@ENTRIES.entry("streaming-conformer", "000/57", "cache-aware streaming: a chunk with the past of attention and of convolution handed on",
               outputs=["log_probs", "cache_time_next", "cache_channel_next"])
def _():
    class Streaming(nn.Module):
        def __init__(self, past=8, taps=5):
            super().__init__()
            self.past, self.taps, self.embed = past, taps, nn.Linear(BANDS, DIM)
            self.n1, self.n2, self.n3 = (nn.LayerNorm(DIM) for _ in range(3))
            self.attention, self.into, self.conv = Attention(DIM), nn.Linear(DIM, 2 * DIM), nn.Conv1d(DIM, DIM, taps, groups=DIM)
            self.out, self.mlp, self.head = nn.Linear(DIM, DIM), Mlp(DIM, activation=nn.SiLU), nn.Linear(DIM, VOCABULARY)

        def forward(self, chunk, cache_time, cache_channel):
            x = self.embed(chunk)
            h = self.n1(x)
            seen = torch.cat([cache_channel, h], 1)
            x = x + self.attention(h, context=seen)
            u = torch.cat([cache_time, F.glu(self.into(self.n2(x)), -1).transpose(1, 2)], 2)
            x = x + self.out(F.silu(self.conv(u)).transpose(1, 2))
            x = x + self.mlp(self.n3(x))
            return self.head(x).log_softmax(-1), u[:, :, -(self.taps - 1):], seen[:, -self.past:]

    return Streaming(), {"chunk": features(4), "cache_time": torch.randn(2, DIM, 4), "cache_channel": torch.randn(2, 8, DIM)}


@ENTRIES.entry("moe-conformer", "004/30", "conformer blocks that share weights, experts with routers of their own", outputs=["log_probs"])
def _():
    class Experts(nn.Module):
        def __init__(self, experts=4):
            super().__init__()
            self.experts = nn.ModuleList(Mlp(DIM, activation=nn.SiLU) for _ in range(experts))

        def forward(self, x, router):
            score = router(x).softmax(-1)
            best = score.max(-1, keepdim=True).values
            gate = torch.where(score == best, score, torch.zeros_like(score))
            return sum(gate[..., e:e + 1] * expert(x) for e, expert in enumerate(self.experts))

    class Shared(nn.Module):
        def __init__(self, depth=3):
            super().__init__()
            self.embed, self.before, self.attention, self.conv, self.experts = nn.Linear(BANDS, DIM), Mlp(DIM), Attention(DIM), ConvModule(), Experts()
            self.routers = nn.ModuleList(nn.Linear(DIM, 4) for _ in range(depth))
            self.norms = nn.ModuleList(nn.ModuleList(nn.LayerNorm(DIM) for _ in range(4)) for _ in range(depth))
            self.head = nn.Linear(DIM, VOCABULARY)

        def forward(self, features):
            x = self.embed(features)
            for router, (a, b, c, d) in zip(self.routers, self.norms):
                x = x + 0.5 * self.before(a(x))
                x = x + self.attention(b(x))
                x = x + self.conv(c(x))
                x = x + 0.5 * self.experts(d(x), router)
            return self.head(x).log_softmax(-1)

    return Shared(), {"features": features()}


@ENTRIES.entry("mossformer", "000/41", "gated single-head attention, full within chunks and linear over all, for two speakers", outputs=["masks"])
def _():
    class Joint(nn.Module):
        def __init__(self, chunk=8, head=8):
            super().__init__()
            self.chunk, self.u, self.v, self.z = chunk, nn.Linear(DIM, 2 * DIM), nn.Linear(DIM, 2 * DIM), nn.Linear(DIM, head)
            self.scales = nn.ParameterList(nn.Parameter(torch.ones(head)) for _ in range(4))
            self.norm, self.out = nn.LayerNorm(DIM), nn.Linear(2 * DIM, DIM)
            self.depth = nn.Conv1d(2 * DIM, 2 * DIM, 5, padding=2, groups=2 * DIM)

        def forward(self, x):
            b, n, _ = x.shape
            h = self.norm(x)
            u, z = F.silu(self.u(h)), F.silu(self.z(h))
            v = F.silu(self.v(h))
            v = v + self.depth(v.transpose(1, 2)).transpose(1, 2)
            q, k, lq, lk = (z * s for s in self.scales)
            local = [t.reshape(b, n // self.chunk, self.chunk, -1) for t in (q, k, v)]
            near = (F.relu(local[0] @ local[1].transpose(-1, -2) / self.chunk).square() @ local[2]).reshape(b, n, -1)
            far = lq @ (lk.transpose(1, 2) @ v) / n
            return x + self.out(u * (near + far))

    class Separate(nn.Module):
        def __init__(self):
            super().__init__()
            self.encode, self.blocks, self.masks = nn.Conv1d(1, DIM, 8, 4, 2), nn.Sequential(Joint(), Joint()), nn.Linear(DIM, 2 * DIM)

        def forward(self, wave):
            x = F.relu(self.encode(wave[:, None]))
            m = F.relu(self.masks(self.blocks(x.transpose(1, 2))))
            return m.transpose(1, 2).reshape(-1, 2, DIM, x.shape[2]) * x[:, None]

    return Separate(), {"wave": torch.randn(2, 128)}


@ENTRIES.entry("paraformer", "001/61", "continuous integrate-and-fire counts the tokens, one decoder pass emits all", outputs=["log_probs", "counts"])
def _():
    class Fire(nn.Module):
        """The weight of frame t in token n is what of its mass falls between n and n + 1."""

        def __init__(self, most=8):
            super().__init__()
            self.most, self.embed, self.encoder, self.alpha = most, nn.Linear(BANDS, DIM), Block(DIM), nn.Linear(DIM, 1)
            self.decoder, self.cross, self.head = Block(DIM), Attention(DIM), nn.Linear(DIM, VOCABULARY)

        def forward(self, features):
            x = self.encoder(self.embed(features))
            alpha = self.alpha(x).sigmoid().squeeze(-1) * 0.4
            end = alpha.cumsum(1)
            n = torch.arange(self.most).float()[None, :, None]
            share = torch.minimum(end[:, None], n + 1) - torch.maximum((end - alpha)[:, None], n)
            tokens = F.relu(share) @ x
            y = tokens + self.cross(tokens, context=x)
            return self.head(self.decoder(y)).log_softmax(-1), end[:, -1]

    return Fire(), {"features": features()}


@ENTRIES.entry("lmuformer", "001/12", "a Legendre memory of fixed matrices over time with convolutional mixing")
def _():
    class Lmu(nn.Module):
        def __init__(self, order=6, theta=16.0):
            super().__init__()
            q = torch.arange(order).float()
            i, j = q[:, None], q[None]
            a = torch.where(i < j, -torch.ones(()), (-1.0) ** (i - j + 1)) * (2 * i + 1) / theta
            b = ((2 * q + 1) * (-1.0) ** q / theta)[:, None]
            step = torch.matrix_exp(torch.cat([torch.cat([a, b], 1), torch.zeros(1, order + 1)]))
            self.register_buffer("a", step[:order, :order].t().contiguous())
            self.register_buffer("b", step[:order, order].contiguous())
            self.u, self.out = nn.Linear(DIM, 1), nn.Linear(order + DIM, DIM)

        def forward(self, x):
            u, m, rows = self.u(x), torch.zeros(1, 1), []
            m = x[:, 0, :1] * 0 + torch.zeros(1, self.b.shape[0])
            for t in range(x.shape[1]):
                m = m @ self.a + u[:, t] * self.b
                rows.append(m)
            return F.relu(self.out(torch.cat([torch.stack(rows, 1), x], -1)))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.patch = nn.Sequential(nn.Conv1d(BANDS, DIM, 3, padding=1), nn.BatchNorm1d(DIM), nn.ReLU())
            self.lmu, self.mix, self.head = Lmu(), nn.Conv1d(DIM, DIM, 1), nn.Linear(DIM, 10)

        def forward(self, features):
            x = self.patch(features.transpose(1, 2)).transpose(1, 2)
            x = x + self.lmu(x)
            return self.head((x + self.mix(x.transpose(1, 2)).transpose(1, 2)).mean(1))

    return Model(), {"features": features(16)}
