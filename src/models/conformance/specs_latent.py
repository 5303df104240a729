"""Models that attend to latent vectors."""

from typing import Any

from spec import LONG, Spec

SIZES = dict(vocab_size=128, hidden_size=32, intermediate_size=40, moe_intermediate_size=12, num_hidden_layers=4,
             num_attention_heads=3, num_key_value_heads=3, max_position_embeddings=512, rms_norm_eps=1e-5, bos_token_id=1,
             eos_token_id=2, n_routed_experts=8, n_shared_experts=2, num_experts_per_tok=3, n_group=4, topk_group=2,
             first_k_dense_replace=2, kv_lora_rank=20, q_lora_rank=18, qk_nope_head_dim=10, qk_rope_head_dim=6,
             v_head_dim=14, num_mtp_layers=1)


def same_choice(model: Any) -> None:
    for name, buffer in model.named_buffers():
        if name.endswith("e_score_correction_bias"):
            buffer.zero_()


def large_epsilon(model: Any) -> None:
    for layer in model.model.layers:
        layer.self_attn.kv_a_layernorm.variance_epsilon = 0.1


def plain_scores(model: Any) -> None:
    for layer in model.model.layers:
        layer.self_attn.scaling = layer.self_attn.qk_head_dim ** -0.5


def deepseek_v3() -> list[Spec]:
    yarn = dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, beta_fast=8.0, beta_slow=1.0, mscale=0.7, mscale_all_dim=1.5,
                original_max_position_embeddings=64)
    wrong = {"one expert of every token": "shared_experts.down_proj.weight", "choice without bias": same_choice,
             "experts not scaled": dict(routed_scaling_factor=1.0), "all groups": dict(topk_group=4),
             "rotation of halves": dict(rope_interleave=False)}
    return [
        Spec("deepseek-v3-f32", "deepseek_v3", "latent attention with narrow queries, yarn with mscale_all_dim, 2 dense layers,"
             " 3 of 8 experts in 2 of 4 groups, layers of further predictions in the file, F32 file",
             dict(rope_parameters=yarn), base=SIZES, dtype="float32", lengths=LONG, stray="mtp",
             wrong={**wrong, "weights not normalized": dict(norm_topk_prob=False), "scores not scaled": plain_scores,
                    "query norm weight 1": "ones:q_a_layernorm.weight", "latent norm weight 1": "ones:kv_a_layernorm.weight"}),
        Spec("deepseek-v3-plain", "deepseek_v3", "without q_lora_rank, attention_bias, weights that are not normalized, one dense"
             " layer, inner norms' own epsilon; transformers 4 config.json",
             dict(q_lora_rank=None, attention_bias=True, norm_topk_prob=False, first_k_dense_replace=1, num_hidden_layers=3,
                  n_shared_experts=1, rms_norm_eps=1e-4, num_attention_heads=2, num_key_value_heads=2, kv_lora_rank=32,
                  qk_rope_head_dim=8, qk_nope_head_dim=16, v_head_dim=16),
             base=SIZES, lengths=LONG, legacy=True,
             wrong={**wrong, "weights normalized": dict(norm_topk_prob=True), "latent bias ignored": "kv_a_proj_with_mqa.bias",
                    "large epsilon of inner norms": large_epsilon}),
    ]


def latent_specs() -> list[Spec]:
    return deepseek_v3()
