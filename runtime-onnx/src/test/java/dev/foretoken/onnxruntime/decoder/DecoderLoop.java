package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** A scheduler of a few lines over slots: hands them out, in the order in which they came back, and does what it is told in each step. */
final class DecoderLoop implements AutoCloseable {

    final SequenceRuntime runtime;
    private final int kinds;
    private final StepPlan plan = new StepPlan(new StepCapacity(32, 512, 128, 2));
    private final Deque<Integer> free = new ArrayDeque<>();

    DecoderLoop(SequenceRuntime runtime, int slots) {
        this.runtime = runtime;
        this.kinds = runtime.shape().base().caches().kinds().size();
        runtime.reserve(new CacheReservation(List.of(Collections.nCopies(kinds, slots))));
        for (int slot = 0; slot < slots; slot++) {
            free.add(slot);
        }
    }

    /** One step in which each sequence computes up to {@code chunk} of its known tokens, and draws when none are left. */
    StepResult step(List<FakeSequence> sequences, int chunk) {
        plan.clear();
        sequences.forEach(sequence -> addRow(sequence, Math.min(chunk, sequence.length() - sequence.computed)));
        StepResult result = runtime.execute(plan);
        for (int row = 0; row < sequences.size(); row++) {
            take(sequences.get(row), row, result);
        }
        return result;
    }

    private void addRow(FakeSequence sequence, int count) {
        int end = sequence.computed + count;
        int wants = (end == sequence.length() ? StepPlan.WANT_SAMPLE : 0)
                | (sequence.output.wantsPromptLogprobs() ? StepPlan.WANT_PROMPT_LOGPROBS : 0);
        plan.addRow(sequence, 0, RowKind.COMPUTE, sequence.computed, wants);
        for (int position = sequence.computed; position < end; position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        addSlots(sequence);
        sequence.computed = end;
    }

    /** One step that verifies proposals; returns what was drawn behind each position. */
    int[] verify(FakeSequence sequence, int... proposals) {
        plan.clear();
        plan.addRow(sequence, 0, RowKind.VERIFY, sequence.computed, StepPlan.WANT_SAMPLE_EACH);
        plan.addToken(sequence.tokenAt(sequence.computed));
        for (int proposal : proposals) {
            plan.addToken(proposal);
        }
        addSlots(sequence);
        StepResult result = runtime.execute(plan);
        int[] drawn = new int[result.tokenCount(0)];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = result.token(0, i);
        }
        return drawn;
    }

    private void addSlots(FakeSequence sequence) {
        if (sequence.tables.isEmpty()) {
            int slot = free.removeFirst();
            sequence.tables.add(List.of(slot));
            for (int kind = 0; kind < kinds; kind++) {
                runtime.apply(new CacheCommand.ResetSlot(0, kind, slot));
            }
        }
        for (int kind = 0; kind < kinds; kind++) {
            plan.setSlot(kind, sequence.tables.getFirst().getFirst());
        }
    }

    private static void take(FakeSequence sequence, int row, StepResult result) {
        List<TokenLogprobs> scores = result.promptLogprobs(row);
        if (scores != null) {
            sequence.promptScores.addAll(scores);
        }
        for (int i = 0; i < result.tokenCount(row); i++) {
            sequence.append(result.token(row, i));
            TokenLogprobs detail = result.logprobs(row, i);
            if (detail != null) {
                sequence.details.add(detail);
            }
        }
    }

    /** Gives its slot back. */
    void free(FakeSequence sequence) {
        free.addLast(sequence.tables.getFirst().getFirst());
        sequence.tables.clear();
        sequence.preempt();
    }

    @Override
    public void close() {
        plan.close();
        runtime.close();
    }
}
