package dev.foretoken.nativeruntime;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler of a few lines: hands out blocks in a shuffled order from memory that is full of NaN, releases them behind windows, and does
 * what it is told in each step.
 */
public final class StepLoop implements AutoCloseable {

    private static final int CHECKPOINTS = 2;

    public final SequenceRuntime runtime;
    private final CacheSpec caches;
    private final StepPlan plan;
    private final @Nullable AuxiliaryTables auxiliary;
    private final List<Deque<Integer>> free = new ArrayList<>();
    /** Of each kind, for each unit: tables that hold it. */
    private final List<int[]> holders = new ArrayList<>();

    public StepLoop(SequenceRuntime runtime, int blocks) {
        this.runtime = runtime;
        this.caches = runtime.shape().base().caches();
        int kinds = caches.kinds().size();
        runtime.reserve(new CacheReservation(
                runtime.shape().parts().stream()
                        .map(part -> Collections.nCopies(part.caches().kinds().size(), blocks))
                        .toList(),
                CHECKPOINTS));
        int allKinds = runtime.shape().parts().stream()
                .mapToInt(part -> part.caches().kinds().size())
                .sum();
        this.plan = new StepPlan(new StepCapacity(64, 2048, 1 << 16, Math.max(2, allKinds)));
        this.auxiliary = runtime.capabilities().has(Feature.PREDICTION) ? new AuxiliaryTables(runtime, blocks) : null;
        for (int kind = 0; kind < kinds; kind++) {
            List<Integer> all = new ArrayList<>();
            for (int block = 0; block < blocks; block++) {
                all.add(block);
            }
            poison(kind, all);
            Collections.shuffle(all, new Random(kind));
            free.add(new ArrayDeque<>(all));
            holders.add(new int[blocks]);
        }
    }

    /** Memory of a released block is whatever it was: here the worst there is. */
    private void poison(int kind, List<Integer> blocks) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(blocks.size() * caches.unitBytes(kind));
            bytes.fill((byte) 0xFF);
            runtime.apply(new CacheCommand.ImportBlocks(0, kind, blocks, bytes));
        }
    }

    /** Computes the whole prompt in chunks of {@code chunk} tokens and draws {@code count} tokens. */
    public FakeSequence generate(FakeSequence sequence, int count, int chunk) {
        int end = sequence.length() + count;
        while (sequence.length() < end) {
            step(List.of(sequence), chunk);
        }
        return sequence;
    }

    /** One step in which each sequence computes up to {@code chunk} of its known tokens, and draws when none are left. */
    public StepResult step(List<FakeSequence> sequences, int chunk) {
        plan.clear();
        for (FakeSequence sequence : sequences) {
            addRow(sequence, span(sequence, chunk));
        }
        StepResult result = runtime.execute(plan);
        for (int row = 0; row < sequences.size(); row++) {
            commit(sequences.get(row), row, result);
        }
        return result;
    }

    /** One step of the auxiliary in which each sequence gets K and V of up to {@code chunk} tokens of its prompt predicted. */
    public void predict(List<FakeSequence> sequences, int chunk) {
        plan.clear();
        for (FakeSequence sequence : sequences) {
            addPredicted(sequence, Math.min(chunk, sequence.promptTokens() - 1 - sequence.computed));
        }
        runtime.execute(plan);
        sequences.forEach(this::releaseBehindWindows);
    }

    /** Predicts all but the last token of a prompt in pieces of {@code chunk}. */
    public FakeSequence predicted(FakeSequence sequence, int chunk) {
        while (sequence.computed < sequence.promptTokens() - 1) {
            predict(List.of(sequence), chunk);
        }
        return sequence;
    }

    private void addPredicted(FakeSequence sequence, int count) {
        Objects.requireNonNull(auxiliary).addRow(plan, sequence, RowKind.PREDICT, count);
        addTables(plan, auxiliary.kinds(), sequence, sequence.computed + count);
        sequence.computed += count;
    }

    /** Fills the auxiliary's caches alone: for tokens whose K and V the base has. */
    public void fill(FakeSequence sequence, int first, int count) {
        fillAndPredict(sequence, first, count, List.of(), 0);
    }

    /** As {@link #fill}, in one step with {@link #predict}. */
    public void fillAndPredict(FakeSequence sequence, int first, int count, List<FakeSequence> others, int chunk) {
        plan.clear();
        int computed = sequence.computed;
        sequence.computed = first;
        Objects.requireNonNull(auxiliary).addRow(plan, sequence, RowKind.COMPUTE, count);
        sequence.computed = computed;
        for (FakeSequence other : others) {
            addPredicted(other, chunk);
        }
        runtime.execute(plan);
    }

    /** A step that predicts {@code count} tokens of one sequence; not computed. */
    public StepPlan planned(FakeSequence sequence, int count) {
        plan.clear();
        addPredicted(sequence, count);
        return plan;
    }

    /** Computes the plan, of whose first row the sequence gets {@code count} more tokens into its cache. */
    public void run(FakeSequence sequence, int count) {
        StepResult result = runtime.execute(plan);
        sequence.computed += count;
        commit(sequence, 0, result);
    }

    /** At most {@code chunk} tokens, where alignment allows it: prompt spans end at its multiples, or with the prompt. */
    private int span(FakeSequence sequence, int chunk) {
        int end = (int) Math.min((long) sequence.computed + chunk, sequence.length());
        if (end < sequence.promptTokens()) {
            int grid = caches.alignment();
            end = Math.min(Math.max(end / grid, sequence.computed / grid + 1) * grid, sequence.promptTokens());
        }
        return end - sequence.computed;
    }

    private void addRow(FakeSequence sequence, int count) {
        boolean draws = sequence.computed + count == sequence.length();
        int wants = (draws ? StepPlan.WANT_SAMPLE : 0)
                | (sequence.output.wantsPromptLogprobs() ? StepPlan.WANT_PROMPT_LOGPROBS : 0)
                | (draws && sequence.output.hiddenStates() ? StepPlan.WANT_HIDDEN : 0);
        addRow(plan, sequence, RowKind.COMPUTE, count, wants);
        sequence.computed += count;
    }

    /** Adds a row of the next {@code count} known tokens to a plan, with blocks for them. */
    public void addRow(StepPlan target, FakeSequence sequence, RowKind kind, int count, int wants) {
        int end = sequence.computed + count;
        int row = target.addRow(sequence, 0, kind, sequence.computed, wants);
        target.set(StepPlan.Column.ADAPTER, row, sequence.adapter);
        for (int position = sequence.computed; position < end; position++) {
            target.addToken(sequence.tokenAt(position));
        }
        addTables(target, 0, sequence, end);
    }

    /** One step that verifies proposals; returns how many were accepted. */
    public int verify(FakeSequence sequence, int... proposals) {
        plan.clear();
        int end = sequence.computed + 1 + proposals.length;
        int row = plan.addRow(sequence, 0, RowKind.VERIFY, sequence.computed, StepPlan.WANT_SAMPLE_EACH);
        plan.set(StepPlan.Column.ADAPTER, row, sequence.adapter);
        plan.addToken(sequence.tokenAt(sequence.computed));
        for (int proposal : proposals) {
            plan.addToken(proposal);
        }
        addTables(plan, 0, sequence, end);
        int start = sequence.computed;
        commandStates(sequence, (kind, slot) -> new CacheCommand.SaveState(0, kind, slot, 1));
        StepResult result = runtime.execute(plan);
        int accepted = 0;
        while (accepted < proposals.length && proposals[accepted] == result.token(0, accepted)) {
            accepted++;
        }
        sequence.computed += 1 + accepted;
        take(sequence, 0, result, 1 + accepted);
        if (accepted < proposals.length && caches.hasState()) {
            replay(sequence, start);
        }
        commandStates(sequence, (kind, slot) -> new CacheCommand.DropState(0, kind, 1));
        return accepted;
    }

    /** Takes the states back to before position {@code start} and computes what was accepted again. */
    private void replay(FakeSequence sequence, int start) {
        int count = sequence.computed - start;
        commandStates(sequence, (kind, slot) -> new CacheCommand.RestoreState(0, kind, 1, slot));
        sequence.computed = start;
        plan.clear();
        addRow(plan, sequence, RowKind.COMPUTE, count, 0);
        runtime.execute(plan);
        sequence.computed += count;
    }

    private void commandStates(FakeSequence sequence, BiFunction<Integer, Integer, CacheCommand> command) {
        for (int kind = 0; kind < caches.kinds().size(); kind++) {
            if (isState(kind)) {
                runtime.apply(command.apply(kind, sequence.tables.get(kind).getFirst()));
            }
        }
    }

    private boolean isState(int kind) {
        return caches.kinds().get(kind) instanceof CacheKind.RecurrentState;
    }

    /** {@code firstKind}: what the plan calls the first of the base's kinds. */
    private void addTables(StepPlan target, int firstKind, FakeSequence sequence, int end) {
        for (int cache = 0; cache < free.size(); cache++) {
            if (sequence.tables.size() <= cache) {
                sequence.tables.add(new ArrayList<>());
            }
            List<Integer> table = sequence.tables.get(cache);
            while (isState(cache) ? table.isEmpty() : table.size() * caches.blockTokens() < end) {
                int unit = take(cache);
                table.add(unit);
                if (isState(cache)) {
                    runtime.apply(new CacheCommand.ResetSlot(0, cache, unit));
                }
            }
            target.beginTable(firstKind + cache);
            for (int block : table) {
                target.addUnit(firstKind + cache, block);
            }
        }
    }

    private int take(int kind) {
        int unit = free.get(kind).removeFirst();
        holders.get(kind)[unit] = 1;
        return unit;
    }

    private void commit(FakeSequence sequence, int row, StepResult result) {
        List<TokenLogprobs> scores = result.promptLogprobs(row);
        if (scores != null) {
            sequence.promptScores.addAll(scores);
        }
        take(sequence, row, result, result.tokenCount(row));
    }

    private void take(FakeSequence sequence, int row, StepResult result, int count) {
        for (int i = 0; i < count; i++) {
            sequence.append(result.token(row, i));
            TokenLogprobs detail = result.logprobs(row, i);
            if (detail != null) {
                sequence.details.add(detail);
            }
        }
        releaseBehindWindows(sequence);
    }

    private void releaseBehindWindows(FakeSequence sequence) {
        for (int kind = 0; kind < caches.kinds().size(); kind++) {
            if (caches.kinds().get(kind) instanceof CacheKind.WindowedKv windowed) {
                List<Integer> table = sequence.tables.get(kind);
                int readFrom = sequence.computed - windowed.windowTokens() + 1;
                for (int i = 0; i < table.size() && (i + 1) * caches.blockTokens() <= readFrom; i++) {
                    releaseAt(kind, table, i);
                }
            }
        }
    }

    private void releaseAt(int kind, List<Integer> table, int index) {
        int block = table.get(index);
        if (block != StepPlan.NO_UNIT) {
            table.set(index, StepPlan.NO_UNIT);
            if (--holders.get(kind)[block] == 0) {
                poison(kind, List.of(block));
                free.get(kind).addLast(block);
            }
        }
    }

    /** Computes the first {@code tokens} of a prompt, which are whole blocks and whole chunks, in pieces of {@code chunk}. */
    public FakeSequence begin(FakeSequence sequence, int tokens, int chunk) {
        while (sequence.computed < tokens) {
            step(List.of(sequence), Math.min(chunk, tokens - sequence.computed));
        }
        return sequence;
    }

    /** Starts {@code sequence} behind what another has computed, which is whole blocks: with the same blocks and copies of its states. */
    public void sharePrefix(FakeSequence owner, FakeSequence sequence) {
        for (int kind = 0; kind < owner.tables.size(); kind++) {
            List<Integer> table = owner.tables.get(kind);
            sequence.tables.add(isState(kind) ? copied(kind, table.getFirst()) : shared(kind, table));
        }
        sequence.computed = owner.computed;
    }

    private List<Integer> copied(int kind, int slot) {
        int copy = take(kind);
        runtime.apply(new CacheCommand.SaveState(0, kind, slot, 0));
        runtime.apply(new CacheCommand.RestoreState(0, kind, 0, copy));
        runtime.apply(new CacheCommand.DropState(0, kind, 0));
        return new ArrayList<>(List.of(copy));
    }

    private List<Integer> shared(int kind, List<Integer> table) {
        for (int block : table) {
            if (block != StepPlan.NO_UNIT) {
                holders.get(kind)[block]++;
            }
        }
        return new ArrayList<>(table);
    }

    /** Takes back every block that nobody else holds. */
    public void free(FakeSequence sequence) {
        for (int kind = 0; kind < sequence.tables.size(); kind++) {
            List<Integer> table = sequence.tables.get(kind);
            for (int i = 0; i < table.size(); i++) {
                releaseAt(kind, table, i);
            }
        }
        sequence.tables.clear();
    }

    /** The bytes of a sequence's block of the base. */
    public byte[] block(FakeSequence sequence, int kind, int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(caches.unitBytes(kind));
            int block = sequence.tables.get(kind).get(index);
            runtime.apply(new CacheCommand.ExportBlocks(0, kind, List.of(block), bytes));
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    public StepPlan plan() {
        return plan;
    }

    @Override
    public void close() {
        plan.close();
        runtime.close();
    }
}
