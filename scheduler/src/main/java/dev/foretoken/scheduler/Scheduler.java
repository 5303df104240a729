package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import dev.foretoken.scheduler.prefix.PrefixContents;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching over one variant. There is no prefill phase and no decode phase, only tokens still to be computed. Plain
 * single-threaded code: time comes in as {@code now} (nanoseconds, any origin), events go out through each request's sink.
 *
 * <p>Per step: {@link #plan}, let the runtime compute it, then {@link #commit} or {@link #fail}. As many steps may be planned ahead as the
 * runtime allows in flight; they are committed in the order they were planned.
 */
public final class Scheduler implements AutoCloseable {

    private final SchedulerState state;
    private final ChainFactory chains;
    private final RequestCheck requests;
    private final StepShape shape;
    private final StepPlanner planner;
    private final DraftStepPlanner draftSteps;
    private final AuxiliaryStepPlanner auxiliary;
    private final Repairs repairs;
    private final RepairPlanner repairSteps;
    private final PlanWriter writer;
    private final StepCommitter committer;
    private final PromptSharing sharing;
    private final StateCheckpoints checkpoints;
    private final DraftCommitter drafts;
    private final Endings endings;
    private final PromptSurvey survey;
    private final Optional<PrefixContents> prefixContents;
    private final PlannedStep[] steps;
    private long nextSequence;

    public Scheduler(SchedulerSetup setup, SchedulerObserver observer) {
        StepLimits limits = StepLimits.of(
                setup.config(), setup.capabilities(), setup.shape().base().caches());
        CachePools pools = CachePools.of(setup.shape(), setup.reservation());
        this.state = new SchedulerState(pools, setup.config().prefixCache(), limits, observer);
        PrefixShape prefixShape = PrefixContents.shape(setup.shape());
        this.prefixContents =
                Optional.ofNullable(state.prefixes).map(index -> new PrefixContents(prefixShape, index, state.states));
        this.chains = new ChainFactory(
                setup.model(), prefixShape, state.prefixes == null ? null : new PrefixHasher(setup.prefixSecret()));
        this.requests = new RequestCheck(setup.shape(), setup.capabilities(), pools, limits.tokens());
        this.shape = new StepShape(limits);
        MemoryGuard memory = new MemoryGuard(state, shape);
        this.checkpoints = new StateCheckpoints(state, setup.config().speculation());
        CheckpointPolicy policy = new CheckpointPolicy(state, setup.config().prefixes());
        PrefixLookup prefixes = new PrefixLookup(state, setup.config().prefixCache());
        PrefillDecider prefill =
                new PrefillDecider(state, requests, setup.prefill().chooser());
        Admission admission = new Admission(state, shape, memory, prefixes, prefill, policy, checkpoints);
        DraftPlanner drafting = new DraftPlanner(state, shape, memory, checkpoints, setup);
        this.planner = new StepPlanner(
                state, shape, memory, admission, drafting, setup.prefill().costs());
        this.writer = new PlanWriter(state, policy, checkpoints);
        this.auxiliary =
                new AuxiliaryStepPlanner(state, memory, writer, setup.prefill().pace());
        this.repairs = new Repairs(state, prefixes);
        this.repairSteps =
                new RepairPlanner(state, shape, memory, repairs, setup.prefill().repair(), setup.capabilities());
        this.draftSteps =
                new DraftStepPlanner(state, drafting, writer, setup.config().speculation());
        this.sharing = new PromptSharing(state, policy);
        this.endings = new Endings(state, sharing);
        this.drafts = new DraftCommitter(state, checkpoints);
        this.committer = new StepCommitter(
                state, endings, sharing, checkpoints, new RowOwners(drafts, draftSteps, auxiliary, repairs));
        this.survey = new PromptSurvey(state, prefixes, setup.prefill().costs());
        this.steps = new PlannedStep[setup.capabilities().stepsInFlight()];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new PlannedStep(capacity(setup, limits));
        }
    }

    /** Rows of the auxiliary have the base's tables, too. */
    private static StepCapacity capacity(SchedulerSetup setup, StepLimits limits) {
        ModelShape shape = setup.shape();
        long entries = 0;
        int kinds = 0;
        for (PartShape part : shape.parts()) {
            boolean both = part.role() == PartShape.Role.AUXILIARY;
            entries = Math.max(entries, entries(shape, part) + (both ? entries(shape, shape.base()) : 0));
            int behind = both ? shape.base().caches().kinds().size() : 0;
            kinds = Math.max(kinds, part.caches().kinds().size() + behind);
        }
        long all = Math.min(entries * limits.rows(), 1 << 28);
        return new StepCapacity(limits.rows(), limits.tokens(), (int) all, kinds);
    }

    private static long entries(ModelShape shape, PartShape part) {
        CacheSpec caches = part.caches();
        return (long) Math.ceilDiv(shape.contextTokens(), caches.blockTokens())
                * caches.kinds().size();
    }

    /** Says what can never be answered; any thread may ask. */
    public RequestCheck requests() {
        return requests;
    }

    /** A request without an adapter. */
    public SequenceGroup submit(GenerationRequest request, long now, EventSink sink) {
        return submit(request, AdapterUse.NONE, now, sink);
    }

    /**
     * Takes a request that {@link RequestCheck#check} let pass. Its timeout counts from {@code now}.
     *
     * @param adapter stays loaded until every sequence of the request has ended
     */
    public SequenceGroup submit(GenerationRequest request, AdapterUse adapter, long now, EventSink sink) {
        SequenceGroup group = new SequenceGroup(request, adapter, sink, now);
        int maxLength = requests.maxLength(request);
        for (int choice = 0; choice < request.choices(); choice++) {
            SequenceCaches caches = new SequenceCaches(state.pools);
            group.put(choice, new Sequence(nextSequence++, group, choice, maxLength, caches, chains));
        }
        state.groups.add(group);
        sharing.enter(group);
        if (!request.resumed().isEmpty()) {
            endComplete(group, now);
        }
        return group;
    }

    /** Nothing follows on what was generated of these choices before. */
    private void endComplete(SequenceGroup group, long now) {
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sequence = group.sequence(choice);
            FinishReason reached = sequence.generated() == 0 ? null : sequence.reached();
            if (group.request().resumed().choice(choice).ended()) {
                endings.finish(sequence, FinishReason.CANCELLED, now);
            } else if (reached != null) {
                endings.finish(sequence, reached, now);
            }
        }
    }

    /** Plans the next step, or returns null when nothing can be computed until a step in flight is committed or a request comes. */
    public @Nullable PlannedStep plan(long now) {
        endExpired(now);
        state.promptness.turnTo(now);
        if (state.settleFirst && state.stepsInFlight > 0) {
            return null;
        }
        if (state.stepsInFlight == steps.length) {
            throw new IllegalStateException(steps.length + " steps are in flight already");
        }
        state.settleFirst = false;
        state.now = now;
        repairSteps.settle();
        if (draftSteps.plan()) {
            PlannedStep step = openStep();
            draftSteps.write(step);
            return close(step);
        }
        if (auxiliary.planInTurn()) {
            return auxiliaryStep();
        }
        planner.plan();
        repairSteps.give();
        if (shape.rows() > 0) {
            PlannedStep step = openStep();
            writer.write(step, now);
            repairSteps.write(step, writer);
            return close(step);
        }
        if (auxiliary.plan()) {
            return auxiliaryStep();
        }
        requireProgress();
        return null;
    }

    private PlannedStep auxiliaryStep() {
        PlannedStep step = openStep();
        auxiliary.write(step);
        return close(step);
    }

    private PlannedStep close(PlannedStep step) {
        state.nextStep++;
        return step;
    }

    private PlannedStep openStep() {
        PlannedStep step = steps[(int) (state.nextStep % steps.length)];
        step.open(state.commands);
        state.stepsInFlight++;
        return step;
    }

    private void requireProgress() {
        if (state.stepsInFlight == 0 && state.running.size() + state.waiting.size() > 0) {
            throw new IllegalStateException("nothing in flight and nothing can be planned: " + state.running.size()
                    + " running, " + state.waiting.size() + " waiting");
        }
    }

    /** Takes the result of the oldest step in flight. */
    public void commit(PlannedStep step, StepResult result, long now) {
        step.closeFlight();
        state.stepsInFlight--;
        committer.commit(step, result, now);
    }

    /** The oldest step in flight did not happen: its sequences fail, all others go on. */
    public void fail(PlannedStep step, ErrorCode code, String detail) {
        step.closeFlight();
        state.stepsInFlight--;
        for (int row = 0; row < step.plan().rows(); row++) {
            Sequence sequence = step.sequence(row);
            sequence.rowsInFlight--;
            boolean draft = DraftStepPlanner.drafts(step.plan(), row);
            boolean repair = Repairs.repairs(step.plan(), row);
            if (state.prefixes != null && !draft && !repair) {
                state.prefixes.forget(sequence.caches);
            }
            if (sequence.ended()) {
                endings.releaseWhenSettled(sequence);
            } else if (draft) {
                draftSteps.fail(sequence);
            } else if (repair) {
                repairs.fail(sequence);
            } else {
                endings.fail(sequence, code, detail);
            }
            checkpoints.discard(step.takeSaved(row));
            drafts.close(sequence, step.plan(), row);
        }
    }

    /** Ends one choice if it still runs. */
    public void cancel(SequenceGroup group, int choice, long now) {
        Sequence sequence = group.sequence(choice);
        if (!sequence.ended()) {
            endings.finish(sequence, FinishReason.CANCELLED, now);
        }
    }

    /** Ends every sequence with {@code code}. */
    public void failAll(ErrorCode code, String detail) {
        while (!state.groups.isEmpty()) {
            failGroup(state.groups.getLast(), code, detail);
        }
    }

    /** Commands were lost: no state is restored from a checkpoint made before. */
    public void forgetCheckpoints() {
        checkpoints.forgetAll();
    }

    private void endExpired(long now) {
        for (int i = state.groups.size() - 1; i >= 0; i--) {
            if (state.groups.get(i).isExpired(now)) {
                failGroup(state.groups.get(i), ErrorCode.DEADLINE_EXCEEDED, "the request's time has passed");
            }
        }
    }

    private void failGroup(SequenceGroup group, ErrorCode code, String detail) {
        for (int choice = group.choices() - 1; choice >= 0; choice--) {
            if (!group.sequence(choice).ended()) {
                endings.fail(group.sequence(choice), code, detail);
            }
        }
    }

    /** Whether there is neither a sequence nor a step in flight. */
    public boolean isIdle() {
        return state.groups.isEmpty() && state.stepsInFlight == 0;
    }

    public int stepsInFlight() {
        return state.stepsInFlight;
    }

    /** Sequences accepted and not running, those that wait for a sibling included. */
    public int waiting() {
        return state.waiting.size() + state.parked;
    }

    public int running() {
        return state.running.size();
    }

    /** What is to be computed of prompts; looks at every sequence. */
    public PromptWork work() {
        return survey.work();
    }

    /** What that costs while those generate who do now; fits costs again where steps were since. */
    public PrefillCost cost() {
        return survey.cost();
    }

    /** Requests that have sequences left. */
    public int groups() {
        return state.groups.size();
    }

    /** What the prefix cache holds; empty where nothing is found again. */
    public Optional<PrefixContents> prefixContents() {
        return prefixContents;
    }

    /** The pools, for reports. */
    public CachePools pools() {
        return state.pools;
    }

    /** Every step, planned or not; for the tests that check what they hold. */
    List<PlannedStep> steps() {
        return List.of(steps);
    }

    /** What the parts share; for the tests that check it after every step. */
    SchedulerState state() {
        return state;
    }

    @Override
    public void close() {
        for (PlannedStep step : steps) {
            step.close();
        }
    }
}
