package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.scheduler.prefix.PrefixContents;
import dev.foretoken.scheduler.prefix.PrefixListener;
import java.util.HashMap;
import java.util.Map;

/** What somebody knows of a prefix cache who hears of changes alone. */
final class HeldMirror implements PrefixListener {

    private final Map<PrefixKey, Integer> parts = new HashMap<>();
    private final Map<PrefixKey, Integer> indexes = new HashMap<>();
    int stored;
    int removed;
    int states;

    @Override
    public void stored(PrefixKey key, PrefixKey parent, int index, int gained) {
        stored++;
        states += (gained & PrefixParts.STATE) != 0 ? 1 : 0;
        int before = parts.getOrDefault(key, 0);
        Invariants.require(gained != 0 && (before & gained) == 0, "told twice: " + gained + " beside " + before);
        Integer known = indexes.put(key, index);
        Invariants.require(known == null || known == index, "index " + index + " of a key at " + known);
        parts.put(key, before | gained);
    }

    @Override
    public void removed(PrefixKey key, int lost) {
        removed++;
        int before = parts.getOrDefault(key, 0);
        Invariants.require(lost != 0 && (before & lost) == lost, "lost " + lost + " of " + before);
        parts.put(key, before & ~lost);
        parts.remove(key, 0);
    }

    /** Whether it is what a newcomer is told. */
    void check(PrefixContents contents) {
        Map<PrefixKey, Integer> told = new HashMap<>();
        contents.tell(new PrefixListener() {
            @Override
            public void stored(PrefixKey key, PrefixKey parent, int index, int held) {
                told.merge(key, held, (a, b) -> a | b);
            }

            @Override
            public void removed(PrefixKey key, int lost) {
                throw new AssertionError("told of what is not held");
            }
        });
        Invariants.require(told.equals(parts), "told " + told.size() + " keys, heard of " + parts.size());
    }
}
