package dev.foretoken.contract.prefix;

import java.util.List;

/** What an engine holds of one model's prefixes, as it changes. One thread reads it. */
public interface PrefixFeed {

    PrefixShape shape();

    /**
     * What has changed since the last call, oldest first: at first {@link PrefixChange.Cleared} and everything held, and again whenever this
     * reader was too slow. Never waits for a change.
     *
     * @param most changes in the answer
     * @throws dev.foretoken.contract.ForetokenException when the engine is too busy to say: ask again later
     */
    List<PrefixChange> next(int most);

    /** Whether the model is not served any more: nothing is held, and nothing will change. */
    boolean ended();
}
