package dev.foretoken.contract.prefix;

/** What can be held behind one key, as bits: a set of them says what is. */
public final class PrefixParts {

    /** K and V of the block in every kind that reaches back without limit. */
    public static final int BLOCKS = 1;
    /** K and V of the block in every windowed kind. */
    public static final int WINDOWS = 1 << 1;
    /** A copy of the states behind the block. */
    public static final int STATE = 1 << 2;

    /** Every bit that means something. */
    public static final int ALL = BLOCKS | WINDOWS | STATE;

    private PrefixParts() {}
}
