package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.VectorRef;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of latent attention.
 *
 * @param narrow elements of the short vector that queries are made of; 0: of the input
 * @param bias of the maps of the input and of the output
 * @param epsilon of the norms of short vectors
 */
record LatentSizes(int heads, Dims dims, int narrow, boolean bias, float epsilon) {

    /**
     * Elements of one head.
     *
     * @param plain of a query and key that are not turned
     * @param turned of those that are
     * @param latent of what is cached beside the turned ones
     */
    record Dims(int plain, int turned, int latent, int value) {
        /** Rows per head of the maps out of latent vectors. */
        int ups() {
            return plain + value;
        }
    }

    HeadLayout layout() {
        return HeadLayout.latent(heads, dims.turned(), dims.latent());
    }

    /** Elements of all queries, keys and values before they are made short: the widest of them. */
    long width() {
        return (long) heads
                * Math.max(Math.max(dims.plain() + dims.turned(), dims.ups()), dims.latent() + dims.turned());
    }

    /** {@code layer}: what stands before the names of the layer's tensors. */
    LatentMaps maps(LatentNames names, String layer, Linear output) {
        int hidden = output.outputs();
        int width = heads * (dims.plain() + dims.turned());
        LatentMaps.Narrow first = narrow(names, layer, hidden);
        Linear query = first == null
                ? linear(layer + names.query(), width, hidden, false)
                : linear(layer + names.queryUp(), width, narrow, false);
        Linear both = linear(layer + names.cached(), dims.latent() + dims.turned(), hidden, bias);
        LatentMaps.Cached cached = new LatentMaps.Cached(
                both.outputs(dims.latent(), dims.turned()),
                both.outputs(0, dims.latent()),
                norm(layer + names.cachedNorm(), dims.latent()));
        return new LatentMaps(first, query, cached, names.keyUps(layer, this), names.valueUps(layer, this), output);
    }

    private LatentMaps.@Nullable Narrow narrow(LatentNames names, String layer, int hidden) {
        return narrow == 0
                ? null
                : new LatentMaps.Narrow(
                        linear(layer + names.narrow(), narrow, hidden, bias), norm(layer + names.narrowNorm(), narrow));
    }

    private Norm norm(String name, int width) {
        return Norm.rms(new VectorRef(name + ".weight", width), epsilon);
    }

    private static Linear linear(String name, int outputs, int inputs, boolean bias) {
        return new Linear(
                new MatrixRef(name + ".weight", outputs, inputs), bias ? new VectorRef(name + ".bias", outputs) : null);
    }
}
