package dev.foretoken.gateway.answer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.metrics.TenantMetrics;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.routing.RoutedGeneration;
import dev.foretoken.gateway.tracing.AnswerTrace;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The answer to one request as it grows. One thread reads with {@link #next}; any thread may {@link #cancel}.
 *
 * <p>Turns the engine's token events into text, ends a choice at its stop strings (and tells the engine, whose surplus tokens are dropped),
 * and fails with DEADLINE_EXCEEDED when the request's time is over, whatever the engine does.
 */
public final class AnswerStream implements AutoCloseable {

    /** Bounds how long an engine that does not react can keep a reader whose caller has left. */
    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();

    private final AnswerPlan plan;
    private final RoutedGeneration generation;
    private final ChoiceProgress[] choices;
    private final LongSupplier nanoClock;
    private final long arrivedAt;
    private final AnswerMetrics metrics;
    private final TenantMetrics.Wait wait;
    private final AnswerTrace trace;
    private final ArrayDeque<AnswerEvent> ready = new ArrayDeque<>();
    private int promptTokens;
    private int cachedTokens;
    private int endedChoices;
    private boolean sawToken;
    private boolean closed;
    private Consumer<AnswerEvent> listener = event -> {};
    private Consumer<AnswerUsage> account = usage -> {};
    private volatile boolean begun;
    private volatile boolean cancelled;

    AnswerStream(
            AnswerPlan plan,
            RoutedGeneration generation,
            LongSupplier nanoClock,
            long arrivedAt,
            AnswerMetrics metrics,
            TenantMetrics.Wait wait,
            AnswerTrace trace) {
        this.trace = trace;
        this.plan = plan;
        this.generation = generation;
        this.nanoClock = nanoClock;
        this.arrivedAt = arrivedAt;
        this.metrics = metrics;
        this.wait = wait;
        this.promptTokens = plan.promptTokens();
        this.choices = IntStream.range(0, plan.generation().choices())
                .mapToObj(c -> new ChoiceProgress(plan))
                .toArray(ChoiceProgress[]::new);
    }

    /**
     * Waits for the next event of any choice.
     *
     * @return empty when every choice has ended
     * @throws ForetokenException what the engine failed with, DEADLINE_EXCEEDED, or CANCELLED after {@link #cancel}; the whole answer is
     *     cancelled then
     */
    public Optional<AnswerEvent> next() throws InterruptedException {
        try {
            while (ready.isEmpty() && endedChoices < choices.length) {
                pump(nanosToWait());
            }
            return Optional.ofNullable(ready.poll());
        } catch (ForetokenException e) {
            fail(e.code());
            throw e;
        } catch (InterruptedException e) {
            fail(ErrorCode.CANCELLED);
            throw e;
        }
    }

    /** Waits until {@link #next} has something to return without waiting. Fails as {@link #next}. */
    public void awaitFirst() throws InterruptedException {
        next().ifPresent(ready::addFirst);
    }

    /**
     * The next event if it is there already, empty otherwise: lets a writer put what has gathered into one packet. Fails as {@link #next}.
     */
    public Optional<AnswerEvent> poll() throws InterruptedException {
        try {
            if (ready.isEmpty() && endedChoices < choices.length) {
                nanosToWait();
                pump(0);
            }
            return Optional.ofNullable(ready.poll());
        } catch (ForetokenException e) {
            fail(e.code());
            throw e;
        } catch (InterruptedException e) {
            fail(ErrorCode.CANCELLED);
            throw e;
        }
    }

    /** Whether there was an event. Any thread. */
    public boolean hasBegun() {
        return begun;
    }

    /** Whether every choice has ended and every event was read. */
    public boolean isOver() {
        return ready.isEmpty() && endedChoices == choices.length;
    }

    /** What {@link #poll} would find. */
    public Generation.Ahead ahead() {
        return ready.isEmpty() && endedChoices < choices.length ? generation.ahead() : Generation.Ahead.OTHER;
    }

    /**
     * As {@link Generation#whenArrived}, for the engine that answers now: to be asked again by whoever has read anything but tokens, since another
     * may have taken over.
     */
    public boolean whenArrived(Runnable action) {
        return generation.whenArrived(action);
    }

    /** How long whoever waits for an arrival may do so before looking again, at most: nanoseconds. Any thread. */
    public long longestWait() {
        return Math.clamp(plan.timeout().toNanos() - (nanoClock.getAsLong() - arrivedAt), 0, LONGEST_WAIT_NANOS);
    }

    private long nanosToWait() {
        if (cancelled) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the request was cancelled");
        }
        long left = plan.timeout().toNanos() - (nanoClock.getAsLong() - arrivedAt);
        if (left <= 0) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the answer was not complete after " + plan.timeout().toMillis() + " ms");
        }
        return Math.min(left, LONGEST_WAIT_NANOS);
    }

    private void pump(long waitNanos) throws InterruptedException {
        Optional<EngineEvent> event = generation.next(Duration.ofNanos(waitNanos));
        if (event.isPresent()) {
            take(event.get());
        } else if (generation.isDone()) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "the engine ended without a last event");
        }
    }

    private void take(EngineEvent event) {
        ChoiceProgress choice = choices[event.choice()];
        if (choice.ended()) {
            return;
        }
        switch (event) {
            case EngineEvent.Started started -> start(choice, started);
            case EngineEvent.PromptScored scored ->
                add(new AnswerEvent.PromptScored(scored.choice(), scored.logprobs()));
            case EngineEvent.TokenGenerated token -> take(choice, token);
            case EngineEvent.Repaired repaired -> choice.repaired(repaired, promptTokens);
            case EngineEvent.Finished finished -> finish(choice, finished);
            case EngineEvent.Failed failed -> throw new ForetokenException(failed.code(), failed.detail());
        }
    }

    private void start(ChoiceProgress choice, EngineEvent.Started started) {
        choice.start(started);
        if (started.choice() == 0) {
            promptTokens = started.promptTokens();
            cachedTokens = started.cachedTokens();
        }
        add(new AnswerEvent.Started(started.choice(), started.promptTokens(), started.cachedTokens()));
    }

    private void take(ChoiceProgress choice, EngineEvent.TokenGenerated token) {
        if (!sawToken) {
            sawToken = true;
            long waited = nanoClock.getAsLong() - arrivedAt;
            metrics.firstToken(waited);
            wait.firstToken(waited);
        }
        add(choice.take(token));
        String stop = choice.stopString();
        if (stop != null) {
            generation.cancel(token.choice());
            end(choice.endAtString(token.choice(), stop));
        }
    }

    private void finish(ChoiceProgress choice, EngineEvent.Finished finished) {
        if (finished.reason() == FinishReason.CANCELLED) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the request was cancelled");
        }
        if (finished.choice() == 0) {
            cachedTokens = finished.usage().cachedTokens(); // of the engine that answered: another one may have started
        }
        boolean callersStopToken = !plan.model().endOfSequence().contains(choice.lastToken());
        end(choice.end(finished, callersStopToken));
    }

    private void end(AnswerEvent.Ended ended) {
        endedChoices++;
        add(ended);
        metrics.ended(ended.finish().kind() == AnswerFinish.Kind.LENGTH);
        if (endedChoices == choices.length) {
            wait.close();
            metrics.answered(
                    nanoClock.getAsLong() - arrivedAt,
                    plan.generation().identity().tenant(),
                    promptTokens,
                    usage().completionTokens());
            trace.answered(promptTokens, usage().completionTokens());
        }
    }

    private void add(AnswerEvent event) {
        begun = true;
        ready.add(event);
        listener.accept(event);
    }

    private void fail(ErrorCode why) {
        wait.close();
        generation.cancel();
        metrics.failed(choices.length - endedChoices);
        trace.failed(why);
        endedChoices = choices.length;
        ready.clear();
    }

    /** Has {@code listener} too see every event once, before the reader, on the reader's thread. Call it before the first is read. */
    public void listen(Consumer<AnswerEvent> newListener) {
        listener = listener.andThen(newListener);
    }

    /** Has {@code newAccount} told once, when the answer is closed, what it cost. */
    void charge(Consumer<AnswerUsage> newAccount) {
        account = newAccount;
    }

    /** Who answers now. */
    public EngineEndpoint endpoint() {
        return generation.endpoint();
    }

    /** What was spent so far; final once every choice has ended. */
    public AnswerUsage usage() {
        int completion = 0;
        AnswerPrefill prefill = choices[0].prefill();
        for (ChoiceProgress choice : choices) {
            completion += choice.tokens();
            prefill = prefill.beside(choice.prefill());
        }
        return new AnswerUsage(promptTokens, cachedTokens, completion, prefill);
    }

    public AnswerPlan plan() {
        return plan;
    }

    /** Ends the answer because nobody waits for it any more; the reading thread gets CANCELLED. Any thread, idempotent. */
    public void cancel() {
        cancelled = true;
        generation.cancel();
    }

    /** Cancels what has not ended, and surplus tokens that nobody will read. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            account.accept(usage());
        }
        if (endedChoices < choices.length) {
            fail(ErrorCode.CANCELLED);
        } else if (!generation.isDone()) {
            generation.cancel();
        }
    }
}
