package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.TokenChain;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The blocks a model pod keeps; the one used longest ago goes first, and of one prompt the last. */
final class ModelCache {

    private final Map<PrefixKey, Integer> kept = new LinkedHashMap<>(16, 0.75f, true);
    private List<PrefixChange> changes = new ArrayList<>();

    /** Blocks of the beginning of {@code chain} that are kept, at most {@code most}. */
    int held(TokenChain chain, int most) {
        int held = 0;
        while (held < most && kept.containsKey(chain.key(held))) {
            held++;
        }
        touch(chain, held);
        return held;
    }

    /** The same by halving, and not as a use of them: what is kept of a prompt has few gaps. */
    int holds(TokenChain chain, int most) {
        int held = 0;
        int end = most;
        while (held < end) {
            int middle = (held + end + 1) / 2;
            if (kept.containsKey(chain.key(middle - 1))) {
                held = middle;
            } else {
                end = middle - 1;
            }
        }
        return held;
    }

    /** Keeps blocks {@code from} to {@code end} of {@code chain}. */
    void store(TokenChain chain, int from, int end) {
        for (int index = from; index < end; index++) {
            if (kept.putIfAbsent(chain.key(index), index) == null) {
                changes.add(new PrefixChange.Stored(chain.key(index), chain.before(index), index, PrefixParts.BLOCKS));
            }
        }
        if (end > from) {
            touch(chain, end);
        }
    }

    private void touch(TokenChain chain, int blocks) {
        for (int index = blocks - 1; index >= 0; index--) {
            kept.get(chain.key(index));
        }
    }

    /** Keeps no more than {@code most}. */
    void trim(int most) {
        Iterator<PrefixKey> oldest = kept.keySet().iterator();
        for (int surplus = kept.size() - Math.max(0, most); surplus > 0; surplus--) {
            changes.add(new PrefixChange.Removed(oldest.next(), PrefixParts.BLOCKS));
            oldest.remove();
        }
    }

    List<PrefixChange> changes() {
        List<PrefixChange> told = changes;
        changes = new ArrayList<>();
        return told;
    }
}
