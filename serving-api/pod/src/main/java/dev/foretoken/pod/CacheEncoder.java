package dev.foretoken.pod;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.pod.v1.CacheShape;

/** Changes of a prefix cache as columns of a message. */
final class CacheEncoder {

    private static final PrefixKey NOTHING = new PrefixKey(0, 0);

    private CacheEncoder() {}

    static CacheShape encode(PrefixShape shape) {
        return CacheShape.newBuilder()
                .setBlockTokens(shape.blockTokens())
                .setAlignment(shape.alignment())
                .setBlocks(shape.blocks())
                .setWindowBlocks(shape.windowBlocks())
                .setStates(shape.states())
                .setContextTokens(shape.contextTokens())
                .setLengthInvariantTokens(shape.lengthInvariantTokens())
                .build();
    }

    static void add(CacheEvents.Builder message, PrefixChange change) {
        switch (change) {
            case PrefixChange.Stored stored ->
                add(message, stored.key(), stored.parts(), stored.index(), stored.parent());
            case PrefixChange.Removed removed -> add(message, removed.key(), removed.parts(), -1, NOTHING);
            case PrefixChange.Cleared cleared ->
                throw new IllegalArgumentException("a clearing is told before the changes");
        }
    }

    private static void add(CacheEvents.Builder message, PrefixKey key, int parts, int index, PrefixKey parent) {
        message.addKeys(key.high())
                .addKeys(key.low())
                .addParts(parts)
                .addIndexes(index)
                .addParents(parent.high())
                .addParents(parent.low());
    }
}
