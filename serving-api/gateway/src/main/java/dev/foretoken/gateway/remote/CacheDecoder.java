package dev.foretoken.gateway.remote;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.pod.v1.CacheShape;
import java.util.ArrayList;
import java.util.List;

/** Changes of a pod's prefix cache, from the columns of a message. */
final class CacheDecoder {

    private static final int MOST_CHANGES = 4096;

    private CacheDecoder() {}

    /** @throws IllegalArgumentException for a shape that means nothing */
    static PrefixShape shape(CacheShape shape) {
        return new PrefixShape(
                shape.getBlockTokens(),
                shape.getAlignment(),
                shape.getBlocks(),
                shape.getWindowBlocks(),
                shape.getStates(),
                shape.getContextTokens(),
                shape.getLengthInvariantTokens());
    }

    /** @throws IllegalArgumentException for columns that do not belong together, or are too long */
    static List<PrefixChange> changes(CacheEvents message) {
        int count = message.getPartsCount();
        boolean whole = message.getKeysCount() == 2 * count
                && message.getParentsCount() == 2 * count
                && message.getIndexesCount() == count;
        if (!whole || count > MOST_CHANGES) {
            throw new IllegalArgumentException("a message with " + count + " parts, " + message.getKeysCount()
                    + " halves of keys and " + message.getIndexesCount() + " indexes; at most " + MOST_CHANGES
                    + " changes, and all of one length, were expected");
        }
        List<PrefixChange> changes = new ArrayList<>(count + 1);
        if (message.getCleared()) {
            changes.add(new PrefixChange.Cleared());
        }
        for (int i = 0; i < count; i++) {
            changes.add(change(message, i));
        }
        return changes;
    }

    private static PrefixChange change(CacheEvents message, int i) {
        PrefixKey key = new PrefixKey(message.getKeys(2 * i), message.getKeys(2 * i + 1));
        if (message.getIndexes(i) < 0) {
            return new PrefixChange.Removed(key, message.getParts(i));
        }
        PrefixKey parent = new PrefixKey(message.getParents(2 * i), message.getParents(2 * i + 1));
        return new PrefixChange.Stored(key, parent, message.getIndexes(i), message.getParts(i));
    }
}
