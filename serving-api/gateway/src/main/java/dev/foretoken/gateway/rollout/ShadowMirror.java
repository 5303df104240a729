package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.variant.ShadowBoard;
import dev.foretoken.routing.variant.ShadowRule;
import dev.foretoken.routing.variant.ShadowScore;
import dev.foretoken.routing.variant.VariantPolicy;
import dev.foretoken.routing.variant.VariantRollout;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Has another variant answer a share of the requests of a name too. A request's own thread only takes a place and starts a task, once the
 * first token is there: it never waits for a shadow, and nothing that a shadow does or throws reaches it.
 */
final class ShadowMirror {

    private final String alias;
    private final ShadowRule rule;
    private final VariantChoices choices;
    private final LongSupplier nanoClock;
    private final Executor executor;
    private final ShadowBoard board;
    private final Semaphore places;

    private ShadowMirror(
            String alias, ShadowRule rule, VariantChoices choices, LongSupplier nanoClock, Executor executor) {
        this.alias = alias;
        this.rule = rule;
        this.choices = choices;
        this.nanoClock = nanoClock;
        this.executor = executor;
        this.board = new ShadowBoard(rule.limits());
        this.places = new Semaphore(rule.maxConcurrent());
    }

    /** Empty where the rollout has no shadow. */
    static Optional<ShadowMirror> of(
            VariantRollout rollout, VariantChoices choices, LongSupplier nanoClock, Executor executor) {
        return rollout.shadow().map(rule -> new ShadowMirror(rollout.alias(), rule, choices, nanoClock, executor));
    }

    ShadowScore score() {
        return board.score();
    }

    /** Mirrors an answer that is drawn, and whose tokens are all an engine's own choice. */
    void follow(ServedModel primary, AnswerStream answer) {
        AnswerPlan plan = answer.plan();
        GenerationRequest request = plan.generation();
        if (board.isStopped()
                || request.choices() != 1
                || !plan.stopStrings().isEmpty()
                || !VariantPolicy.isMirrored(alias, rule, request.identity().requestId())) {
            return;
        }
        ShadowPair pair = new ShadowPair(board);
        answer.listen(new ShadowListener(rule.maxTokens(), pair, () -> begin(primary, request, pair)));
    }

    private void begin(ServedModel primary, GenerationRequest request, ShadowPair pair) {
        if (!places.tryAcquire()) {
            board.skipped();
            return;
        }
        AtomicBoolean held = new AtomicBoolean(true);
        try {
            executor.execute(() -> {
                try {
                    run(primary, request, pair);
                } finally {
                    release(held);
                }
            });
        } catch (RuntimeException | Error e) {
            // No thread, no shadow: the answer goes on.
            board.skipped();
            release(held);
        }
    }

    private void release(AtomicBoolean held) {
        if (held.getAndSet(false)) {
            places.release();
        }
    }

    private void run(ServedModel primary, GenerationRequest request, ShadowPair pair) {
        Optional<ServedModel> target = choices.find(primary, rule.variant()).filter(ServedModel::isReady);
        if (target.isEmpty() || board.isStopped()) {
            board.skipped();
            return;
        }
        new ShadowRun(target.get(), rule, board, nanoClock).run(request, pair);
    }
}
