package dev.foretoken.gateway.turn;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One next turn while it is prepared: {@link #run} on a thread of its own, {@link #cancel} by any. */
final class Preparation {

    private final EndedTurn turn;
    private final Duration timeout;
    private final LongSupplier nanoClock;
    private @Nullable Generation generation;
    private boolean cancelled;

    Preparation(EndedTurn turn, Duration timeout, LongSupplier nanoClock) {
        this.turn = turn;
        this.timeout = timeout;
        this.nanoClock = nanoClock;
    }

    EndedTurn turn() {
        return turn;
    }

    /** @param computedTokens that the caches did not hold */
    record Result(TurnOutcome outcome, int computedTokens) {
        static Result of(TurnOutcome outcome) {
            return new Result(outcome, 0);
        }
    }

    /** Blocks until the next turn is prepared, or is not going to be. */
    Result run() throws InterruptedException {
        try {
            int[] next = new NextPrefix(turn.model(), turn.chat()).tokens(turn.text());
            if (next.length >= turn.model().requireInfo().contextTokens()) {
                return Result.of(TurnOutcome.DROPPED);
            }
            Optional<ModelLoad> load = turn.endpoint().load(turn.model().engineModel());
            if (holds(next, load.map(ModelLoad::blockTokens).orElse(1))) {
                return Result.of(TurnOutcome.KEPT);
            }
            return load.filter(busy -> busy.waiting() > 0).isPresent() ? Result.of(TurnOutcome.DROPPED) : compute(next);
        } catch (ForetokenException e) {
            return Result.of(outcome(e.code()));
        }
    }

    /** The caches hold whole blocks. */
    private boolean holds(int[] next, int blockTokens) {
        return NextPrefix.common(next, turn.held()) / blockTokens >= next.length / blockTokens;
    }

    private Result compute(int[] next) throws InterruptedException {
        long deadline = nanoClock.getAsLong() + timeout.toNanos();
        Generation running = submit(request(next));
        if (running == null) {
            return Result.of(TurnOutcome.OVERTAKEN);
        }
        for (long left = timeout.toNanos(); left > 0; left = deadline - nanoClock.getAsLong()) {
            Optional<EngineEvent> event = running.next(Duration.ofNanos(left));
            if (event.isPresent() && event.get().isLast()) {
                return result(event.get());
            }
        }
        running.cancel();
        return Result.of(TurnOutcome.DROPPED);
    }

    /** The prompt alone, for whoever may find it: the same tenant, salt and adapter. */
    private GenerationRequest request(int[] next) {
        GenerationRequest answered = turn.plan().generation();
        RequestIdentity identity = answered.identity();
        return GenerationRequest.greedy(
                        identity.requestId() + "-next", answered.model(), Prompt.of(TokenIds.of(next)), 0)
                .withIdentity(
                        new RequestIdentity(identity.requestId() + "-next", identity.tenant(), identity.cacheSalt()))
                .withStop(StopConditions.afterTokens(0))
                .withService(new ServiceLevel(Priority.BATCH, Optional.of(timeout), Optional.empty()))
                .withOptions(new ModelOptions(
                        PrefillOptions.EXACT,
                        Optional.empty(),
                        answered.options().adapter()));
    }

    /** Null: it is not wanted any more. */
    private synchronized @Nullable Generation submit(GenerationRequest request) {
        if (cancelled) {
            return null;
        }
        Generation submitted = turn.endpoint().engine().submit(request);
        generation = submitted;
        return submitted;
    }

    /** The chat went on, or nobody waits for anything any more. Idempotent. */
    synchronized void cancel() {
        cancelled = true;
        if (generation != null) {
            generation.cancel();
        }
    }

    private Result result(EngineEvent last) {
        return switch (last) {
            case EngineEvent.Finished finished ->
                finished.reason() == FinishReason.CANCELLED
                        ? Result.of(outcome(ErrorCode.CANCELLED))
                        : new Result(
                                TurnOutcome.PREPARED,
                                finished.usage().promptTokens()
                                        - finished.usage().cachedTokens());
            case EngineEvent.Failed failed -> Result.of(outcome(failed.code()));
            case EngineEvent.Started e -> throw notLast(e);
            case EngineEvent.PromptScored e -> throw notLast(e);
            case EngineEvent.TokenGenerated e -> throw notLast(e);
            case EngineEvent.Repaired e -> throw notLast(e);
        };
    }

    private static IllegalStateException notLast(EngineEvent event) {
        return new IllegalStateException(event + " is not the last event of a sequence");
    }

    private synchronized TurnOutcome outcome(ErrorCode code) {
        if (cancelled) {
            return TurnOutcome.OVERTAKEN;
        }
        boolean forOthers =
                code.kind() == ErrorKind.CAPACITY || code == ErrorCode.CANCELLED || code == ErrorCode.DEADLINE_EXCEEDED;
        return forOthers ? TurnOutcome.DROPPED : TurnOutcome.FAILED;
    }
}
