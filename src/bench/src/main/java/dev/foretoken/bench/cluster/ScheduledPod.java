package dev.foretoken.bench.cluster;

import dev.foretoken.bench.scripted.SilentObserver;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.fairness.TenantPlaces;
import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.scheduler.PlannedStep;
import dev.foretoken.scheduler.Scheduler;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SchedulerSetup;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.loop.PlacePace;
import dev.foretoken.scheduler.prefill.MeasuredPrefill;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import dev.foretoken.scheduler.prefill.StepCosts;
import dev.foretoken.scheduler.prefix.PrefixListener;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The real scheduler; each answer is what its request says, and costs what the table says. */
final class ScheduledPod implements Pod {

    private final PodSpec spec;
    private final List<TenantShare> tenants;
    private final Progress progress;
    private final TenantPlaces queue;
    private final Scheduler scheduler;
    private final PrefillPolicy policy;
    private final StepResult result;
    private final PlacePace places = new PlacePace();
    /** By the number of the sequence: these are given in the order of the requests. */
    private final Map<Long, SimulatedRequest> open = new LinkedHashMap<>();

    private List<PrefixChange> changes = new ArrayList<>();
    private @Nullable PlannedStep step;
    private long submitted;
    private long ends;
    private long now;

    /** {@code shape}: of the specification; thousands of pods share one. */
    ScheduledPod(PodSpec spec, ModelShape shape, List<TenantShare> tenants, Progress progress) {
        this.spec = spec;
        this.tenants = tenants;
        this.progress = progress;
        this.queue = new TenantPlaces(spec.maxQueued());
        SchedulerConfig config =
                new SchedulerConfig(spec.rows(), spec.stepTokens(), spec.besideDecode(), spec.maxQueued(), true, 1);
        this.policy = MeasuredPrefill.observing(shape, spec.stepTokens(), spec.besideDecode());
        this.result = new StepResult(spec.rows(), spec.stepTokens());
        this.scheduler = new Scheduler(
                new SchedulerSetup(
                        PodSpec.MODEL,
                        shape,
                        capabilities(spec),
                        new CacheReservation(List.of(List.of(spec.blocks()))),
                        config,
                        TenantChains.SECRET,
                        new PromptLookup(),
                        policy),
                new SilentObserver());
        scheduler.prefixContents().orElseThrow().listen(listener());
    }

    private static Capabilities capabilities(PodSpec spec) {
        EnumSet<Feature> features =
                EnumSet.of(Feature.RAGGED_ROWS, Feature.MIXED_SPANS, Feature.PREFIX_SHARING, Feature.BATCH_INVARIANT);
        return new Capabilities(features, spec.rows(), spec.stepTokens(), 1);
    }

    private PrefixListener listener() {
        return new PrefixListener() {
            @Override
            public void stored(PrefixKey key, PrefixKey parent, int index, int parts) {
                changes.add(new PrefixChange.Stored(key, parent, index, parts));
            }

            @Override
            public void removed(PrefixKey key, int parts) {
                changes.add(new PrefixChange.Removed(key, parts));
            }
        };
    }

    /** It asks for as much as its tenant may have. */
    private GenerationRequest generation(SimulatedRequest request) {
        Tenant tenant = tenant(request);
        String id = "r" + request.number;
        return GenerationRequest.greedy(id, PodSpec.MODEL, Prompt.of(request.prompt()), request.answerTokens)
                .withIdentity(new RequestIdentity(id, tenant.id(), ""))
                .withService(tenant.serve(ServiceLevel.DEFAULT.withPriority(Priority.HIGH)));
    }

    private Tenant tenant(SimulatedRequest request) {
        return tenants.get(request.tenant).tenant();
    }

    @Override
    public boolean submit(SimulatedRequest request, long at) {
        Tenant tenant = tenant(request);
        if (!queue.take(tenant.id(), tenant.weight(), 1)) {
            return false;
        }
        now = at;
        long number = submitted++;
        open.put(number, request);
        scheduler.submit(generation(request), at, event -> take(number, request, event));
        return true;
    }

    private void take(long number, SimulatedRequest request, EngineEvent event) {
        switch (event) {
            case EngineEvent.Started started -> {
                queue.leave(tenant(request).id(), 1);
                request.cachedTokens = started.cachedTokens();
            }
            case EngineEvent.TokenGenerated token -> {
                if (request.generated++ == 0) {
                    progress.firstToken(request, request.cachedTokens, now);
                }
            }
            case EngineEvent.Finished finished -> {
                ends++;
                open.remove(number);
                progress.ended(request, now);
            }
            case EngineEvent.Failed failed -> throw new IllegalStateException(failed.toString());
            case EngineEvent.Repaired repaired -> {}
            case EngineEvent.PromptScored scored -> {}
        }
    }

    @Override
    public long begin(long at) {
        now = at;
        step = scheduler.plan(at);
        if (step == null) {
            return IDLE;
        }
        StepPlan plan = step.plan();
        long nanos = nanos(plan);
        policy.times().observe(plan, nanos);
        return nanos;
    }

    private long nanos(StepPlan plan) {
        int draws = 0;
        double pairs = 0;
        for (int row = 0; row < plan.rows(); row++) {
            draws += plan.wants(row, StepPlan.WANT_SAMPLE) ? 1 : 0;
            pairs += StepCosts.attended(plan.get(Column.FIRST_POSITION, row), plan.get(Column.TOKEN_COUNT, row));
        }
        return spec.nanos(plan.tokenCount(), draws, pairs);
    }

    @Override
    public void end(long at) {
        PlannedStep done = step;
        if (done == null) {
            throw new IllegalStateException("the end of a step that was not begun");
        }
        now = at;
        StepPlan plan = done.plan();
        result.clear(plan.rows());
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.wants(row, StepPlan.WANT_SAMPLE)) {
                result.addToken(row, token(plan, row), null);
            }
        }
        step = null;
        scheduler.commit(done, result, at);
        places.look(at, ends, scheduler.waiting());
    }

    private int token(StepPlan plan, int row) {
        SimulatedRequest request = open.get(plan.sequence(row).sequenceId());
        if (request == null) {
            throw new IllegalStateException("a step for a request that has ended");
        }
        return request.tokens.applyAsInt(plan.get(Column.FIRST_POSITION, row) + plan.get(Column.TOKEN_COUNT, row));
    }

    @Override
    public List<SimulatedRequest> open() {
        return List.copyOf(open.values());
    }

    @Override
    public ModelLoad load(long at) {
        return new ModelLoad(
                PodSpec.MODEL,
                scheduler.waiting(),
                scheduler.running(),
                PodSpec.BLOCK_TOKENS,
                spec.blocks(),
                scheduler.pools().get(0).pool().referenced(),
                scheduler.work().withPlaces(places.nanos()),
                scheduler.cost(),
                LoadCounters.ZERO);
    }

    @Override
    public List<PrefixChange> changes() {
        List<PrefixChange> told = changes;
        changes = new ArrayList<>();
        return told;
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
