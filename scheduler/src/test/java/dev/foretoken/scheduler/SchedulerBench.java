package dev.foretoken.scheduler;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntime;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** A scheduler on a test bench: one fake model, a clock that tests turn, and the rows of the last step. */
final class SchedulerBench {

    final FakeRuntime runtime;
    final Scheduler scheduler;
    final CountingObserver observer = new CountingObserver();
    final List<SequenceGroup> groups = new ArrayList<>();
    final List<EventRecord> records = new ArrayList<>();
    final Invariants invariants;
    /** What the rows of the last step asked for. */
    final List<RowKind> kinds = new ArrayList<>();

    long now;

    /** One row of a step. */
    record Row(String request, int choice, int first, int count, int part, int proposals) {}

    SchedulerBench(FakeModel model, SchedulerConfig config, int blocks) {
        this(model, config, blocks, new PromptLookup());
    }

    SchedulerBench(FakeModel model, SchedulerConfig config, int blocks, DraftSource drafts) {
        this(model, config, everywhere(model, blocks), drafts);
    }

    SchedulerBench(FakeModel model, SchedulerConfig config, CacheReservation reservation) {
        this(model, config, reservation, new PromptLookup());
    }

    private SchedulerBench(FakeModel model, SchedulerConfig config, CacheReservation reservation, DraftSource drafts) {
        this(model, config, reservation, drafts, PrefillPolicy.UNMEASURED);
    }

    /** With {@code blocks} blocks of every kind, and somebody who decides between computed and predicted prompts. */
    SchedulerBench(FakeModel model, SchedulerConfig config, int blocks, PrefillPolicy policy) {
        this(model, config, everywhere(model, blocks), new PromptLookup(), policy);
    }

    SchedulerBench(
            FakeModel model,
            SchedulerConfig config,
            CacheReservation reservation,
            DraftSource drafts,
            PrefillPolicy policy) {
        runtime = new FakeRuntime(model);
        runtime.reserve(reservation);
        scheduler = new Scheduler(
                new SchedulerSetup(
                        "m", model.shape(), model.capabilities(), reservation, config, new byte[32], drafts, policy),
                observer);
        invariants = new Invariants(scheduler, groups);
    }

    private static CacheReservation everywhere(FakeModel model, int blocks) {
        return new CacheReservation(
                model.shape().parts().stream()
                        .map(part -> Collections.nCopies(part.caches().kinds().size(), blocks))
                        .toList(),
                blocks);
    }

    static GenerationRequest request(String id, int promptTokens, int maxTokens) {
        return GenerationRequest.greedy(
                id,
                "m",
                Prompt.of(IntStream.range(0, promptTokens).map(i -> i % 7).toArray()),
                maxTokens);
    }

    static GenerationRequest distinct(String id, int promptTokens, int maxTokens) {
        return GenerationRequest.greedy(
                id,
                "m",
                Prompt.of(IntStream.range(0, promptTokens)
                        .map(i -> Math.floorMod(id.hashCode() + i, 90))
                        .toArray()),
                maxTokens);
    }

    static GenerationRequest of(GenerationRequest request, String tenant, Priority priority) {
        return request.withIdentity(new RequestIdentity(request.identity().requestId(), tenant, ""))
                .withService(ServiceLevel.DEFAULT.withPriority(priority));
    }

    EventRecord submit(GenerationRequest request) {
        scheduler.requests().check(request);
        EventRecord record = new EventRecord(request);
        groups.add(scheduler.submit(request, now, record));
        records.add(record);
        return record;
    }

    /** One step; its rows in order, empty when nothing could be planned. */
    List<Row> step() {
        now++;
        PlannedStep step = scheduler.plan(now);
        if (step == null) {
            return List.of();
        }
        step.commands().forEach(runtime::apply);
        List<Row> rows = rows(step);
        kinds.clear();
        for (int row = 0; row < rows.size(); row++) {
            kinds.add(RowKind.values()[step.plan().get(StepPlan.Column.KIND, row)]);
        }
        try {
            scheduler.commit(step, runtime.execute(step.plan()), now);
        } catch (ForetokenException e) {
            scheduler.fail(step, e.code(), "scripted");
        }
        invariants.check();
        return rows;
    }

    void runToEnd() {
        for (int i = 0; i < 10_000 && !scheduler.isIdle(); i++) {
            step();
        }
        Invariants.require(scheduler.isIdle(), "no end");
    }

    private static List<Row> rows(PlannedStep step) {
        List<Row> rows = new ArrayList<>();
        for (int row = 0; row < step.plan().rows(); row++) {
            Sequence sequence = step.sequence(row);
            rows.add(new Row(
                    sequence.request().identity().requestId(),
                    sequence.choice(),
                    step.plan().get(StepPlan.Column.FIRST_POSITION, row),
                    step.plan().get(StepPlan.Column.TOKEN_COUNT, row),
                    step.plan().get(StepPlan.Column.PART, row),
                    step.plan().get(StepPlan.Column.PROPOSALS, row)));
        }
        return rows;
    }
}
