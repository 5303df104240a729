package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import java.util.function.Supplier;

/**
 * Where an attention finds its K and V.
 *
 * @param attention its index
 * @param ownsKeys whether it stores the keys that it reads
 * @param ownsValues whether it stores the values that it reads
 * @param kind of cache
 */
record KvPlace(Supplier<PartCaches> caches, int attention, boolean ownsKeys, boolean ownsValues, int kind) {
    KvLayer layer() {
        return caches.get().kv().layer(attention);
    }
}
