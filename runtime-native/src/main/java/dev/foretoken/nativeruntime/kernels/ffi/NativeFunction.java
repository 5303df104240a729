package dev.foretoken.nativeruntime.kernels.ffi;

/** The kernels' entry points: each takes the context and one argument block. */
public enum NativeFunction {
    PACK("ft_pack"),
    GATHER("ft_gather"),
    MATMUL("ft_matmul"),
    MATMUL_GROUPS("ft_matmul_groups"),
    ADD_LIFTED("ft_add_lifted"),
    COMBINE("ft_combine"),
    RMS_NORM("ft_rms_norm"),
    ROTARY("ft_rotary"),
    ADD("ft_add"),
    LAYER_NORM("ft_layer_norm"),
    ADD_SCALED("ft_add_scaled"),
    ACTIVATE("ft_activate"),
    RESCALE("ft_rescale"),
    WRITE_KV("ft_write_kv"),
    MAP_KV("ft_map_kv"),
    ATTENTION("ft_attention"),
    CONVOLVE("ft_convolve"),
    SELECTIVE_SCAN("ft_selective_scan"),
    STATE_SPACE("ft_state_space"),
    DELTA_RULE("ft_delta_rule"),
    GATED_NORM("ft_gated_norm"),
    GATHER_TERMS("ft_gather_terms"),
    AFFINE("ft_affine"),
    SUMMARIZE("ft_summarize"),
    TOP_K("ft_top_k"),
    SAMPLE("ft_sample"),
    ;

    private final String symbol;

    NativeFunction(String symbol) {
        this.symbol = symbol;
    }

    String symbol() {
        return symbol;
    }
}
