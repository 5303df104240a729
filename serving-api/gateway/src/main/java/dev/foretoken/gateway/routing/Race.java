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
import org.jboss.logging.Logger;

/**
 * Two engines with the same request, until one of them has given a token. A thread of its own waits for each, and stops behind what decides the
 * race: from there on the request's own thread reads that engine again. What comes before a token (at most two events of a choice) is kept
 * until it is known whose counts. Used by the request's thread.
 */
final class Race {

    private static final Logger LOG = Logger.getLogger(Race.class);

    private static final Duration LOOK = Duration.ofSeconds(10);

    private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final Map<Attempt, Runner> runners = new HashMap<>();

    /** What an engine said. */
    record Heard(Attempt attempt, EngineEvent event) {}

    private record Runner(Thread thread, List<EngineEvent> before) {}

    Race(Attempt first, Attempt second, ThreadFactory threads) {
        for (Attempt attempt : List.of(first, second)) {
            runners.put(attempt, new Runner(threads.newThread(() -> listen(attempt)), new ArrayList<>()));
        }
        runners.values().forEach(runner -> runner.thread().start());
    }

    /** Runs on the attempt's own thread. */
    private void listen(Attempt attempt) {
        try {
            while (true) {
                Optional<EngineEvent> event = attempt.generation().next(LOOK);
                if (event.isPresent()) {
                    heard.add(new Heard(attempt, event.get()));
                } else if (attempt.generation().isDone()) {
                    heard.add(new Heard(
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
            heard.add(new Heard(attempt, new EngineEvent.Failed(0, ErrorCode.INTERNAL_ERROR, "it cannot be read")));
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

    /** What was said next, by whichever; empty when {@code nanos} have passed. */
    Optional<Heard> next(long nanos) throws InterruptedException {
        return Optional.ofNullable(heard.poll(nanos, TimeUnit.NANOSECONDS));
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
        heard.removeIf(said -> said.attempt() == attempt);
    }
}
