"""Conformance checkpoints of dense decoders that are not close to Llama."""

from typing import Any

from spec import LONG, Spec


def rope(kind: str, theta: float = 10000.0, **settings: Any) -> dict[str, Any]:
    return {"rope_parameters": {"rope_type": kind, "rope_theta": theta, **settings}}


def gemma2() -> list[Spec]:
    sizes = dict(num_hidden_layers=4, hidden_size=48, intermediate_size=72, head_dim=20, pad_token_id=0)
    return [
        Spec("gemma2-capped", "gemma2", "soft caps of scores and logits, alternating windows, scores scaled by"
             " query_pre_attn_scalar, norms around sublayers with weights stored less 1, scaled embeddings",
             dict(sizes, sliding_window=24, attn_logit_softcapping=3.0, final_logit_softcapping=6.0,
                  query_pre_attn_scalar=10), dtype="float32", lengths=LONG + (23, 24, 25),
             wrong={"scores not capped": dict(attn_logit_softcapping=None),
                    "logits not capped": dict(final_logit_softcapping=None),
                    "scaled by the head's size": dict(query_pre_attn_scalar=20),
                    "window one too long": dict(sliding_window=25),
                    "full layers first": dict(layer_types=["full_attention", "sliding_attention"] * 2)}),
        Spec("gemma2-untied", "gemma2", "no caps, untied, attention_bias, another activation, given layer_types; transformers 4"
             " config.json", dict(sizes, sliding_window=32, attn_logit_softcapping=None, final_logit_softcapping=None,
                                  query_pre_attn_scalar=20, attention_bias=True, tie_word_embeddings=False,
                                  hidden_activation="gelu"), legacy=True,
             wrong={"scores capped": dict(attn_logit_softcapping=3.0), "tanh gelu": dict(hidden_activation="gelu_pytorch_tanh"),
                    "o bias ignored": "self_attn.o_proj.bias"}),
    ]


def gemma3() -> list[Spec]:
    kinds = ["sliding_attention", "sliding_attention", "full_attention"] * 2
    ropes = {"full_attention": {"rope_type": "linear", "rope_theta": 500000.0, "factor": 4.0},
             "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}
    unscaled = {**ropes, "full_attention": {"rope_type": "default", "rope_theta": 500000.0}}
    sizes = dict(num_hidden_layers=6, hidden_size=48, intermediate_size=64, head_dim=20, pad_token_id=0,
                 query_pre_attn_scalar=12)
    return [
        Spec("gemma3-mixed", "gemma3_text", "windowed and full layers with rotary settings of their own, norms of queries and"
             " keys", dict(sizes, sliding_window=20, layer_types=kinds, rope_parameters=ropes), lengths=LONG + (19, 20, 21),
             wrong={"rotary scaling ignored": dict(rope_parameters=unscaled),
                    "one base for all": dict(rope_parameters={**ropes, "sliding_attention": ropes["full_attention"]}),
                    "window one too long": dict(sliding_window=21),
                    "q norm weight 1": "self_attn.q_norm.weight", "scaled by the head's size": dict(query_pre_attn_scalar=20)}),
        Spec("gemma3-legacy", "gemma3_text", "transformers 4 config.json: sliding_window_pattern, rope_local_base_freq,"
             " rope_scaling; soft cap of logits; F32",
             dict(sizes, num_hidden_layers=4, sliding_window=24, sliding_window_pattern=2, rope_parameters=ropes,
                  final_logit_softcapping=6.0), legacy=True, dtype="float32", lengths=LONG,
             wrong={"logits not capped": dict(final_logit_softcapping=None),
                    "every layer windowed": dict(layer_types=["sliding_attention"] * 4)}),
    ]


def phi3() -> list[Spec]:
    sizes = dict(hidden_size=48, intermediate_size=72, num_attention_heads=3, num_key_value_heads=1, pad_token_id=0)
    long = dict(short_factor=[1.0, 1.25, 1.5, 2.0], long_factor=[2.0, 3.0, 5.0, 9.0], partial_rotary_factor=0.5,
                original_max_position_embeddings=64)
    shorts = rope("longrope", **{**long, "long_factor": long["short_factor"]})
    return [
        Spec("phi3-longrope", "phi3", "fused maps, half of each head rotated, rope_type longrope: the length is fixed per"
             " request, see rope_length", dict(sizes, max_position_embeddings=256, original_max_position_embeddings=64,
                                               **rope("longrope", **long)),
             lengths=(1, 2, 17, 40, 48, 49, 120, 200), dtype="float32",
             wrong={"short factors everywhere": shorts,
                    "attention factor 1": rope("longrope", attention_factor=1.0, **long)}),
        Spec("phi3-window", "phi3", "sliding_window on every layer, fused maps, several KV heads",
             dict(sizes, num_attention_heads=4, num_key_value_heads=2, hidden_size=56, sliding_window=32,
                  original_max_position_embeddings=512), lengths=LONG,
             wrong={"window ignored": dict(sliding_window=None), "window one too long": dict(sliding_window=33)}),
    ]


def olmo2() -> list[Spec]:
    return [
        Spec("olmo2-norms", "olmo2", "norms of what sublayers add only, and of whole queries and keys; F32",
             dict(hidden_size=48), dtype="float32", lengths=LONG,
             wrong={"q norm weight 1": "ones:self_attn.q_norm.weight", "k norm weight 1": "ones:self_attn.k_norm.weight",
                    "output norm weight 1": "ones:post_feedforward_layernorm.weight"}),
        Spec("olmo2-bias", "olmo2", "attention_bias on q, k, v and o", dict(attention_bias=True, hidden_size=48),
             wrong={f"{n} bias ignored": f"self_attn.{n}_proj.bias" for n in "qkvo"}),
    ]


def gpt2() -> list[Spec]:
    sizes = dict(hidden_size=48, max_position_embeddings=256)
    return [
        Spec("gpt2-plain", "gpt2", "layer norms with biases, learned positions, maps stored as [inputs, outputs], no gate",
             dict(sizes, tie_word_embeddings=False), dtype="float32", lengths=LONG,
             wrong={"positions ignored": "wpe.weight", "norm bias ignored": "ln_1.bias", "up bias ignored": "c_fc.bias",
                    "fused bias ignored": "c_attn.bias"}),
        Spec("gpt2-scaled", "gpt2", "scores divided by the layer's number and not by the head's size, n_inner, another"
             " activation, untied", dict(sizes, num_hidden_layers=3, n_inner=72, scale_attn_by_inverse_layer_idx=True,
                                         scale_attn_weights=False, activation_function="relu", tie_word_embeddings=False),
             wrong={"not by layer": dict(scale_attn_by_inverse_layer_idx=False), "by head": dict(scale_attn_weights=True),
                    "gelu": dict(activation_function="gelu_new")}),
        Spec("gpt2-tied", "gpt2", "one table for embedding and logits", dict(sizes, tie_word_embeddings=True), dtype="float32", lengths=LONG,
             gain=2.0, wrong={"positions ignored": "wpe.weight", "norm bias ignored": "ln_1.bias", "last norm bias ignored": "ln_f.bias"}),
    ]


def granite() -> list[Spec]:
    scales = dict(embedding_multiplier=2.5, residual_multiplier=0.6, attention_multiplier=0.125, logits_scaling=1.5)
    return [
        Spec("granite-multipliers", "granite", "multipliers of embeddings, residuals, scores and logits; F32",
             dict(scales, hidden_size=48), dtype="float32", lengths=LONG,
             wrong={f"{name} 1": {name: 1.0} for name in scales}),
        Spec("granite-bias", "granite", "attention_bias and mlp_bias, tied embeddings; multipliers left at 1",
             dict(attention_bias=True, mlp_bias=True, tie_word_embeddings=True, hidden_size=48),
             wrong={"scaled by the head's size": dict(attention_multiplier=12 ** -0.5),
                    "up bias ignored": "mlp.up_proj.bias"}),
    ]


def dense_specs() -> list[Spec]:
    return gemma2() + gemma3() + phi3() + olmo2() + gpt2() + granite()
