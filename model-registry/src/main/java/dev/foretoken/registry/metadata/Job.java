package dev.foretoken.registry.metadata;

import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as everybody sees it.
 *
 * @param parent what is built from
 * @param name of the variant to be
 * @param spec the rest of the order, in its owner's words
 */
public record Job(long id, VariantRef parent, String name, String spec, Status status, Lease lease, Times times) {

    /**
     * @param published whether the variant is there, and only its measurement may be missing
     * @param message why it failed, or what it made
     */
    public record Status(JobState state, boolean cancelAsked, boolean published, String message, Progress progress) {}

    /** {@code done} of {@code total} in units of the stage. */
    public record Progress(String stage, long done, long total) {}

    /**
     * Who runs it, until when unless heard from.
     *
     * @param owner empty while nobody does
     * @param attempt counts takeovers; with the owner it tells a late writer from the present one
     */
    public record Lease(String owner, int attempt, Instant until) {}

    public record Times(Instant created, Optional<Instant> started, Optional<Instant> ended) {}

    public JobState state() {
        return status.state();
    }
}
