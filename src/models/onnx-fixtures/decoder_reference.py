"""The same decoders in 64-bit NumPy, over a whole sequence at once: no cache, no graph. Source of the golden logits."""

import ml_dtypes
import numpy as np

KEPT = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}


def logits(shape, weights, tokens):
    """[tokens, vocabulary]: the logits after each token of one sequence."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    x = w["embed"][tokens]
    for i, kind in enumerate(shape.layers):
        p = f"layers.{i}."
        mix = {"attention": _attention, "delta": _delta, "recurrent": _recurrent}[kind]
        x = x + mix(shape, w, p, _norm(shape, x, w[p + "norm"]))
        if p + "ffn_norm" in w:
            h = _norm(shape, x, w[p + "ffn_norm"])
            x = x + (_experts(shape, w, p, h) if shape.experts else _ffn(w, p, h))
    return _norm(shape, x, w["norm"]) @ w["head"].T


def _norm(shape, x, weight):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + shape.epsilon) * weight


def _silu(x):
    return x / (1 + np.exp(-x))


def _softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _ffn(w, p, x):
    return (_silu(x @ w[p + "gate"].T) * (x @ w[p + "up"].T)) @ w[p + "down"].T


def _experts(shape, w, p, x):
    router = x @ w[p + "router"].T
    out = np.zeros_like(x)
    for t, row in enumerate(router):
        best = np.argsort(-row)[:shape.experts_used]
        for share, e in zip(_softmax(row[best]), best):
            out[t] += share * _ffn(w, f"{p}experts.{e}.", x[t])
    return out


def _rotate(shape, x):
    half = shape.head_dim // 2
    angle = np.outer(np.arange(x.shape[0]), shape.rope_base ** (-np.arange(half) * 2 / shape.head_dim))[:, None, :]
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle)], -1)


def _attention(shape, w, p, x):
    n = x.shape[0]
    q = _rotate(shape, (x @ w[p + "q"].T).reshape(n, shape.heads, shape.head_dim))
    k = _rotate(shape, (x @ w[p + "k"].T).reshape(n, shape.kv_heads, shape.head_dim))
    v = (x @ w[p + "v"].T).reshape(n, shape.kv_heads, shape.head_dim)
    k, v = (_kept(shape, t) for t in (k, v))
    k, v = (np.repeat(t, shape.heads // shape.kv_heads, 1) for t in (k, v))
    scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(shape.head_dim)
    scores = np.where(np.tril(np.ones((n, n), bool)), scores, -np.inf)
    return np.einsum("hqk,khd->qhd", _softmax(scores), v).reshape(n, -1) @ w[p + "o"].T


def _kept(shape, x):
    """Rounded as caches are."""
    return x.astype(KEPT[shape.cache]).astype(np.float64) if shape.cache in KEPT else x


def _recurrent(shape, w, p, x):
    u, z = np.split(x @ w[p + "in"].T, 2, -1)
    u = _silu(_convolve(shape, w, p, u) + w[p + "conv_bias"])
    parts = u @ w[p + "x"].T
    dt, b, c = np.split(parts, [shape.dt_rank, shape.dt_rank + shape.states], -1)
    dt = np.logaddexp(0, dt @ w[p + "dt"].T + w[p + "dt_bias"])
    h, y = np.zeros((shape.inner, shape.states)), np.zeros_like(u)
    for t in range(len(u)):
        h = np.exp(dt[t][:, None] * w[p + "A"]) * h + (dt[t] * u[t])[:, None] * b[t]
        y[t] = h @ c[t]
    return ((y + u * w[p + "D"]) * _silu(z)) @ w[p + "out"].T


def _convolve(shape, w, p, u):
    padded = np.concatenate([np.zeros((shape.taps - 1, u.shape[1])), u])
    return sum(padded[k:k + len(u)] * w[p + "conv"][:, 0, k] for k in range(shape.taps))


def _delta(shape, w, p, x):
    """S = exp(g) S + beta k (v - exp(g) S^T k)^T, o = S^T q / sqrt(size), per head."""
    n, heads = len(x), shape.kv_heads
    keys, values = heads * shape.key_dim, heads * shape.head_dim
    u = _silu(_convolve(shape, w, p, x @ w[p + "qkv"].T))
    q, k, v = (part.reshape(n, heads, -1) for part in np.split(u, [keys, 2 * keys], -1))
    q, k = (t / np.sqrt((t * t).sum(-1, keepdims=True) + 1e-6) for t in (q, k))
    decay = np.exp(np.logaddexp(0, x @ w[p + "a"].T + w[p + "dt_bias"]) * w[p + "A"])
    beta = 1 / (1 + np.exp(-(x @ w[p + "b"].T)))
    state, out = np.zeros((heads, shape.key_dim, shape.head_dim)), np.zeros((n, heads, shape.head_dim))
    for t in range(n):
        state = state * decay[t][:, None, None]
        error = beta[t][:, None] * (v[t] - np.einsum("hkv,hk->hv", state, k[t]))
        state = state + np.einsum("hk,hv->hkv", k[t], error)
        out[t] = np.einsum("hkv,hk->hv", state, q[t]) / np.sqrt(shape.key_dim)
    return (out.reshape(n, values) * _silu(x @ w[p + "z"].T)) @ w[p + "o"].T
