package dev.foretoken.nativeruntime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StateCachesTest {

    private static final int SLOTS = 3;
    private static final int CHECKPOINTS = 2;
    /** Two layers: 3 inputs of 16 channels for the convolution, 16 x 5 for the scan. */
    private static final long SLOT_BYTES = 2 * (3 * 16 + 16 * 5) * 4;

    private static CacheLayout layout(String type, String more) {
        String json = """
                {"model_type": "%s", "hidden_size": 8, "state_size": 5, "num_hidden_layers": 2, "vocab_size": 10%s}""".formatted(type, more);
        return CacheLayout.of(PlanReader.read(json.getBytes(StandardCharsets.UTF_8)), KvType.F32);
    }

    private static CacheLayout mamba() {
        return layout("mamba", "");
    }

    private static PartCaches caches() {
        return PartCaches.allocate(mamba(), List.of(SLOTS), CHECKPOINTS, new ScalarKernels());
    }

    @Test
    void countsTheBytesOfEveryLayerAndSaysWhichFormsAgree() {
        assertThat(mamba().spec().kinds()).containsExactly(new CacheKind.RecurrentState(2, SLOT_BYTES, true));
        assertThat(mamba().spec().alignment()).isEqualTo(1);
        CacheLayout second = layout("mamba2", ", \"num_heads\": 4, \"head_dim\": 4, \"n_groups\": 2");
        long bytes = 2 * (3 * (16 + 2 * 2 * 5) + 16 * 5) * 4;
        assertThat(second.spec().kinds()).containsExactly(new CacheKind.RecurrentState(2, bytes, false));
        assertThat(second.spec().alignment()).isEqualTo(64);
    }

    @Test
    void keepsCopiesUntilTheyAreDropped() {
        try (PartCaches caches = caches();
                Arena arena = Arena.ofConfined()) {
            write(caches, arena, 1, 7);
            caches.save(new CacheCommand.SaveState(0, 0, 1, 0));
            write(caches, arena, 1, 8);
            caches.restore(new CacheCommand.RestoreState(0, 0, 0, 2));
            caches.restore(new CacheCommand.RestoreState(0, 0, 0, 0));
            assertThat(read(caches, arena, 0)).isEqualTo(7);
            assertThat(read(caches, arena, 1)).isEqualTo(8);
            assertThat(read(caches, arena, 2)).isEqualTo(7);
            requireFailed(() -> caches.save(new CacheCommand.SaveState(0, 0, 1, 0)), "kept already");
            caches.drop(new CacheCommand.DropState(0, 0, 0));
            caches.drop(new CacheCommand.DropState(0, 0, 1));
            requireFailed(() -> caches.restore(new CacheCommand.RestoreState(0, 0, 0, 0)), "none is kept");
            caches.save(new CacheCommand.SaveState(0, 0, 1, 0));
        }
    }

    @Test
    void resetsOneSlotToThatOfASequenceWithoutTokens() {
        try (PartCaches caches = caches();
                Arena arena = Arena.ofConfined()) {
            write(caches, arena, 0, 3);
            write(caches, arena, 1, 4);
            caches.reset(new CacheCommand.ResetSlot(0, 0, 0));
            assertThat(read(caches, arena, 0)).isZero();
            assertThat(read(caches, arena, 1)).isEqualTo(4);
        }
    }

    @Test
    void refusesWhatWasNotReserved() {
        try (PartCaches caches = caches();
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(SLOT_BYTES);
            requireFailed(() -> caches.reset(new CacheCommand.ResetSlot(0, 0, SLOTS)), "state slot 3");
            requireFailed(() -> caches.reset(new CacheCommand.ResetSlot(0, 1, 0)), "cache kind 1");
            requireFailed(() -> caches.save(new CacheCommand.SaveState(0, 0, 0, CHECKPOINTS)), "2 were reserved");
            requireFailed(() -> caches.save(new CacheCommand.SaveState(0, 0, -1, 0)), "state slot -1");
            requireFailed(() -> caches.restore(new CacheCommand.RestoreState(0, 0, -1, 0)), "checkpoint -1");
            requireFailed(
                    () -> caches.export(new CacheCommand.ExportBlocks(0, 0, List.of(0, 1), memory)), "2 slots take");
        }
    }

    /** Fills a slot with one number, through the command that imports it. */
    private static void write(PartCaches caches, Arena arena, int slot, float value) {
        MemorySegment memory = arena.allocate(SLOT_BYTES, 4);
        for (long i = 0; i < SLOT_BYTES / 4; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        caches.load(new CacheCommand.ImportBlocks(0, 0, List.of(slot), memory));
    }

    /** The one number that all of a slot is. */
    private static float read(PartCaches caches, Arena arena, int slot) {
        MemorySegment memory = arena.allocate(SLOT_BYTES, 4);
        caches.export(new CacheCommand.ExportBlocks(0, 0, List.of(slot), memory));
        float first = memory.get(ValueLayout.JAVA_FLOAT, 0);
        for (long i = 0; i < SLOT_BYTES / 4; i++) {
            assertThat(memory.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(first);
        }
        return first;
    }

    private static void requireFailed(Runnable action, String part) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining(part);
    }
}
