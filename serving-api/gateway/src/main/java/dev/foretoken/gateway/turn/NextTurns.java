package dev.foretoken.gateway.turn;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Prepares the next turns of chats whose callers asked for it, so that a next turn waits for its own tokens only. Any thread.
 *
 * <p>At most so many at once, for all and for each tenant; one more is dropped and never waits. None begins while sequences wait. One
 * that has begun is a request of the lowest priority in the engine's steps, and ends as soon as its chat goes on: the blocks computed until then
 * stay in the engine's prefix cache.
 */
public final class NextTurns implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NextTurns.class);

    private final TurnLimits limits;
    private final TurnMetrics metrics;
    private final ThreadFactory threads;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Preparation> pending = new ArrayList<>();
    private boolean closed;

    /**
     * @param threads for preparations, which mostly wait
     * @param nanoClock monotonic, as {@link System#nanoTime}
     */
    public NextTurns(TurnLimits limits, Telemetry telemetry, ThreadFactory threads, LongSupplier nanoClock) {
        this.limits = limits;
        this.metrics = new TurnMetrics(telemetry);
        this.threads = threads;
        this.nanoClock = nanoClock;
        telemetry.gauge(
                Metric.of("foretoken_next_turns_pending", "Next turns of chats that are being prepared."),
                () -> pending().size());
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE where nothing is ever prepared */
    public void requireOffered() {
        if (limits.maxPending() == 0) {
            throw new ForetokenException(
                            ErrorCode.UNSUPPORTED_FEATURE,
                            "this server was told to prepare no next turns; leave out prepare_next_turn")
                    .withParam("prepare_next_turn");
        }
    }

    /** A chat has come in: preparations of a turn that it goes on with, or asks for again, end now. Call it before it is submitted. */
    public void arrived(String tenant, ServedModel model, ChatInput chat) {
        pending().stream()
                .filter(preparation -> preparation.turn().isFollowedBy(tenant, model, chat))
                .forEach(Preparation::cancel);
    }

    /** Prepares the turn after {@code answer}, of one choice, as soon as that is complete. Nothing happens for one that fails. */
    public void follow(AnswerStream answer, ChatInput chat) {
        answer.listen(new TurnRecorder(answer, chat, this::prepare));
    }

    private void prepare(EndedTurn turn) {
        Preparation preparation = new Preparation(turn, limits.timeout(), nanoClock);
        if (enter(preparation)) {
            threads.newThread(() -> run(preparation)).start();
        } else {
            metrics.ended(turn.model().name(), TurnOutcome.DROPPED, 0);
        }
    }

    private boolean enter(Preparation preparation) {
        lock.lock();
        try {
            long ofTenant = pending.stream()
                    .filter(other ->
                            other.turn().tenant().equals(preparation.turn().tenant()))
                    .count();
            return !closed
                    && pending.size() < limits.maxPending()
                    && ofTenant < limits.maxPendingPerTenant()
                    && pending.add(preparation);
        } finally {
            lock.unlock();
        }
    }

    private void run(Preparation preparation) {
        Preparation.Result result = Preparation.Result.of(TurnOutcome.FAILED);
        try {
            result = preparation.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            preparation.cancel();
        } catch (RuntimeException e) {
            LOG.error("a next turn was not prepared", e);
            preparation.cancel();
        } finally {
            leave(preparation);
            metrics.ended(preparation.turn().model().name(), result.outcome(), result.computedTokens());
            LOG.debugf(
                    "next turn of request %s: %s",
                    preparation.turn().plan().generation().identity().requestId(), result);
        }
    }

    private void leave(Preparation preparation) {
        lock.lock();
        try {
            pending.remove(preparation);
        } finally {
            lock.unlock();
        }
    }

    private List<Preparation> pending() {
        lock.lock();
        try {
            return List.copyOf(pending);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is prepared from now on, and what is under way ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        pending().forEach(Preparation::cancel);
    }
}
