package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * How files call the maps of latent attention. The maps out of the latent vectors are one tensor, of each head its keys and then its values,
 * or two.
 */
enum LatentNames {
    HUGGING_FACE(
            "self_attn.q_proj", "self_attn.q_a_", "self_attn.q_a_layernorm", "self_attn.q_b_proj", "self_attn.kv_"),
    /** As converters wrote them before they split keys from values. */
    GGUF_WHOLE("attn_q", "attn_q_a", "attn_q_a_norm", "attn_q_b", "attn_kv_"),
    GGUF("attn_q", "attn_q_a", "attn_q_a_norm", "attn_q_b", "attn_kv_") {
        @Override
        List<Linear> keyUps(String layer, LatentSizes sizes) {
            String name = layer + "attn_k_b.weight";
            return each(
                    sizes,
                    head -> MatrixRef.slice(
                            name,
                            sizes.heads(),
                            head,
                            latent(sizes),
                            sizes.dims().plain()));
        }

        @Override
        List<Linear> valueUps(String layer, LatentSizes sizes) {
            String name = layer + "attn_v_b.weight";
            return each(
                    sizes,
                    head -> MatrixRef.slice(
                            name, sizes.heads(), head, sizes.dims().value(), latent(sizes)));
        }
    };

    private final String query;
    private final String narrow;
    private final String narrowNorm;
    private final String queryUp;
    private final String cached;

    LatentNames(String query, String narrow, String narrowNorm, String queryUp, String cached) {
        this.query = query;
        this.narrow = narrow;
        this.narrowNorm = narrowNorm;
        this.queryUp = queryUp;
        this.cached = cached;
    }

    /** Of the whole query where it is made of the input. */
    String query() {
        return query;
    }

    String narrow() {
        return this == HUGGING_FACE ? narrow + "proj" : narrow;
    }

    String narrowNorm() {
        return narrowNorm;
    }

    /** Of the whole query where it is made of a short vector. */
    String queryUp() {
        return queryUp;
    }

    /** Rows of the latent vector, then of the part of the key that is turned. */
    String cached() {
        return cached + (this == HUGGING_FACE ? "a_proj_with_mqa" : "a_mqa");
    }

    String cachedNorm() {
        return cached + (this == HUGGING_FACE ? "a_layernorm" : "a_norm");
    }

    /** Of each head [latent, plain]. */
    List<Linear> keyUps(String layer, LatentSizes sizes) {
        return each(
                sizes,
                head -> ups(layer, sizes)
                        .rows(head * sizes.dims().ups(), sizes.dims().plain())
                        .transposed());
    }

    /** Of each head [value, latent]. */
    List<Linear> valueUps(String layer, LatentSizes sizes) {
        LatentSizes.Dims dims = sizes.dims();
        return each(sizes, head -> ups(layer, sizes).rows(head * dims.ups() + dims.plain(), dims.value()));
    }

    private MatrixRef ups(String layer, LatentSizes sizes) {
        String name = layer + cached + (this == HUGGING_FACE ? "b_proj" : "b") + ".weight";
        return new MatrixRef(name, sizes.heads() * sizes.dims().ups(), latent(sizes));
    }

    private static int latent(LatentSizes sizes) {
        return sizes.dims().latent();
    }

    private static List<Linear> each(LatentSizes sizes, IntFunction<MatrixRef> ofHead) {
        return IntStream.range(0, sizes.heads())
                .mapToObj(head -> new Linear(ofHead.apply(head), null))
                .toList();
    }
}
