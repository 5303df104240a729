package dev.foretoken.scheduler.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.TokenChain;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prefixes that came by lately, held or not: where prompts part from each other, and what was given up. Bounded; the oldest go first. */
public final class PrefixHistory {

    private static final int MOST = 1 << 15;

    /** Whether what was held of a prefix was given up since. */
    private final Map<PrefixKey, Boolean> evicted = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<PrefixKey, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** A prompt begins with the first {@code blocks} blocks of {@code chain}. */
    public void see(TokenChain chain, int blocks) {
        evicted.putIfAbsent(chain.key(blocks - 1), false);
    }

    /** Whether a prompt began with the first {@code blocks} blocks of {@code chain}. */
    public boolean knows(TokenChain chain, int blocks) {
        return evicted.get(chain.key(blocks - 1)) != null;
    }

    /** Whether what was held behind the first {@code blocks} blocks of {@code chain} was given up. */
    public boolean wasEvicted(TokenChain chain, int blocks) {
        return Boolean.TRUE.equals(evicted.get(chain.key(blocks - 1)));
    }

    void evict(PrefixKey key) {
        evicted.put(key, true);
    }

    void hold(PrefixKey key) {
        evicted.replace(key, false);
    }
}
