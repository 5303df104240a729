"""The list of conformance checkpoints: which architecture and options each covers, and how big it is."""

from typing import Any

from spec import LENGTHS, LONG, Spec
from specs_dense import dense_specs
from specs_hybrid import hybrid_specs
from specs_latent import latent_specs
from specs_state import state_specs

DEFAULT_ROPE = {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}}


def rope(kind: str, theta: float = 10000.0, **settings: Any) -> dict[str, Any]:
    return {"rope_parameters": {"rope_type": kind, "rope_theta": theta, **settings}}


def llama() -> list[Spec]:
    yarn = dict(factor=4.0, original_max_position_embeddings=64)
    plain = {"rotary scaling ignored": DEFAULT_ROPE}
    return [
        Spec("llama-gqa-f32", "llama", "grouped-query attention, F32 file, other rope_theta, blocks of 128 crossed",
             rope("default", theta=500000.0), dtype="float32", lengths=LONG, wrong={"rope_theta 10000": DEFAULT_ROPE}),
        Spec("llama-mha-legacy", "llama", "multi-head attention; transformers 4 config.json without num_key_value_heads,"
             " head_dim and rope_theta; stray rotary_emb.inv_freq tensors",
             dict(num_key_value_heads=4), legacy=True, drop=("num_key_value_heads", "rope_theta"), stray="inv_freq"),
        Spec("llama-mqa-f16", "llama", "multi-query attention, F16 file", dict(num_key_value_heads=1), dtype="float16"),
        Spec("llama-rope-llama3", "llama", "rope_type llama3 (all three wavelength ranges)",
             rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64),
             lengths=LONG, wrong=plain),
        Spec("llama-rope-linear", "llama", "rope_type linear; transformers 4 rope_scaling with the key `type`",
             rope("linear", factor=2.0), legacy=True, lengths=LONG, wrong=plain),
        Spec("llama-rope-dynamic", "llama", "rope_type dynamic: the length is fixed per request, see rope_length",
             dict(max_position_embeddings=64, **rope("dynamic", factor=4.0)), legacy=True,
             lengths=(1, 2, 17, 40, 48, 56, 120, 200), wrong=plain),
        Spec("llama-rope-yarn", "llama", "rope_type yarn, attention factor from the factor",
             rope("yarn", **yarn), lengths=LONG,
             wrong={**plain, "attention factor 1": rope("yarn", attention_factor=1.0, **yarn)}),
        Spec("llama-rope-yarn-attention-factor", "llama", "rope_type yarn with attention_factor, beta_fast, beta_slow;"
             " transformers 4 rope_scaling",
             rope("yarn", attention_factor=0.8, beta_fast=2.0, beta_slow=0.25, **yarn), legacy=True, lengths=LONG,
             wrong={"attention_factor ignored": rope("yarn", beta_fast=2.0, beta_slow=0.25, **yarn),
                    "betas ignored": rope("yarn", attention_factor=0.8, **yarn)}),
        Spec("llama-rope-yarn-mscale", "llama", "rope_type yarn with mscale, mscale_all_dim and truncate false",
             rope("yarn", mscale=2.0, mscale_all_dim=0.5, truncate=False, **yarn), lengths=LONG,
             wrong={"mscale ignored": rope("yarn", truncate=False, **yarn),
                    "truncate ignored": rope("yarn", mscale=2.0, mscale_all_dim=0.5, **yarn)}),
        Spec("llama-attention-bias", "llama", "attention_bias on q, k, v and o", dict(attention_bias=True),
             wrong={f"{n} bias ignored": f"self_attn.{n}_proj.bias" for n in "qkvo"}),
        Spec("llama-mlp-bias", "llama", "mlp_bias on gate, up and down", dict(mlp_bias=True),
             wrong={f"{n} bias ignored": f"mlp.{n}_proj.bias" for n in ("gate", "up", "down")}),
        Spec("llama-head-dim", "llama", "head_dim 32 although hidden / heads is 12",
             dict(hidden_size=48, head_dim=32), legacy=True),
        Spec("llama-tied", "llama", "tied embeddings, no lm_head tensor", dict(tie_word_embeddings=True, vocab_size=256)),
        Spec("llama-sharded", "llama", "four safetensors shards with model.safetensors.index.json, 4 layers",
             dict(num_hidden_layers=4, hidden_size=48, vocab_size=96), shard="48KB"),
        Spec("llama-odd-f32", "llama", "sizes off every lane width: hidden 72, ffn 100, vocabulary 131, head_dim 24, eps 0.01",
             dict(hidden_size=72, intermediate_size=100, vocab_size=131, num_attention_heads=3, num_key_value_heads=1,
                  head_dim=24, rms_norm_eps=0.01), dtype="float32", lengths=LONG,
             wrong={"rms_norm_eps 1e-5": dict(rms_norm_eps=1e-5)}),
        Spec("llama-text", "llama", "tokenizer that adds a begin token, chat template, list of end tokens in"
             " generation_config.json", dict(vocab_size=384, tie_word_embeddings=True), tokenizer="begin"),
    ]


def mistral() -> list[Spec]:
    window = dict(sliding_window=32)
    return [
        Spec("mistral-window", "mistral", "sliding_window 32, smaller than most prompts; transformers 4 config.json",
             window, legacy=True, lengths=LONG + (31, 32, 33),
             wrong={"window ignored": dict(sliding_window=None), "window one too long": dict(sliding_window=33),
                    "window one too short": dict(sliding_window=31)}),
        Spec("mistral-full", "mistral", "sliding_window null, explicit head_dim 24",
             dict(sliding_window=None, head_dim=24), lengths=LONG, wrong={"window 128": dict(sliding_window=128)}),
        Spec("mistral-window-f16", "mistral", "sliding_window 100, not a multiple of a block; F16 file",
             dict(sliding_window=100, num_key_value_heads=1), dtype="float16", lengths=LONG,
             wrong={"window ignored": dict(sliding_window=None), "window 112": dict(sliding_window=112)}),
    ]


def qwen2() -> list[Spec]:
    two_full = ["full_attention"] * 2 + ["sliding_attention"] * 2
    return [
        Spec("qwen2-bias", "qwen2", "q, k, v bias; sliding_window given but use_sliding_window false; transformers 4"
             " config.json", dict(sliding_window=16, use_sliding_window=False, max_window_layers=1), legacy=True,
             lengths=LONG, wrong={f"{n} bias ignored": f"self_attn.{n}_proj.bias" for n in "qkv"}),
        Spec("qwen2-tied-f32", "qwen2", "tied embeddings, F32 file", dict(tie_word_embeddings=True), dtype="float32"),
        Spec("qwen2-window-layers", "qwen2", "use_sliding_window with max_window_layers 2 of 4: the first two layers see"
             " everything, the others 32 tokens; transformers 4 config.json without layer_types",
             dict(num_hidden_layers=4, hidden_size=48, use_sliding_window=True, sliding_window=32, max_window_layers=2),
             legacy=True, lengths=LONG,
             wrong={"every layer windowed": dict(layer_types=["sliding_attention"] * 4),
                    "first layers windowed": dict(layer_types=two_full[::-1]),
                    "window one too long": dict(sliding_window=33)}),
        Spec("qwen2-yarn", "qwen2", "rope_type yarn in another architecture; transformers 4 rope_scaling with the key `type`",
             rope("yarn", theta=1000000.0, factor=4.0, original_max_position_embeddings=64), legacy=True, lengths=LONG,
             wrong={"rotary scaling ignored": rope("default", theta=1000000.0)}),
    ]


def qwen3() -> list[Spec]:
    return [
        Spec("qwen3-tied", "qwen3", "q and k norms, head_dim 32 although hidden / heads is 16, tied embeddings with a"
             " repeated lm_head tensor in the file",
             dict(head_dim=32, tie_word_embeddings=True), legacy=True, lengths=LONG, stray="lm_head",
             wrong={"q norm weight 1": "ones:self_attn.q_norm.weight", "k norm weight 1": "ones:self_attn.k_norm.weight"}),
        Spec("qwen3-untied-f16", "qwen3", "q and k norms, untied, F16 file", dict(head_dim=16), dtype="float16"),
        Spec("qwen3-attention-bias", "qwen3", "q and k norms after biased projections", dict(head_dim=16, attention_bias=True),
             wrong={f"{n} bias ignored": f"self_attn.{n}_proj.bias" for n in "qkvo"}),
        Spec("qwen3-window-layers", "qwen3", "use_sliding_window with explicit layer_types, which decide",
             dict(head_dim=16, num_hidden_layers=3, use_sliding_window=True, sliding_window=24, max_window_layers=2,
                  layer_types=["sliding_attention", "full_attention", "sliding_attention"]), lengths=LONG,
             wrong={"by max_window_layers": dict(layer_types=["full_attention", "full_attention", "sliding_attention"])}),
        Spec("qwen3-text", "qwen3", "tokenizer without begin token, chat template with a think tag",
             dict(head_dim=16, vocab_size=384, tie_word_embeddings=True), tokenizer="plain"),
    ]


MOE = dict(hidden_size=32, intermediate_size=24, num_attention_heads=2, num_key_value_heads=1, head_dim=16)


def mixtral() -> list[Spec]:
    return [
        Spec("mixtral-top2", "mixtral", "2 of 5 experts, F32 file, blocks of 128 crossed",
             dict(MOE, num_local_experts=5, num_experts_per_tok=2, sliding_window=None), dtype="float32", lengths=LONG,
             wrong={"best expert only": dict(num_experts_per_tok=1), "three experts": dict(num_experts_per_tok=3)}),
        Spec("mixtral-window", "mixtral", "3 of 8 experts of an odd width, sliding_window 32; transformers 4 config.json",
             dict(MOE, num_local_experts=8, num_experts_per_tok=3, sliding_window=32, intermediate_size=19), legacy=True,
             lengths=LONG, wrong={"window ignored": dict(sliding_window=None), "two experts": dict(num_experts_per_tok=2)}),
    ]


def qwen3_moe() -> list[Spec]:
    sizes = dict(MOE, moe_intermediate_size=20, num_hidden_layers=4, intermediate_size=40)
    return [
        Spec("qwen3-moe-normalized", "qwen3_moe", "3 of 6 experts with norm_topk_prob; layers 0 and 2 are dense by"
             " mlp_only_layers", dict(sizes, num_experts=6, num_experts_per_tok=3, norm_topk_prob=True, mlp_only_layers=[0, 2]),
             dtype="float32", lengths=LONG,
             wrong={"weights not normalized": dict(norm_topk_prob=False), "two experts": dict(num_experts_per_tok=2)}),
        Spec("qwen3-moe-plain", "qwen3_moe", "2 of 7 experts whose weights are not normalized, in every second layer by"
             " decoder_sparse_step, attention_bias and a window",
             dict(sizes, num_experts=7, num_experts_per_tok=2, norm_topk_prob=False, decoder_sparse_step=2, mlp_only_layers=[],
                  attention_bias=True, use_sliding_window=True, sliding_window=40, max_window_layers=2), lengths=LONG,
             wrong={"weights normalized": dict(norm_topk_prob=True), "window ignored": dict(use_sliding_window=False)}),
    ]


def olmoe() -> list[Spec]:
    sizes = dict(MOE, num_key_value_heads=2, intermediate_size=20)
    norms = {"q norm weight 1": "ones:self_attn.q_norm.weight", "k norm weight 1": "ones:self_attn.k_norm.weight"}
    return [
        Spec("olmoe-plain", "olmoe", "3 of 8 experts whose weights are not normalized, q and k norms over all heads",
             dict(sizes, num_experts=8, num_experts_per_tok=3), lengths=LONG,
             wrong={**norms, "weights normalized": dict(norm_topk_prob=True)}),
        Spec("olmoe-clipped", "olmoe", "clip_qkv and norm_topk_prob; F32",
             dict(sizes, num_experts=5, num_experts_per_tok=2, clip_qkv=0.75, norm_topk_prob=True), dtype="float32",
             lengths=LONG, wrong={**norms, "not clipped": dict(clip_qkv=None), "clipped less": dict(clip_qkv=0.8),
                                  "weights not normalized": dict(norm_topk_prob=False)}),
    ]


def granitemoe() -> list[Spec]:
    scales = dict(embedding_multiplier=2.0, attention_multiplier=0.2, residual_multiplier=0.8, logits_scaling=0.5)
    return [
        Spec("granitemoe-scaled", "granitemoe", "2 of 6 experts in tensors of all experts, all four multipliers",
             dict(MOE, num_local_experts=6, num_experts_per_tok=2, **scales), lengths=LONG,
             wrong={f"{name} ignored": {name: 1.0} for name in scales}),
        Spec("granitemoe-plain", "granitemoe", "3 of 5 experts, attention_bias, multipliers of 1, F32 file",
             dict(MOE, num_local_experts=5, num_experts_per_tok=3, intermediate_size=17, attention_bias=True,
                  attention_multiplier=0.25),
             dtype="float32", lengths=LONG, wrong={"two experts": dict(num_experts_per_tok=2)}),
    ]


def no_limit(model: Any) -> None:
    for layer in model.model.layers:
        layer.mlp.experts.limit = 1e9


def gpt_oss() -> list[Spec]:
    yarn = dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, beta_fast=8.0, beta_slow=1.0, truncate=False,
                original_max_position_embeddings=64)
    sizes = dict(MOE, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2, head_dim=10, vocab_size=80,
                 rope_parameters=yarn, sliding_window=24)
    wrong = {"sinks of 0": "self_attn.sinks", "no router bias": "router.bias", "no clamp": no_limit,
             "whole yarn limits": dict(rope_parameters={**yarn, "truncate": True}),
             "no windows": dict(layer_types=["full_attention"] * 4),
             "no expert biases": "gate_up_proj_bias", "no output bias": "o_proj.bias"}
    return [
        Spec("gpt-oss-f32", "gpt_oss", "sinks, windows in turns, yarn without truncation, 2 of 4 experts with biases,"
             " clamped gates, F32 file", dict(sizes, num_local_experts=4, num_experts_per_tok=2, intermediate_size=13),
             dtype="float32", lengths=LONG, wrong=wrong),
        Spec("gpt-oss-bf16", "gpt_oss", "3 of 4 experts, which gpt-oss-mxfp4 holds as MXFP4; transformers 4 config.json",
             dict(sizes, num_local_experts=4, num_experts_per_tok=3, intermediate_size=32), legacy=True, lengths=LONG,
             mxfp4="gpt-oss-mxfp4", wrong={"sinks of 0": "self_attn.sinks", "no down biases": "down_proj_bias"}),
    ]


def all_specs() -> list[Spec]:
    return llama() + mistral() + qwen2() + qwen3() + mixtral() + qwen3_moe() + olmoe() + granitemoe() + gpt_oss() + dense_specs() + state_specs() + hybrid_specs() + latent_specs()
