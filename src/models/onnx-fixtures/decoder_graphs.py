"""Decoder language models as ONNX graphs, in the input and output conventions that exporters use.

plain      past_key_values.N.key|value -> present.N.key|value, joined by Concat inside the graph (optimum naming)
genai      com.microsoft.GroupQueryAttention over shared past/present buffers (ONNX Runtime GenAI model builder)
recurrent  past_conv.N, past_ssm.N -> present_conv.N, present_ssm.N (selective state space layers)
delta      past_key_values.N.conv_state|recurrent_state -> present.N..., by com.microsoft.CausalConvWithState and
           com.microsoft.LinearAttention (gated delta rule), as the GenAI model builder writes linear attention
static     every size fixed, one row and one token a run: caches of the whole context, written where cache_position says
A graph may mix recurrent layers with attention layers (hybrid).
"""

from dataclasses import dataclass, field

import numpy as np
from onnx import helper

from graph_builder import BFLOAT16, FLOAT, FLOAT16, INT32, INT64, GraphBuilder

ELEMENTS = {"float32": FLOAT, "float16": FLOAT16, "bfloat16": BFLOAT16}


@dataclass
class Shape:
    vocabulary: int = 96
    hidden: int = 32
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 16
    ffn: int = 64
    layers: list = field(default_factory=lambda: ["attention", "attention"])
    context: int = 128
    experts: int = 0
    experts_used: int = 2
    inner: int = 64  # channels of a recurrent layer
    states: int = 8
    taps: int = 4
    dt_rank: int = 4
    key_dim: int = 8  # of a head of a delta layer; its values are head_dim wide, its heads are kv_heads
    epsilon: float = 1e-5
    rope_base: float = 10000.0
    cache: str = "float32"  # what keys and values are kept as: float32, float16, bfloat16


@dataclass
class Style:
    kind: str  # plain | genai | static
    bits: int = 0  # 4: MatMulNBits
    block: int = 32
    accuracy: int = 0  # of MatMulNBits: 4 lets the runtime round its activations to 8 bits, as published CPU exports do
    packed_moe: bool = False  # com.microsoft.MoE instead of plain operators
    keep: bool = False  # num_logits_to_keep: of how many last positions there are logits, 0 = all
    bare: bool = False  # genai without genai_config.json: positions are an input, caches grow


def random_weights(shape, seed, spread=1.0):
    """Weights by name, [out, in] as in a checkpoint; `spread` widens the logits so that greedy choices are clear."""
    random = np.random.default_rng(seed)
    weights = {}

    def matrix(name, out, into, gain=1.0):
        weights[name] = (random.standard_normal((out, into), np.float32) * np.float32(gain / np.sqrt(into)))

    def norm(name):
        weights[name] = (1 + 0.1 * random.standard_normal(shape.hidden, np.float32)).astype(np.float32)

    matrix("embed", shape.vocabulary, shape.hidden, np.sqrt(shape.hidden))
    for i, kind in enumerate(shape.layers):
        p = f"layers.{i}."
        norm(p + "norm")
        if kind == "attention":
            matrix(p + "q", shape.heads * shape.head_dim, shape.hidden, 2)
            matrix(p + "k", shape.kv_heads * shape.head_dim, shape.hidden, 2)
            matrix(p + "v", shape.kv_heads * shape.head_dim, shape.hidden)
            matrix(p + "o", shape.hidden, shape.heads * shape.head_dim)
        elif kind == "delta":
            keys, values = shape.kv_heads * shape.key_dim, shape.kv_heads * shape.head_dim
            matrix(p + "qkv", 2 * keys + values, shape.hidden, 1.5)
            weights[p + "conv"] = random.standard_normal((2 * keys + values, 1, shape.taps), np.float32) * np.float32(0.7)
            for name in "abz":
                matrix(p + name, values if name == "z" else shape.kv_heads, shape.hidden)
            weights[p + "A"] = -np.exp(random.uniform(-2, 0, shape.kv_heads)).astype(np.float32)
            weights[p + "dt_bias"] = random.standard_normal(shape.kv_heads, np.float32)
            matrix(p + "o", shape.hidden, values, 2)
        else:
            matrix(p + "in", 2 * shape.inner, shape.hidden, 1.5)
            weights[p + "conv"] = random.standard_normal((shape.inner, 1, shape.taps), np.float32) * np.float32(0.5)
            weights[p + "conv_bias"] = random.standard_normal(shape.inner, np.float32) * np.float32(0.1)
            matrix(p + "x", shape.dt_rank + 2 * shape.states, shape.inner, 2)
            matrix(p + "dt", shape.inner, shape.dt_rank)
            weights[p + "dt_bias"] = random.standard_normal(shape.inner, np.float32) - np.float32(1)
            weights[p + "A"] = -np.tile(np.arange(1, shape.states + 1, dtype=np.float32) / 4, (shape.inner, 1))
            weights[p + "D"] = np.ones(shape.inner, np.float32)
            matrix(p + "out", shape.hidden, shape.inner)
            if not shape.experts:
                continue
        norm(p + "ffn_norm")
        if shape.experts:
            matrix(p + "router", shape.experts, shape.hidden, 2)
        for e in range(shape.experts or 1):
            q = p + (f"experts.{e}." if shape.experts else "")
            matrix(q + "gate", shape.ffn, shape.hidden, 1.5)
            matrix(q + "up", shape.ffn, shape.hidden, 1.5)
            matrix(q + "down", shape.hidden, shape.ffn)
    norm("norm")
    matrix("head", shape.vocabulary, shape.hidden, spread)
    return weights


def quantize(weight, block):
    """Symmetric 4-bit blocks along the inputs: packed nibbles [out, blocks, block/2], scales, dequantized weights."""
    out, into = weight.shape
    blocks = weight.reshape(out, into // block, block)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
    scale = np.where(extreme == 0, 1, extreme / -8).astype(np.float32)
    q = np.clip(np.rint(blocks / scale) + 8, 0, 15).astype(np.uint8)
    dequantized = ((q.astype(np.float32) - 8) * scale).reshape(out, into)
    return (q[..., 0::2] | (q[..., 1::2] << 4)), scale.reshape(out, -1), dequantized


class DecoderGraph:
    def __init__(self, shape, weights, style):
        self.s, self.w, self.style, self.g = shape, weights, style, GraphBuilder()
        self.exact = dict(weights)  # what the graph really computes with, after quantization

    def build(self):
        g, s = self.g, self.s
        static = self.style.kind == "static"
        self.run = [1, 1] if static else ["batch_size", "sequence_length"]
        ids = g.input("input_ids", INT64, self.run)
        attends = "attention" in s.layers
        if attends:
            g.input("attention_mask", INT64, [1, s.context] if static else ["batch_size", "total_sequence_length"])
            self._masks()
        x = g.op("Gather", [g.weight("model.embed_tokens.weight", self.w["embed"]), ids], "/model/embed_tokens/Gather")
        g.output("logits", FLOAT, [self.run[0], "logits_length" if self.style.keep else self.run[1], s.vocabulary])
        for i, kind in enumerate(s.layers):
            mix = {"attention": self._attention, "delta": self._delta, "recurrent": self._recurrent}[kind]
            x = g.op("Add", [x, mix(i, self._norm(x, f"layers.{i}.norm"))])
            if f"layers.{i}.ffn_norm" in self.w:
                h = self._norm(x, f"layers.{i}.ffn_norm")
                x = g.op("Add", [x, self._experts(i, h) if s.experts else self._ffn(f"layers.{i}.", h)])
        if self.style.keep:
            last = g.op("Neg", [g.op("Reshape", [g.input("num_logits_to_keep", INT64, []), g.ints(1)])])
            x = g.op("Slice", [x, last, g.ints(2**62), g.ints(1)])
        self._linear(self._norm(x, "norm"), "head", "logits")
        return g

    def _linear(self, x, name, out=None):
        g, w, block = self.g, self.w[name], self.style.block
        if not self.style.bits or w.shape[1] % block:
            return g.op("MatMul", [x, g.weight(f"model.{name}.MatMul.weight", w.T)], out)
        packed, scales, self.exact[name] = quantize(w, block)
        return g.op("MatMulNBits", [x, g.weight(f"model.{name}.MatMul.weight_Q4", packed),
                                    g.weight(f"model.{name}.MatMul.weight_scales", scales)], out,
                    domain="com.microsoft", K=w.shape[1], N=w.shape[0], bits=4, block_size=block,
                    **({"accuracy_level": self.style.accuracy} if self.style.accuracy else {}))

    def _norm(self, x, name):
        g, weight = self.g, self.g.weight(f"model.{name}.weight", self.w[name])
        if self.style.kind == "genai":
            return g.op("SimplifiedLayerNormalization", [x, weight], axis=-1, epsilon=self.s.epsilon, stash_type=1)
        mean = g.op("ReduceMean", [g.op("Mul", [x, x]), g.ints(-1)], keepdims=1)
        scale = g.op("Sqrt", [g.op("Add", [mean, g.real(self.s.epsilon)])])
        return g.op("Mul", [g.op("Div", [x, scale]), weight])

    def _masks(self):
        g, s = self.g, self.s
        angles = np.outer(np.arange(s.context), s.rope_base ** (-np.arange(0, s.head_dim, 2) / s.head_dim))
        self.cos = g.weight("cos_cache", np.cos(angles).astype(np.float32))
        self.sin = g.weight("sin_cache", np.sin(angles).astype(np.float32))
        if self.style.bare:
            g.input("position_ids", INT64, self.run)
        if self.style.kind == "genai":
            base = "/model/attn_mask_reformat/attn_mask_subgraph/"
            ones = g.op("ReduceSum", ["attention_mask", g.ints(1)], base + "ReduceSum/output_0", keepdims=0)
            last = g.op("Sub", [ones, g.ints(1)], base + "Sub/output_0")
            self.seqlens = g.op("Cast", [last], base + "Sub/Cast/output_0", to=INT32)
            dims = g.op("Shape", ["attention_mask"], base + "Shape/output_0")
            total = g.op("Gather", [dims, g.scalar(1)], base + "Gather/output_0")
            self.total = g.op("Cast", [total], base + "Gather/Cast/output_0", to=INT32)
            return
        g.input("position_ids", INT64, self.run)
        for which in ("cos", "sin"):
            rows = g.op("Gather", [getattr(self, which), "position_ids"])
            setattr(self, which, g.op("Unsqueeze", [rows, g.ints(1)]))
        if self.style.kind == "static":
            places = g.op("OneHot", [g.input("cache_position", INT64, [1]), g.scalar(s.context),
                                     g.weight("off_on", np.array([0, 1], np.float32))], axis=-1)
            self.here = g.op("Cast", [g.op("Reshape", [places, g.ints(1, 1, s.context, 1)])], to=9)
            real = g.op("Cast", [g.op("Unsqueeze", ["attention_mask", g.ints(1, 2)])], to=9)
            self.bias = g.op("Where", [real, g.real(0.0), g.real(-3e38)])
            return
        length = g.op("Gather", [g.op("Shape", ["input_ids"]), g.scalar(1)])
        total = g.op("Gather", [g.op("Shape", ["attention_mask"]), g.scalar(1)])
        queries = g.op("Range", [g.op("Sub", [total, length]), total, g.scalar(1)])
        keys = g.op("Range", [g.scalar(0), total, g.scalar(1)])
        causal = g.op("LessOrEqual", [g.op("Unsqueeze", [keys, g.ints(0)]), g.op("Unsqueeze", [queries, g.ints(1)])])
        real = g.op("Cast", [g.op("Unsqueeze", ["attention_mask", g.ints(1, 2)])], to=9)
        allowed = g.op("And", [causal, real])
        self.bias = g.op("Where", [allowed, g.real(0.0), g.real(-3e38)])

    def _cache(self, i):
        g, s = self.g, self.s
        static, element = self.style.kind == "static", ELEMENTS[s.cache]
        lengths = [s.context] * 2 if static else ["past_sequence_length", "total_sequence_length"]
        shape, grown = ([self.run[0], s.kv_heads, length, s.head_dim] for length in lengths)
        past = [g.input(f"past_key_values.{i}.{which}", element, shape) for which in ("key", "value")]
        return past, [g.output(f"present.{i}.{which}", element, grown) for which in ("key", "value")]

    def _joined(self, new, past, now):
        if self.style.kind == "static":
            return self.g.op("Where", [self.here, self._kept(new), past], now)
        return self.g.op("Concat", [past, self._kept(new)], now, axis=2)

    def _kept(self, x):
        """As it is kept in caches."""
        return x if self.s.cache == "float32" else self.g.op("Cast", [x], to=ELEMENTS[self.s.cache])

    def _read(self, x):
        """As it is computed with."""
        return x if self.s.cache == "float32" else self.g.op("Cast", [x], to=FLOAT)

    def _rotary(self, x, heads):
        """com.microsoft.RotaryEmbedding by positions that are given."""
        return self.g.op("RotaryEmbedding", [x, "position_ids", self.cos, self.sin], domain="com.microsoft", num_heads=heads)

    def _attention(self, i, x):
        g, s, p = self.g, self.s, f"layers.{i}."
        (past_k, past_v), (now_k, now_v) = self._cache(i)
        q, k, v = (self._linear(x, p + which) for which in "qkv")
        if self.style.kind == "genai":
            if self.style.bare:
                q, k = self._rotary(q, s.heads), self._rotary(k, s.kv_heads)
            tables = [] if self.style.bare else [self._kept(table) for table in (self.cos, self.sin)]
            mixed = g.op("GroupQueryAttention",
                         [*map(self._kept, (q, k, v)), past_k, past_v, self.seqlens, self.total, *tables],
                         outputs=[f"/model/layers.{i}/attn/GroupQueryAttention/output_0", now_k, now_v],
                         domain="com.microsoft", num_heads=s.heads, kv_num_heads=s.kv_heads,
                         scale=float(s.head_dim ** -0.5), do_rotary=int(not self.style.bare), rotary_interleaved=0)
            return self._linear(self._read(mixed), p + "o")
        q = self._rotate(self._split(q, s.heads))
        k = self._read(self._joined(self._rotate(self._split(k, s.kv_heads)), past_k, now_k))
        v = self._read(self._joined(self._split(v, s.kv_heads), past_v, now_v))
        grouped = g.op("Reshape", [q, g.ints(0, s.kv_heads, s.heads // s.kv_heads, -1, s.head_dim)])
        k, v = (g.op("Unsqueeze", [t, g.ints(2)]) for t in (k, v))
        scores = g.op("MatMul", [grouped, g.op("Transpose", [k], perm=[0, 1, 2, 4, 3])])
        scores = g.op("Mul", [scores, g.real(s.head_dim ** -0.5)])
        scores = g.op("Add", [scores, g.op("Unsqueeze", [self.bias, g.ints(1)])])
        mixed = g.op("MatMul", [g.op("Softmax", [scores], axis=-1), v])
        mixed = g.op("Reshape", [mixed, g.ints(0, s.heads, -1, s.head_dim)])
        mixed = g.op("Transpose", [mixed], perm=[0, 2, 1, 3])
        return self._linear(g.op("Reshape", [mixed, g.ints(0, 0, -1)]), p + "o")

    def _split(self, x, heads):
        g = self.g
        return g.op("Transpose", [g.op("Reshape", [x, g.ints(0, 0, heads, self.s.head_dim)])], perm=[0, 2, 1, 3])

    def _rotate(self, x):
        g, half = self.g, self.s.head_dim // 2
        name = f"Split_{len(g.nodes)}"
        g.op("Split", [x, g.ints(half, half)], outputs=[name + "_a", name + "_b"], axis=-1)
        a, b = name + "_a", name + "_b"
        first = g.op("Sub", [g.op("Mul", [a, self.cos]), g.op("Mul", [b, self.sin])])
        second = g.op("Add", [g.op("Mul", [b, self.cos]), g.op("Mul", [a, self.sin])])
        return g.op("Concat", [first, second], axis=-1)

    def _silu(self, x):
        return self.g.op("Mul", [x, self.g.op("Sigmoid", [x])])

    def _ffn(self, p, x):
        gate, up = self._linear(x, p + "gate"), self._linear(x, p + "up")
        return self._linear(self.g.op("Mul", [self._silu(gate), up]), p + "down")

    def _experts(self, i, x):
        """The best experts of a token, mixed by the softmax over their router logits."""
        g, s, p = self.g, self.s, f"layers.{i}."
        router = self._linear(x, p + "router")
        if self.style.packed_moe:
            return self._packed_experts(p, x, router)
        best = f"/model/layers.{i}/moe/TopK"
        g.op("TopK", [router, g.ints(s.experts_used)], outputs=[best + "_values", best + "_indices"], axis=-1)
        shares = g.op("Softmax", [best + "_values"], axis=-1)
        chosen = g.op("OneHot", [best + "_indices", g.scalar(s.experts),
                                 g.weight("off_on", np.array([0, 1], np.float32))], axis=-1)
        gates = g.op("ReduceSum", [g.op("Mul", [chosen, g.op("Unsqueeze", [shares, g.ints(-1)])]), g.ints(2)], keepdims=0)
        parts = []
        for e in range(s.experts):
            share = g.op("Gather", [gates, g.ints(e)], axis=2)
            parts.append(g.op("Mul", [self._ffn(f"{p}experts.{e}.", x), share]))
        return g.op("Sum", parts)

    def _packed_experts(self, p, x, router):
        g, s = self.g, self.s
        fused = [np.stack([self.w[f"{p}experts.{e}.gate"], self.w[f"{p}experts.{e}.up"]], 1).reshape(2 * s.ffn, s.hidden)
                 for e in range(s.experts)]
        down = np.stack([self.w[f"{p}experts.{e}.down"] for e in range(s.experts)])
        flat = g.op("Reshape", [router, g.ints(-1, s.experts)])
        return g.op("MoE", [x, flat, g.weight(f"model.{p}moe.experts.gate_up_proj.weight", np.stack(fused)), "",
                            g.weight(f"model.{p}moe.experts.down_proj.weight", down)],
                    domain="com.microsoft", k=s.experts_used, activation_type="swiglu", swiglu_fusion=1,
                    activation_alpha=1.0, activation_beta=0.0, normalize_routing_weights=1)

    def _recurrent(self, i, x):
        g, s, p = self.g, self.s, f"layers.{i}."
        conv_in = g.input(f"past_conv.{i}", FLOAT, ["batch_size", s.inner, s.taps - 1])
        ssm_in = g.input(f"past_ssm.{i}", FLOAT, ["batch_size", s.inner, s.states])
        conv_out = g.output(f"present_conv.{i}", FLOAT, ["batch_size", s.inner, s.taps - 1])
        ssm_out = g.output(f"present_ssm.{i}", FLOAT, ["batch_size", s.inner, s.states])
        both = self._linear(x, p + "in")
        name = f"/model/layers.{i}/mixer/Split"
        g.op("Split", [both, g.ints(s.inner, s.inner)], outputs=[name + "_x", name + "_z"], axis=-1)
        window = g.op("Concat", [conv_in, g.op("Transpose", [name + "_x"], perm=[0, 2, 1])], axis=2)
        g.op("Slice", [window, g.ints(-(s.taps - 1)), g.ints(2**62), g.ints(2)], conv_out)
        u = g.op("Conv", [window, g.weight(f"model.{p}conv.weight", self.w[p + "conv"]),
                          g.weight(f"model.{p}conv.bias", self.w[p + "conv_bias"])], group=s.inner)
        u = self._silu(g.op("Transpose", [u], perm=[0, 2, 1]))
        split = f"/model/layers.{i}/mixer/Parameters"
        g.op("Split", [self._linear(u, p + "x"), g.ints(s.dt_rank, s.states, s.states)],
             outputs=[split + "_dt", split + "_B", split + "_C"], axis=-1)
        dt = g.op("Softplus", [g.op("Add", [self._linear(split + "_dt", p + "dt"),
                                            g.weight(f"model.{p}dt.bias", self.w[p + "dt_bias"])])])
        y = f"/model/layers.{i}/mixer/Scan"
        g.op("Scan", [ssm_in, dt, split + "_B", split + "_C", u], outputs=[ssm_out, y],
             body=self._scan_body(p), num_scan_inputs=4, scan_input_axes=[1] * 4, scan_output_axes=[1])
        y = g.op("Add", [y, g.op("Mul", [u, g.weight(f"model.{p}D", self.w[p + "D"])])])
        return self._linear(g.op("Mul", [y, self._silu(name + "_z")]), p + "out")

    def _delta(self, i, x):
        g, s, p = self.g, self.s, f"layers.{i}."
        keys, values = s.kv_heads * s.key_dim, s.kv_heads * s.head_dim
        states = [("conv_state", [2 * keys + values, s.taps - 1]), ("recurrent_state", [s.kv_heads, s.key_dim, s.head_dim])]
        past = [g.input(f"past_key_values.{i}.{name}", FLOAT, ["batch_size", *dims]) for name, dims in states]
        now = [g.output(f"present.{i}.{name}", FLOAT, ["batch_size", *dims]) for name, dims in states]
        name = f"/model/layers.{i}/linear_attn"
        across = g.op("Transpose", [self._linear(x, p + "qkv")], perm=[0, 2, 1])
        g.op("CausalConvWithState", [across, g.weight(f"model.{p}conv.weight", self.w[p + "conv"]), "", past[0]],
             outputs=[name + "/conv", now[0]], domain="com.microsoft", activation="silu", ndim=1)
        parts = [name + "/q", name + "/k", name + "/v"]
        g.op("Split", [g.op("Transpose", [name + "/conv"], perm=[0, 2, 1]), g.ints(keys, keys, values)], outputs=parts, axis=-1)
        q, k = (self._unit(part) for part in parts[:2])
        rate = g.op("Softplus", [g.op("Add", [self._linear(x, p + "a"), g.weight(f"model.{p}dt_bias", self.w[p + "dt_bias"])])])
        decay = g.op("Mul", [rate, g.weight(f"model.{p}A", self.w[p + "A"])])
        beta = g.op("Sigmoid", [self._linear(x, p + "b")])
        g.op("LinearAttention", [q, k, parts[2], past[1], decay, beta], outputs=[name + "/mixed", now[1]],
             domain="com.microsoft", update_rule="gated_delta", q_num_heads=s.kv_heads, kv_num_heads=s.kv_heads)
        return self._linear(g.op("Mul", [name + "/mixed", self._silu(self._linear(x, p + "z"))]), p + "o")

    def _unit(self, x):
        """Every head of length one."""
        g, s = self.g, self.s
        heads = g.op("Reshape", [x, g.ints(0, 0, s.kv_heads, s.key_dim)])
        length = g.op("Sqrt", [g.op("Add", [g.op("ReduceSum", [g.op("Mul", [heads, heads]), g.ints(-1)]), g.real(1e-6)])])
        return g.op("Reshape", [g.op("Div", [heads, length]), g.ints(0, 0, -1)])

    def _scan_body(self, p):
        """One step of h = exp(dt A) h + dt B u, y = C h."""
        s, b = self.s, GraphBuilder(p)
        h = b.input(p + "h", FLOAT, ["batch_size", s.inner, s.states])
        dt, b_row, c_row, u = (b.input(p + name, FLOAT, ["batch_size", size])
                               for name, size in (("dt", s.inner), ("B", s.states), ("C", s.states), ("u", s.inner)))
        a = self.g.weight(f"model.{p}A", self.w[p + "A"])
        column = b.op("Unsqueeze", [dt, b.ints(-1)])
        decay = b.op("Exp", [b.op("Mul", [column, a])])
        drive = b.op("Mul", [b.op("Unsqueeze", [b.op("Mul", [dt, u]), b.ints(-1)]), b.op("Unsqueeze", [b_row, b.ints(1)])])
        b.op("Add", [b.op("Mul", [decay, h]), drive], p + "h_next")
        b.op("Squeeze", [b.op("MatMul", [p + "h_next", b.op("Unsqueeze", [c_row, b.ints(-1)])]), b.ints(-1)], p + "y")
        b.output(p + "h_next", FLOAT, ["batch_size", s.inner, s.states])
        b.output(p + "y", FLOAT, ["batch_size", s.inner])
        return b.model("step").graph


def genai_config(shape, file, model_type="llama"):
    """genai_config.json as the ONNX Runtime GenAI model builder lays it out."""
    search = {"diversity_penalty": 0.0, "do_sample": False, "early_stopping": True, "length_penalty": 1.0,
              "max_length": shape.context, "min_length": 0, "no_repeat_ngram_size": 0, "num_beams": 1,
              "num_return_sequences": 1, "past_present_share_buffer": True, "repetition_penalty": 1.0,
              "temperature": 1.0, "top_k": 50, "top_p": 1.0}
    decoder = {"session_options": {"log_id": "onnxruntime-genai", "provider_options": []}, "filename": file,
               "head_size": shape.head_dim, "hidden_size": shape.hidden,
               "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask",
                          "past_key_names": "past_key_values.%d.key", "past_value_names": "past_key_values.%d.value"},
               "outputs": {"logits": "logits", "present_key_names": "present.%d.key",
                           "present_value_names": "present.%d.value"},
               "num_attention_heads": shape.heads, "num_hidden_layers": len(shape.layers),
               "num_key_value_heads": shape.kv_heads}
    if "delta" in shape.layers:
        decoder["inputs"] |= {"past_conv_names": "past_key_values.%d.conv_state",
                              "past_recurrent_names": "past_key_values.%d.recurrent_state"}
        decoder["outputs"] |= {"present_conv_names": "present.%d.conv_state",
                               "present_recurrent_names": "present.%d.recurrent_state"}
    return {"model": {"bos_token_id": 1, "context_length": shape.context, "decoder": decoder, "eos_token_id": 2,
                      "pad_token_id": 0, "type": model_type, "vocab_size": shape.vocabulary}, "search": search}
