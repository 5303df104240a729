package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.request.PrefillMode;

/** Chooses how a prompt comes into the caches where its request leaves that open ({@link PrefillMode#AUTO}) and both ways are possible. */
@FunctionalInterface
public interface PrefillChooser {

    PrefillChooser ALWAYS_EXACT = (prompt, load) -> PrefillMode.EXACT;

    /**
     * EXACT or PREDICTED. Asked when the sequence has got its place among the running ones, and kept for good once it has its memory, too.
     */
    PrefillMode choose(WaitingPrompt prompt, PrefillLoad load);
}
