package dev.foretoken.scheduler.prefill;

/** Says how large steps of the auxiliary may be that keep answers waiting. */
@FunctionalInterface
public interface AuxiliaryPace {

    /** A token of the auxiliary is taken to cost what one of the base does. */
    AuxiliaryPace AS_THE_BASE = (tokens, most) -> Math.min(tokens, most);

    /** Tokens, at most {@code most}, that take the auxiliary as long as {@code tokens} prompt tokens more take the base. */
    int tokens(int tokens, int most);
}
