package dev.foretoken.contract.prefix;

/** What an engine has begun or ceased to hold of a model's prefixes. */
public sealed interface PrefixChange {

    /**
     * More is held behind a key.
     *
     * @param parent key of the block before; of nothing where {@code index} is 0
     * @param index of the block in its chain, from 0
     * @param parts bits of {@link PrefixParts} that are held now, beside those that were
     */
    record Stored(PrefixKey key, PrefixKey parent, int index, int parts) implements PrefixChange {}

    /** Less is held behind a key. {@code parts}: bits of {@link PrefixParts} that are not held any more. */
    record Removed(PrefixKey key, int parts) implements PrefixChange {}

    /** Nothing is held; what is, is told next. */
    record Cleared() implements PrefixChange {}
}
