package dev.foretoken.app.command.batch;

import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a person is told while answers that are waited for do not come. One thread. */
final class Silence {

    private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    /** How many servers are there. */
    @FunctionalInterface
    interface Servers {

        /** @throws ForetokenException where nobody says so */
        int count() throws InterruptedException;
    }

    private final Servers servers;
    private final String whoIsMissing;
    private final LongSupplier nanoTime;
    private int answered;
    private long since;
    private String said = "";

    /** @param whoIsMissing said where there is no server */
    Silence(Servers servers, String whoIsMissing, LongSupplier nanoTime) {
        this.servers = servers;
        this.whoIsMissing = whoIsMissing;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** A sentence, where there is a new one. Asks after servers when no answer has come for a while. */
    Optional<String> after(int answeredNow) throws InterruptedException {
        long now = nanoTime.getAsLong();
        if (answeredNow != answered) {
            answered = answeredNow;
            since = now;
            said = "";
        }
        if (now - since < EVERY_NANOS) {
            return Optional.empty();
        }
        String next = reason();
        since = nanoTime.getAsLong();
        boolean isNews = !next.isEmpty() && !next.equals(said);
        said = next;
        return isNews ? Optional.of(next) : Optional.empty();
    }

    private String reason() throws InterruptedException {
        try {
            return servers.count() == 0 ? whoIsMissing : "";
        } catch (ForetokenException e) {
            return e.getMessage() + "; answers are waited for";
        }
    }
}
