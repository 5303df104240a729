package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import java.util.function.Supplier;

/**
 * Where a recurrent mixer finds its states.
 *
 * @param mixer its number among the plan's recurrent mixers
 */
record StatePlace(Supplier<PartCaches> caches, int mixer) {

    /** States are numbered as {@link dev.foretoken.nativeruntime.cache.StateLayout} has them. */
    StateLayer layer(int state) {
        return caches.get().states().layer(mixer, state);
    }
}
