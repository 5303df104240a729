package dev.foretoken.bench.serve;

import java.time.Duration;

/** The beginning of a run that is not counted. */
public sealed interface Warmup {

    /** Until so many requests have ended. */
    record Requests(int count) implements Warmup {}

    /** So long after the first request was sent. */
    record Time(Duration duration) implements Warmup {}

    /** Reads a number of requests ({@code 10}) or a duration ({@code 5s}). */
    static Warmup parse(String text) {
        return text.matches("\\d{1,9}") ? new Requests(Integer.parseInt(text)) : new Time(Durations.parse(text));
    }
}
