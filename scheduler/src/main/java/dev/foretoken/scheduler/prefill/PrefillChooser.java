package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.request.PrefillMode;

/** Chooses how a prompt comes into the caches where its request leaves that open ({@link PrefillMode#AUTO}) and both ways are possible. */
@FunctionalInterface
public interface PrefillChooser {

    PrefillChooser ALWAYS_EXACT = (prompt, load) -> PrefillChoice.unestimated(PrefillChoice.Reason.UNMEASURED);

    /** Asked when a sequence has got its place among the running ones, and again later where it then does not get its memory, too. */
    PrefillChoice choose(WaitingPrompt prompt, PrefillLoad load);

    /** A prompt was admitted with the choice made last: it stays at that. Once per request. */
    default void chosen(PrefillChoice choice) {}
}
