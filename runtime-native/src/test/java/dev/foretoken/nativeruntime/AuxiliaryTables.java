package dev.foretoken.nativeruntime;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The auxiliary's blocks of sequences, handed out once each from memory that is full of NaN. */
final class AuxiliaryTables {

    private final int part;
    private final CacheSpec caches;
    private final Map<FakeSequence, List<Integer>> tables = new HashMap<>();
    private int next;

    AuxiliaryTables(SequenceRuntime runtime, int blocks) {
        List<PartShape> parts = runtime.shape().parts();
        this.part = IntStream.range(0, parts.size())
                .filter(index -> parts.get(index).role() == PartShape.Role.AUXILIARY)
                .findFirst()
                .orElseThrow();
        this.caches = parts.get(part).caches();
        this.next = blocks;
        List<Integer> all = IntStream.range(0, blocks).boxed().toList();
        for (int kind = 0; kind < kinds(); kind++) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(blocks * caches.unitBytes(kind));
                bytes.fill((byte) 0xFF);
                runtime.apply(new CacheCommand.ImportBlocks(part, kind, all, bytes));
            }
        }
    }

    int kinds() {
        return caches.kinds().size();
    }

    /** A row of the next {@code count} tokens with the auxiliary's tables. */
    void addRow(StepPlan plan, FakeSequence sequence, RowKind kind, int count) {
        int end = sequence.computed + count;
        plan.addRow(sequence, part, kind, sequence.computed, 0);
        for (int position = sequence.computed; position < end; position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        List<Integer> table = tables.computeIfAbsent(sequence, s -> new ArrayList<>());
        while (table.size() * caches.blockTokens() < end) {
            table.add(--next);
        }
        for (int cache = 0; cache < kinds(); cache++) {
            plan.beginTable(cache);
            for (int block : table) {
                plan.addUnit(cache, block);
            }
        }
    }
}
