package dev.foretoken.gateway.answer;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.metrics.TenantMetrics;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.routing.RoutedGeneration;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tracing.AnswerTrace;
import dev.foretoken.gateway.tracing.Tracing;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Where every protocol gets its answers: plans a request, routes it, submits it, and hands back the stream of its events. */
public final class Answers {

    private final AnswerPlanner planner;
    private final RoutedCalls calls;
    private final LongSupplier nanoClock;
    private final AnswerMetrics.Factory metrics;
    private final Accounts accounts;
    private final Tracing tracing;

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    public Answers(AnswerPlanner planner, RoutedCalls calls, LongSupplier nanoClock, AnswerMetrics.Factory metrics) {
        this(planner, calls, nanoClock, metrics, (tenant, tokens) -> {}, Tracing.off());
    }

    private Answers(
            AnswerPlanner planner,
            RoutedCalls calls,
            LongSupplier nanoClock,
            AnswerMetrics.Factory metrics,
            Accounts accounts,
            Tracing tracing) {
        this.planner = planner;
        this.calls = calls;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
        this.accounts = accounts;
        this.tracing = tracing;
    }

    /** Who is charged for what a tenant's answers cost. */
    @FunctionalInterface
    public interface Accounts {
        void spend(String tenant, long tokens);
    }

    /** The same answers, charged to {@code to}. */
    public Answers charging(Accounts to) {
        return new Answers(planner, calls, nanoClock, metrics, to, tracing);
    }

    /** The same answers, each followed by {@code by}. */
    public Answers traced(Tracing by) {
        return new Answers(planner, calls, nanoClock, metrics, accounts, by);
    }

    /** Now on the clock that {@link #open} measures with: protocols read it when a request arrives. */
    public long now() {
        return nanoClock.getAsLong();
    }

    /** See {@link AnswerPlanner#plan}. Encodes text: may take milliseconds for a long prompt. */
    public AnswerPlan plan(AnswerSpec spec, ServedModel model, String requestId, Tenant tenant) {
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
        return open(plan, arrivedAt, id -> {});
    }

    /**
     * The same.
     *
     * @param routed told the id of each decision where the request goes, before it goes there
     */
    public AnswerStream open(AnswerPlan plan, long arrivedAt, Consumer<String> routed) {
        AnswerTrace trace = tracing.answer(plan.generation(), arrivedAt);
        String tenant = plan.generation().identity().tenant();
        TenantMetrics.Wait wait = metrics.tenants().waits(tenant);
        RoutedGeneration generation = route(plan, trace, wait, routed);
        AnswerStream stream = new AnswerStream(
                plan, generation, nanoClock, arrivedAt, metrics.of(plan.model().name()), wait, trace);
        stream.charge(usage -> accounts.spend(tenant, (long) usage.promptTokens() + usage.completionTokens()));
        return stream;
    }

    private RoutedGeneration route(
            AnswerPlan plan, AnswerTrace trace, TenantMetrics.Wait wait, Consumer<String> routed) {
        try {
            RoutedGeneration generation = calls.open(plan.model(), trace.request(), routed);
            trace.routed(generation.endpoint().name());
            return generation;
        } catch (ForetokenException refusal) {
            wait.close();
            trace.failed(refusal.code());
            throw refusal;
        } catch (RuntimeException | Error e) {
            wait.close();
            throw e;
        }
    }
}
