package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Two engines with the same request, until one of them has given a token. A thread of its own waits for each, and stops behind what decides the
 * race: from there on the request's own thread reads that engine again. The second one's thread asks it first, which may take long, and has it
 * enter once it has taken the request. What comes before a token (at most two events of a choice) is kept until it is known whose counts. Used by
 * the request's thread.
 */
final class Race {

    private static final Logger LOG = Logger.getLogger(Race.class);

    private static final Duration LOOK = Duration.ofSeconds(10);

    private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>();
    private final Map<Attempt, Runner> runners = new HashMap<>();
    private final ThreadFactory threads;
    private final Consumer<Attempt> unwanted;
    private boolean asking = true;
    /** Whether nobody may enter any more. */
    private boolean closed;

    /** What has happened. */
    sealed interface News {}

    /** What an engine said. */
    record Heard(Attempt attempt, EngineEvent event) implements News {}

    /** The second engine was asked: empty where it has not taken the request. */
    record Asked(Optional<Attempt> second) implements News {}

    private record Runner(Thread thread, List<EngineEvent> before) {}

    /**
     * @param second submits to the second engine
     * @param unwanted told, on any thread, of a second engine that has taken the request too late
     */
    Race(Attempt first, Supplier<Optional<Attempt>> second, ThreadFactory threads, Consumer<Attempt> unwanted) {
        this.threads = threads;
        this.unwanted = unwanted;
        run(first);
        threads.newThread(() -> ask(second)).start();
    }

    private void run(Attempt attempt) {
        Thread thread = threads.newThread(() -> listen(attempt));
        runners.put(attempt, new Runner(thread, new ArrayList<>()));
        thread.start();
    }

    /** Runs on a thread of its own. */
    private void ask(Supplier<Optional<Attempt>> second) {
        Optional<Attempt> taken = Optional.empty();
        try {
            taken = second.get();
        } catch (RuntimeException e) {
            LOG.error("a second engine cannot be asked", e);
        }
        if (!tell(taken)) {
            taken.ifPresent(unwanted);
        }
    }

    private synchronized boolean tell(Optional<Attempt> second) {
        return !closed && news.add(new Asked(second));
    }

    /** The second engine was asked. */
    void enter(Asked asked) {
        asking = false;
        asked.second().ifPresent(this::run);
    }

    /** Whether it is not known yet if the second engine takes the request. */
    boolean isAsking() {
        return asking;
    }

    /** A second engine that has not entered does not any more. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        for (News each : news) {
            if (each instanceof Asked asked) {
                asked.second().ifPresent(unwanted);
            }
        }
        news.removeIf(Asked.class::isInstance);
    }

    /** Runs on the attempt's own thread. */
    private void listen(Attempt attempt) {
        try {
            while (true) {
                Optional<EngineEvent> event = attempt.generation().next(LOOK);
                if (event.isPresent()) {
                    news.add(new Heard(attempt, event.get()));
                } else if (attempt.generation().isDone()) {
                    news.add(new Heard(
                            attempt,
                            new EngineEvent.Failed(
                                    0, ErrorCode.REPLICA_LOST, "the engine ended the request without a last event")));
                }
                if (event.map(Race::decides).orElse(attempt.generation().isDone())) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // It has lost.
        } catch (RuntimeException e) {
            LOG.error("what an engine says of a request cannot be read", e);
            news.add(new Heard(attempt, new EngineEvent.Failed(0, ErrorCode.INTERNAL_ERROR, "it cannot be read")));
        }
    }

    /** Whether it ends the attempt's part in the race, as the winner or for good. */
    static boolean decides(EngineEvent event) {
        return switch (event) {
            case EngineEvent.Started any -> false;
            case EngineEvent.PromptScored any -> false;
            case EngineEvent.Repaired any -> false;
            case EngineEvent.TokenGenerated any -> true;
            case EngineEvent.Finished any -> true;
            case EngineEvent.Failed any -> true;
        };
    }

    /** Whether what decides the race is somebody's answer, and not that there is none. */
    static boolean isAnswer(EngineEvent event) {
        return event instanceof EngineEvent.TokenGenerated
                || event instanceof EngineEvent.Finished finished && finished.reason() != FinishReason.CANCELLED;
    }

    /** What happened next, or was said by whichever; empty when {@code nanos} have passed. */
    Optional<News> next(long nanos) throws InterruptedException {
        return Optional.ofNullable(news.poll(nanos, TimeUnit.NANOSECONDS));
    }

    /** Keeps what does not decide anything. */
    void keep(Heard said) {
        before(said.attempt()).add(said.event());
    }

    /** What {@code attempt} said before, in its order. */
    List<EngineEvent> before(Attempt attempt) {
        Runner runner = runners.get(attempt);
        return runner == null ? new ArrayList<>() : runner.before();
    }

    /** Whether somebody runs beside it. */
    boolean isOpen() {
        return runners.size() > 1;
    }

    /** The one beside {@code attempt}. */
    Attempt other(Attempt attempt) {
        return runners.keySet().stream()
                .filter(each -> each != attempt)
                .findFirst()
                .orElseThrow();
    }

    /** Nobody listens to it any more. */
    void leave(Attempt attempt) {
        Runner runner = runners.remove(attempt);
        if (runner != null) {
            runner.thread().interrupt();
        }
        news.removeIf(each -> each instanceof Heard said && said.attempt() == attempt);
    }
}
