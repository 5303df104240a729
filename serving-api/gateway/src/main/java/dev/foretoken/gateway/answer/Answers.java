package dev.foretoken.gateway.answer;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RouteDecision;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/** Where every protocol gets its answers: plans a request, routes it, submits it, and hands back the stream of its events. */
public final class Answers {

    private static final Logger LOG = Logger.getLogger(Answers.class);

    private final AnswerPlanner planner;
    private final EngineRouter router;
    private final LongSupplier nanoClock;
    private final AnswerMetrics.Factory metrics;

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    public Answers(AnswerPlanner planner, EngineRouter router, LongSupplier nanoClock, AnswerMetrics.Factory metrics) {
        this.planner = planner;
        this.router = router;
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
        RouteDecision decision = router.choose(plan.model());
        LOG.debugf("request %s: %s", plan.generation().identity().requestId(), decision.summary());
        EngineEndpoint endpoint = decision.chosen();
        Generation generation = endpoint.engine().submit(plan.generation());
        return new AnswerStream(
                plan,
                endpoint,
                generation,
                nanoClock,
                arrivedAt,
                metrics.of(plan.model().name()));
    }
}
