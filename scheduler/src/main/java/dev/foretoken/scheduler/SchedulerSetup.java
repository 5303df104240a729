package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.PrefillPolicy;

/**
 * What a scheduler is built from.
 *
 * @param model name that is part of every prefix key
 * @param prefixSecret random bytes, at least 16, drawn once per process
 * @param drafts where proposals come from when speculation is on
 * @param prefill who decides between computed and predicted prompts
 */
public record SchedulerSetup(
        String model,
        ModelShape shape,
        Capabilities capabilities,
        CacheReservation reservation,
        SchedulerConfig config,
        byte[] prefixSecret,
        DraftSource drafts,
        PrefillPolicy prefill) {

    /** Prompts are computed unless a request asks for prediction. */
    public SchedulerSetup(
            String model,
            ModelShape shape,
            Capabilities capabilities,
            CacheReservation reservation,
            SchedulerConfig config,
            byte[] prefixSecret,
            DraftSource drafts) {
        this(model, shape, capabilities, reservation, config, prefixSecret, drafts, PrefillPolicy.UNMEASURED);
    }

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
