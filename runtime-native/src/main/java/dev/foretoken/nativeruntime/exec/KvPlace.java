package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.plan.KvSource;
import java.util.function.Supplier;

/**
 * Where an attention finds its K and V.
 *
 * @param attention its index
 * @param ownsKeys whether it stores the keys that it reads
 * @param ownsValues whether it stores the values that it reads
 * @param above whether it reads what a later attention stores, which has no entry yet for the token that is computed
 * @param kind of cache
 */
record KvPlace(
        Supplier<PartCaches> caches, int attention, boolean ownsKeys, boolean ownsValues, boolean above, int kind) {
    static KvPlace of(Supplier<PartCaches> caches, int attention, KvSource source, int kind) {
        return new KvPlace(
                caches,
                attention,
                source.ownsKeys(attention),
                source.ownsValues(attention),
                source.isAbove(attention),
                kind);
    }

    KvLayer layer() {
        return caches.get().kv().layer(attention);
    }
}
