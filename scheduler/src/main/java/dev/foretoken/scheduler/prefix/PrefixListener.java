package dev.foretoken.scheduler.prefix;

import dev.foretoken.contract.prefix.PrefixKey;

/** Is told what the prefix cache begins and ceases to hold, on the scheduler's thread: it must return at once. */
public interface PrefixListener {

    /** Tells nobody. */
    PrefixListener NONE = new PrefixListener() {
        @Override
        public void stored(PrefixKey key, PrefixKey parent, int index, int parts) {}

        @Override
        public void removed(PrefixKey key, int parts) {}
    };

    /** As {@link dev.foretoken.contract.prefix.PrefixChange.Stored}. */
    void stored(PrefixKey key, PrefixKey parent, int index, int parts);

    /** As {@link dev.foretoken.contract.prefix.PrefixChange.Removed}. */
    void removed(PrefixKey key, int parts);
}
