package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.blocks.KindPool;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import dev.foretoken.scheduler.blocks.UnitTable;

/** Writes what was decided into the plan that the runtime reads, and moves the sequences' marks. */
final class PlanWriter {

    private final SchedulerState state;

    private final CheckpointPolicy policy;
    private final StateCheckpoints checkpoints;

    PlanWriter(SchedulerState state, CheckpointPolicy policy, StateCheckpoints checkpoints) {
        this.state = state;
        this.policy = policy;
        this.checkpoints = checkpoints;
    }

    void write(PlannedStep step, long now) {
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            if (sequence.planned > 0) {
                start(sequence, now);
                writeRow(step, sequence);
            }
        }
    }

    /** Says that {@code sequence} is in a step for the first time. */
    void start(Sequence sequence, long now) {
        if (!sequence.times.started()) {
            sequence.times.start(now);
            PrefillMode mode = sequence.prediction == null ? PrefillMode.EXACT : PrefillMode.PREDICTED;
            state.observer.prefilled(mode);
            state.observer.started(now - sequence.group.submittedAt());
            sequence.group
                    .sink()
                    .accept(new EngineEvent.Started(
                            sequence.choice, sequence.promptTokens(), sequence.group.cachedTokens(), mode));
        }
    }

    private void writeRow(PlannedStep step, Sequence sequence) {
        StepPlan plan = step.plan();
        int start = sequence.scheduled;
        int end = start + sequence.planned;
        boolean verifies = sequence.drafted > 0;
        boolean draws = verifies || sequence.drawsAt(end);
        RowKind kind = verifies ? RowKind.VERIFY : RowKind.COMPUTE;
        int wants = verifies ? StepPlan.WANT_SAMPLE_EACH : wants(sequence, start, draws);
        int row = plan.addRow(sequence, CachePools.BASE, kind, start, wants);
        plan.set(StepPlan.Column.ADAPTER, row, sequence.group.adapter().number());
        for (int position = start; position < end; position++) {
            plan.addToken(sequence.input(position));
        }
        writeTables(plan, CachePools.BASE, sequence.caches, end);
        sequence.planned = 0;
        sequence.scheduled = end;
        sequence.rowsInFlight++;
        if (draws) {
            sequence.pendingDraws++;
            sequence.lastStep = state.nextStep;
            sequence.lastRow = row;
        }
        if (end >= sequence.states.next) {
            save(step, row, sequence, verifies);
        }
    }

    /** A row that ends where a checkpoint is wanted leaves one; one that verifies may pass such a place. */
    private void save(PlannedStep step, int row, Sequence sequence, boolean verifies) {
        int end = sequence.scheduled;
        if (end == sequence.states.next && !verifies) {
            step.save(row, checkpoints.save(sequence, end - sequence.states.last));
        }
        policy.advance(sequence, end);
    }

    private static int wants(Sequence sequence, int start, boolean draws) {
        boolean scores = sequence.group.needsScores() && start < sequence.promptTokens() - 1;
        return (draws ? StepPlan.WANT_SAMPLE : 0) | (scores ? StepPlan.WANT_PROMPT_LOGPROBS : 0);
    }

    /** The newest row's tables in {@code part} for positions before {@code end}. */
    void writeTables(StepPlan plan, int part, SequenceCaches caches, int end) {
        writeTables(plan, part, 0, caches, end);
    }

    /** {@code behind}: how many tables the row has before these. */
    void writeTables(StepPlan plan, int part, int behind, SequenceCaches caches, int end) {
        for (int i = state.pools.first(part); i < state.pools.end(part); i++) {
            KindPool kind = state.pools.get(i);
            UnitTable table = caches.table(i);
            int number = behind + kind.kind();
            plan.beginTable(number);
            for (int entry = 0; entry < kind.entriesFor(end); entry++) {
                plan.addUnit(number, table.get(entry));
            }
        }
    }
}
