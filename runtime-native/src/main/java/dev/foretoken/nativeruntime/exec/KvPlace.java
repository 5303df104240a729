package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import java.util.function.Supplier;

/**
 * Where an attention finds its K and V.
 *
 * @param owner the attention that stores them
 * @param own whether that is the reader itself
 * @param kind of cache
 */
record KvPlace(Supplier<PartCaches> caches, int owner, boolean own, int kind) {
    KvLayer layer() {
        return caches.get().kv().layer(owner);
    }
}
