package dev.foretoken.gateway.answer;

import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RoutedCalls;
import java.util.function.LongSupplier;

/** Where every protocol gets its answers: plans a request, routes it, submits it, and hands back the stream of its events. */
public final class Answers {

    private final AnswerPlanner planner;
    private final RoutedCalls calls;
    private final LongSupplier nanoClock;
    private final AnswerMetrics.Factory metrics;

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    public Answers(AnswerPlanner planner, RoutedCalls calls, LongSupplier nanoClock, AnswerMetrics.Factory metrics) {
        this.planner = planner;
        this.calls = calls;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
    }

    /** Now on the clock that {@link #open} measures with: protocols read it when a request arrives. */
    public long now() {
        return nanoClock.getAsLong();
    }

    /** See {@link AnswerPlanner#plan}. Encodes text: may take milliseconds for a long prompt. */
    public AnswerPlan plan(AnswerSpec spec, ServedModel model, String requestId, String tenant) {
        return planner.plan(spec, model, requestId, tenant);
    }

    public AnswerLimits limits() {
        return planner.limits();
    }

    /**
     * Submits a planned request.
     *
     * @param arrivedAt {@link #now} when the request arrived; deadline and time to first token count from there
     * @throws dev.foretoken.contract.ForetokenException as {@link dev.foretoken.contract.engine.Engine#submit}
     */
    public AnswerStream open(AnswerPlan plan, long arrivedAt) {
        return new AnswerStream(
                plan,
                calls.open(plan.model(), plan.generation()),
                nanoClock,
                arrivedAt,
                metrics.of(plan.model().name()));
    }
}
