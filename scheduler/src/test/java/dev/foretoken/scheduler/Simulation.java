package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.fake.FakeRuntime;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.PrefillChoice;
import dev.foretoken.scheduler.prefill.PrefillChoice.Reason;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import dev.foretoken.scheduler.prefill.RepairBudget;
import dev.foretoken.scheduler.prefill.StepTimes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One random workload on one random model, from the first request to the last event, with every invariant checked after every call. */
final class Simulation {

    private static final int REQUESTS = 14;
    private static final int MOST_TURNS = 6000;

    private final Random random;
    private final Random cuts;
    private final RandomModel model;
    private final FakeRuntime runtime;
    private final CountingObserver observer = new CountingObserver();
    private final Scheduler scheduler;
    private final RandomRequests requests;
    private final List<SequenceGroup> groups = new ArrayList<>();
    private final List<EventRecord> records = new ArrayList<>();
    private final ArrayDeque<PlannedStep> inFlight = new ArrayDeque<>();
    private final Invariants invariants;
    private final StepBudget budget;
    private final HeldMirror mirror = new HeldMirror();
    private long now;
    private int partDrafts;
    private int resumed;
    private int auxiliaryExtra;

    Simulation(long seed) {
        this.random = new Random(seed);
        this.cuts = new Random(seed * 31);
        this.model = RandomModel.of(random);
        this.runtime = new FakeRuntime(model.model());
        this.scheduler = new Scheduler(setup(new Random(~seed)), observer);
        this.requests = new RandomRequests(random, model.model());
        this.invariants = new Invariants(scheduler, groups);
        this.budget = new StepBudget(scheduler, runtime.shape(), model.config().maxTokensPerStep(), auxiliaryExtra);
        runtime.reserve(model.reservation());
        scheduler.prefixContents().ifPresent(contents -> contents.listen(mirror));
    }

    /** Every second workload is drafted ahead, most of them by a script, the others by lookup. */
    private SchedulerSetup setup(Random drafting) {
        SpeculationConfig speculation =
                new SpeculationConfig(Math.max(0, drafting.nextInt(12) - 5), 1 + drafting.nextInt(8));
        DraftSource scripted = new ScriptedDrafts(
                new FakeReference(runtime.shape()), RandomModel.VOCABULARY, drafting, drafting.nextDouble(), false);
        return new SchedulerSetup(
                "m",
                runtime.shape(),
                runtime.capabilities(),
                model.reservation(),
                model.config().withSpeculation(speculation),
                new byte[32],
                drafting.nextInt(4) == 0 ? new PromptLookup() : scripted,
                policy(new Random(drafting.nextLong())));
    }

    private PrefillPolicy policy(Random random) {
        auxiliaryExtra = random.nextInt(3) * random.nextInt(20);
        int perToken = random.nextInt(3);
        int perStep = random.nextInt(100);
        return new PrefillPolicy(
                (prompt, load) -> {
                    boolean fine = prompt.cachedTokens() < prompt.tokens() - 1
                            && load.exactTokens() >= 0
                            && load.auxiliaryTokens() >= 0
                            && load.waiting() >= 0;
                    Invariants.require(fine, "chosen from " + prompt + " and " + load);
                    return new PrefillChoice(random.nextBoolean() ? Reason.ONLY_IN_TIME : Reason.IN_TIME, 0, 0);
                },
                RepairBudget.ofTokens(random.nextInt(40)),
                (tokens, most) -> Math.min(most, tokens + auxiliaryExtra),
                StepTimes.IGNORED,
                (generating, context) -> new PrefillCost(perToken, 0, perStep + generating, 64));
    }

    /** Rows of the draft part that proposed. */
    int partDrafts() {
        return partDrafts;
    }

    /** Sequences that went on with tokens generated elsewhere. */
    int resumed() {
        return resumed;
    }

    /** What was heard of the prefix cache. */
    HeldMirror mirror() {
        return mirror;
    }

    CountingObserver observer() {
        return observer;
    }

    void run() {
        int rate = scheduler.requests().predicts() && random.nextBoolean() ? 40 : 1 + random.nextInt(6);
        for (int turn = 0; groups.size() < REQUESTS || !scheduler.isIdle(); turn++) {
            Invariants.require(turn < MOST_TURNS, "no end after " + turn + " turns");
            if (groups.size() < REQUESTS && random.nextInt(rate) == 0) {
                submit();
            }
            if (random.nextInt(20) == 0 && !groups.isEmpty()) {
                cancel();
            }
            now += random.nextInt(3);
            advance();
            if (turn % 16 == 0) {
                checkHeard();
            }
        }
        checkHeard();
        for (EventRecord record : records) {
            record.check(new FakeReference(runtime.shape()));
        }
        scheduler.state().commands.forEach(runtime::apply);
        checkCopies();
        Invariants.require(runtime.violations().isEmpty(), "violations: " + runtime.violations());
        scheduler.close();
    }

    /** Who heard of every change knows what the prefix cache holds. */
    private void checkHeard() {
        scheduler.prefixContents().ifPresent(mirror::check);
    }

    /** The runtime has the copies that the scheduler knows, and no other. */
    private void checkCopies() {
        CheckpointPool pool = scheduler.pools().checkpoints();
        for (int number = 0; number < pool.units(); number++) {
            Invariants.require(
                    runtime.checkpoints().contains(number) == pool.isKept(number),
                    "checkpoint " + number + " of " + runtime.checkpoints() + " kept: " + pool.isKept(number));
        }
    }

    /** Many of the answers that may be moved between engines come from another one. */
    private GenerationRequest request() {
        GenerationRequest request = requests.next();
        boolean movable = runtime.capabilities().has(Feature.BATCH_INVARIANT)
                && request.options().prefill().mode() == PrefillMode.EXACT;
        return movable && cuts.nextInt(3) == 0 ? requests.cut(request, cuts) : request;
    }

    private void submit() {
        GenerationRequest request = request();
        try {
            scheduler.requests().check(request);
        } catch (ForetokenException e) {
            Invariants.require(
                    e.code() == ErrorCode.CONTEXT_LENGTH_EXCEEDED
                            || e.code() == ErrorCode.INSUFFICIENT_MEMORY
                            || (e.code() == ErrorCode.UNSUPPORTED_FEATURE
                                    && request.options().prefill().mode() == PrefillMode.PREDICTED),
                    "refused: " + e.getMessage());
            return;
        }
        EventRecord record = new EventRecord(request);
        records.add(record);
        groups.add(scheduler.submit(request, now, record));
        resumed += (int) request.resumed().choices().stream()
                .filter(choice -> choice.tokens().size() > 0)
                .count();
        invariants.check();
    }

    private void cancel() {
        SequenceGroup group = groups.get(random.nextInt(groups.size()));
        scheduler.cancel(group, random.nextInt(group.choices()), now);
        invariants.check();
    }

    private void advance() {
        while (inFlight.size() < runtime.capabilities().stepsInFlight() && random.nextInt(8) > 0) {
            budget.open();
            PlannedStep step = scheduler.plan(now);
            invariants.check();
            if (step == null) {
                break;
            }
            budget.check(step);
            checkRows(step);
            step.commands().forEach(runtime::apply);
            runtime.begin(step.plan());
            inFlight.add(step);
        }
        if (!inFlight.isEmpty()) {
            finishOldest();
            invariants.check();
        }
    }

    private void checkRows(PlannedStep step) {
        for (int row = 0; row < step.plan().rows(); row++) {
            checkPredicted(step, row);
            partDrafts += step.plan().get(StepPlan.Column.PROPOSALS, row) > 0 ? 1 : 0;
        }
    }

    private boolean isAuxiliary(PlannedStep step, int row) {
        int part = step.plan().get(StepPlan.Column.PART, row);
        return runtime.shape().parts().get(part).role() == PartShape.Role.AUXILIARY;
    }

    /** The base computes of a predicted prompt what lies before its predicted positions, and its last token. */
    private void checkPredicted(PlannedStep step, int row) {
        Prediction prediction = step.sequence(row).prediction;
        boolean computes = step.plan().get(StepPlan.Column.KIND, row) == RowKind.COMPUTE.ordinal();
        if (prediction != null && !prediction.isRepaired() && computes && !isAuxiliary(step, row)) {
            int first = step.plan().get(StepPlan.Column.FIRST_POSITION, row);
            int end = first + step.plan().get(StepPlan.Column.TOKEN_COUNT, row);
            Invariants.require(
                    first >= step.sequence(row).promptTokens() - 1 || end <= prediction.exact,
                    "the base computes [" + first + ", " + end + ") of a predicted prompt");
        }
    }

    private void finishOldest() {
        try {
            StepResult result = runtime.await();
            scheduler.commit(inFlight.remove(), result, now);
        } catch (ForetokenException e) {
            scheduler.fail(inFlight.remove(), e.code(), "scripted");
        }
    }
}
