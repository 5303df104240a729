package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.PromptLookup;

/**
 * What a scheduler is built from.
 *
 * @param model name that is part of every prefix key
 * @param prefixSecret random bytes, at least 16, drawn once per process
 * @param drafts where proposals come from when speculation is on
 */
public record SchedulerSetup(
        String model,
        ModelShape shape,
        Capabilities capabilities,
        CacheReservation reservation,
        SchedulerConfig config,
        byte[] prefixSecret,
        DraftSource drafts) {

    /** Proposals are looked up in the sequence itself. */
    public SchedulerSetup(
            String model,
            ModelShape shape,
            Capabilities capabilities,
            CacheReservation reservation,
            SchedulerConfig config,
            byte[] prefixSecret) {
        this(model, shape, capabilities, reservation, config, prefixSecret, new PromptLookup());
    }
}
