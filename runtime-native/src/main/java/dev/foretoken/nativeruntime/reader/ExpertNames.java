package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.VectorRef;

/** How files name the weights of a layer's experts: one tensor per expert and map, or one for all experts. */
enum ExpertNames {
    MIXTRAL("block_sparse_moe.gate") {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            String name = layer + "block_sparse_moe.experts." + expert + ".";
            return mlp(size.in(name + "w1.weight"), size.in(name + "w3.weight"), size.out(name + "w2.weight"));
        }
    },
    QWEN("mlp.gate") {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            return projections(layer + "mlp.experts." + expert + ".", size);
        }
    },
    JAMBA("feed_forward.router") {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            return projections(layer + "feed_forward.experts." + expert + ".", size);
        }
    },
    /** Gate and up of an expert behind one another. */
    GRANITE("block_sparse_moe.router.layer") {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            MatrixRef both = MatrixRef.slice(
                    layer + "block_sparse_moe.input_linear.weight",
                    size.count(),
                    expert,
                    2 * size.inner(),
                    size.hidden());
            return mlp(
                    both.rows(0, size.inner()),
                    both.rows(size.inner(), size.inner()),
                    size.outSlice(layer + "block_sparse_moe.output_linear.weight", expert));
        }
    },
    /** Floats. */
    GPT_OSS("mlp.router", true) {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            return new GptOssExperts(layer, size).huggingFace(expert, false);
        }
    },
    /** Rows are outputs. */
    GPT_OSS_ENCODED("mlp.router", true) {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            return new GptOssExperts(layer, size).huggingFace(expert, true);
        }
    },
    GGUF_GPT_OSS("ffn_gate_inp", true) {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            return new GptOssExperts(layer, size).gguf(expert);
        }
    },
    /** As GGUF files had them before tensors of all experts. */
    GGUF_APART("ffn_gate_inp") {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            String end = "." + expert + ".weight";
            return mlp(
                    size.in(layer + "ffn_gate" + end),
                    size.in(layer + "ffn_up" + end),
                    size.out(layer + "ffn_down" + end));
        }
    },
    GGUF("ffn_gate_inp") {
        @Override
        Mlp expert(String layer, int expert, Size size) {
            return mlp(
                    size.inSlice(layer + "ffn_gate_exps.weight", expert),
                    size.inSlice(layer + "ffn_up_exps.weight", expert),
                    size.outSlice(layer + "ffn_down_exps.weight", expert));
        }
    };

    /**
     * @param count of experts
     * @param inner width of one
     */
    record Size(int count, int inner, int hidden) {
        MatrixRef in(String tensor) {
            return new MatrixRef(tensor, inner, hidden);
        }

        MatrixRef out(String tensor) {
            return new MatrixRef(tensor, hidden, inner);
        }

        MatrixRef inSlice(String tensor, int expert) {
            return MatrixRef.slice(tensor, count, expert, inner, hidden);
        }

        MatrixRef outSlice(String tensor, int expert) {
            return MatrixRef.slice(tensor, count, expert, hidden, inner);
        }
    }

    private final String router;
    private final boolean biased;

    ExpertNames(String router) {
        this(router, false);
    }

    /** {@code biased}: whether the router adds a bias. */
    ExpertNames(String router, boolean biased) {
        this.router = router;
        this.biased = biased;
    }

    /** {@code layer}: what stands before the names of the layer's tensors. */
    Linear router(String layer, Size size) {
        String name = layer + router;
        return new Linear(
                new MatrixRef(name + ".weight", size.count(), size.hidden()),
                biased ? new VectorRef(name + ".bias", size.count()) : null);
    }

    abstract Mlp expert(String layer, int expert, Size size);

    private static Mlp projections(String name, Size size) {
        return mlp(
                size.in(name + "gate_proj.weight"),
                size.in(name + "up_proj.weight"),
                size.out(name + "down_proj.weight"));
    }

    private static Mlp mlp(MatrixRef gate, MatrixRef up, MatrixRef down) {
        return new Mlp(new Linear(gate, null), new Linear(up, null), new Linear(down, null), Activation.SILU);
    }
}
