package dev.foretoken.registry.transfer;

import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A pull as it is at one moment.
 *
 * @param address without what may be secret in it
 * @param result the version's base, once it succeeded
 * @param error why it failed, a sentence
 */
public record PullStatus(
        String id,
        String model,
        String address,
        State state,
        Progress progress,
        Optional<VariantRef> result,
        Optional<String> error,
        Times times) {

    public enum State {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        /** As people and programs read it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean isOver() {
            return this != QUEUED && this != RUNNING;
        }
    }

    /** {@code done} of {@code total} in bytes; total is 0 where it is not known. */
    public record Progress(String stage, long done, long total) {}

    public record Times(Instant created, Optional<Instant> started, Optional<Instant> ended) {}
}
