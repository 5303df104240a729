package dev.foretoken.registry.measure;

import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does the same for every item of a list, several at a time, in the order of the list. */
public final class Parallel {
    private Parallel() {}

    /** One piece of work; {@code X} is what it gives. */
    @FunctionalInterface
    public interface Work<T, X> {
        X apply(T item) throws IOException, InterruptedException;
    }

    /** What became of one item: a result, or the message of the error. */
    public record Outcome<X>(@Nullable X result, @Nullable String error) {}

    /** @param onEnd told how many items have ended, by any thread */
    public static <T, X> List<Outcome<X>> map(List<T> items, int threads, Work<T, X> work, Consumer<Integer> onEnd)
            throws InterruptedException {
        AtomicReferenceArray<@Nullable Outcome<X>> outcomes = new AtomicReferenceArray<>(items.size());
        AtomicInteger next = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < Math.min(threads, items.size()); i++) {
            running.add(Thread.ofVirtual().start(() -> {
                for (int at = next.getAndIncrement(); at < items.size(); at = next.getAndIncrement()) {
                    outcomes.set(at, outcome(work, items.get(at)));
                    onEnd.accept(ended.incrementAndGet());
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        List<Outcome<X>> list = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Outcome<X> outcome = outcomes.get(i);
            list.add(outcome == null ? new Outcome<>(null, "its thread ended early") : outcome);
        }
        return list;
    }

    private static <T, X> Outcome<X> outcome(Work<T, X> work, T item) {
        try {
            return new Outcome<>(work.apply(item), null);
        } catch (IOException | ForetokenException e) {
            return new Outcome<>(null, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome<>(null, "interrupted");
        }
    }
}
