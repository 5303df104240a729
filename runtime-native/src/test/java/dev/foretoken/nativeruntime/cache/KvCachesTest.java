package dev.foretoken.nativeruntime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KvCachesTest {

    /** Three layers, the second windowed; 2 KV heads of 6: values take 16 lanes. */
    private static ModelPlan plan() {
        String json = """
                {"model_type": "qwen3", "hidden_size": 12, "intermediate_size": 4, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6, "vocab_size": 10,
                 "max_position_embeddings": 64, "use_sliding_window": true, "sliding_window": 40,
                 "layer_types": ["full_attention", "sliding_attention", "full_attention"]}""";
        return PlanReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static KvCaches caches(KvLayout layout) {
        return KvCaches.allocate(layout, new CacheReservation(List.of(List.of(4, 3))), new ScalarKernels());
    }

    @Test
    void countsTheBytesOfEveryLayerOfAKind() {
        KvLayout layout = KvLayout.of(plan(), KvType.BF16);
        assertThat(layout.spec().kinds())
                .containsExactly(
                        new CacheKind.PagedKv(2, 2 * 2 * 6 * 2, 2 * 2 * 16 * 2),
                        new CacheKind.WindowedKv(1, 2 * 6 * 2, 2 * 16 * 2, 40));
        assertThat(layout.kindOf()).containsExactly(0, 1, 0);
        assertThat(layout.spec().blockTokens()).isEqualTo(32);
        try (KvCaches caches = caches(layout)) {
            KvLayer layer = caches.layer(1);
            assertThat(layer.keys().byteSize() + layer.values().byteSize())
                    .isEqualTo(3 * layout.spec().unitBytes(1));
            assertThat(caches.blocks(0)).isEqualTo(4);
        }
    }

    @Test
    void countsTheScalesOfEightBitCodes() {
        KvLayout layout = KvLayout.of(plan(), KvType.INT8);
        assertThat(layout.spec().kinds())
                .containsExactly(
                        new CacheKind.PagedKv(2, 2 * 2 * (6 + 4), 2 * 2 * (16 + 4)),
                        new CacheKind.WindowedKv(1, 2 * (6 + 4), 2 * (16 + 4), 40));
        try (KvCaches caches = caches(layout)) {
            KvLayer layer = caches.layer(0);
            assertThat(layer.keys().byteSize() + layer.values().byteSize())
                    .isEqualTo(4 * layout.spec().unitBytes(0) / 2);
        }
    }

    @Test
    void allocatesNothingForAttentionsThatReadAnothersKeysAndValues() {
        ModelPlan plan = plan();
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        sublayers.set(
                4,
                plan.sublayers()
                        .get(4)
                        .withMixers(mixer -> plan.attentions().get(2).withSource(new KvSource(0, 0))));
        ModelPlan shared = plan.withSublayers(sublayers);
        KvLayout layout = KvLayout.of(shared, KvType.F32);
        assertThat(layout.owners()).containsExactly(0, 1);
        assertThat(layout.spec().kinds().get(0).layers()).isEqualTo(1);
        assertThat(shared.attentions().get(2)).isInstanceOf(Attention.class);
    }

    /** Keys of attention 0, values of its own. */
    private static ModelPlan withKeysOfTheFirst() {
        ModelPlan plan = plan();
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        sublayers.set(
                4,
                plan.sublayers()
                        .get(4)
                        .withMixers(mixer -> plan.attentions().get(2).withSource(new KvSource(0, 2))));
        return plan.withSublayers(sublayers);
    }

    @Test
    void storesOnlyTheValuesOfAnAttentionThatReadsAnothersKeys() {
        KvLayout layout = KvLayout.of(withKeysOfTheFirst(), KvType.F32);
        assertThat(layout.owners()).containsExactly(0, 1, 2);
        assertThat(layout.spec().kinds().getFirst()).isEqualTo(new CacheKind.PagedKv(2, 2 * 6 * 4, 2 * 2 * 16 * 4));
        try (KvCaches caches = caches(layout)) {
            assertThat(caches.layer(2).keys()).isEqualTo(caches.layer(0).keys());
            assertThat(caches.layer(2).values()).isNotEqualTo(caches.layer(0).values());
        }
    }

    @Test
    void movesKeysThatTwoAttentionsReadOnce() {
        KvLayout layout = KvLayout.of(withKeysOfTheFirst(), KvType.F32);
        try (KvCaches from = caches(layout);
                KvCaches to = caches(layout);
                Arena arena = Arena.ofConfined()) {
            fill(from.layer(2), 2);
            fill(from.layer(0), 0);
            MemorySegment memory = arena.allocate(layout.spec().unitBytes(0));
            from.export(new CacheCommand.ExportBlocks(0, 0, List.of(3), memory));
            to.load(new CacheCommand.ImportBlocks(0, 0, List.of(1), memory));
            assertThat(block(to.layer(0), 1)).isEqualTo(3);
            assertThat(to.layer(2).values().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 32 * 2 * 16 * 4))
                    .isEqualTo((byte) 23);
        }
    }

    @Test
    void copiesOneBlockOfEveryLayerOfAKindAndNothingElse() {
        KvLayout layout = KvLayout.of(plan(), KvType.F32);
        try (KvCaches caches = caches(layout)) {
            for (int owner : layout.owners()) {
                fill(caches.layer(owner), owner);
            }
            caches.copy(new CacheCommand.CopyBlock(0, 0, 1, 3));
            for (int owner : List.of(0, 2)) {
                assertThat(block(caches.layer(owner), 3)).isEqualTo(owner * 10 + 1);
                assertThat(block(caches.layer(owner), 2)).isEqualTo(owner * 10 + 2);
            }
            assertThat(block(caches.layer(1), 2)).isEqualTo(12);
        }
    }

    /** Every byte of block b of layer l becomes 10 l + b. */
    private static void fill(KvLayer layer, int owner) {
        for (int block = 0; block < layer.blocks(); block++) {
            long keyBytes = layer.format().keyBlockBytes();
            long valueBytes = layer.format().valueBlockBytes();
            layer.keys().asSlice(block * keyBytes, keyBytes).fill((byte) (owner * 10 + block));
            layer.values().asSlice(block * valueBytes, valueBytes).fill((byte) (owner * 10 + block));
        }
    }

    /** The one value of all bytes of a block. */
    private static int block(KvLayer layer, int block) {
        long keyBytes = layer.format().keyBlockBytes();
        long valueBytes = layer.format().valueBlockBytes();
        MemorySegment keys = layer.keys().asSlice(block * keyBytes, keyBytes);
        MemorySegment values = layer.values().asSlice(block * valueBytes, valueBytes);
        byte first = keys.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0);
        for (MemorySegment segment : List.of(keys, values)) {
            for (byte b : segment.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)) {
                assertThat(b).isEqualTo(first);
            }
        }
        return first;
    }

    @Test
    void importsWhatItExported() {
        KvLayout layout = KvLayout.of(plan(), KvType.INT8);
        try (KvCaches from = caches(layout);
                KvCaches to = caches(layout);
                Arena arena = Arena.ofConfined()) {
            layout.owners().forEach(owner -> fill(from.layer(owner), owner));
            MemorySegment memory = arena.allocate(2 * layout.spec().unitBytes(0));
            from.export(new CacheCommand.ExportBlocks(0, 0, List.of(3, 1), memory));
            to.load(new CacheCommand.ImportBlocks(0, 0, List.of(0, 2), memory));
            assertThat(block(to.layer(2), 0)).isEqualTo(23);
            assertThat(block(to.layer(2), 2)).isEqualTo(21);
            assertThat(block(to.layer(0), 2)).isEqualTo(1);
            assertThat(block(to.layer(0), 1)).isZero();
        }
    }

    @Test
    void refusesBlocksAndMemoryThatAreNotThere() {
        KvLayout layout = KvLayout.of(plan(), KvType.F32);
        try (KvCaches caches = caches(layout);
                Arena arena = Arena.ofConfined()) {
            MemorySegment small = arena.allocate(layout.spec().unitBytes(1) - 1);
            assertThatThrownBy(() -> caches.copy(new CacheCommand.CopyBlock(0, 1, 0, 3)))
                    .hasMessageContaining("block 3 of cache kind 1 was named, but it has 3");
            assertThatThrownBy(() -> caches.copy(new CacheCommand.CopyBlock(0, 2, 0, 0)))
                    .hasMessageContaining("there are 2 kinds");
            assertThatThrownBy(() -> caches.export(new CacheCommand.ExportBlocks(0, 1, List.of(-1), small)))
                    .hasMessageContaining("block -1");
            assertThatThrownBy(() -> caches.load(new CacheCommand.ImportBlocks(0, 1, List.of(0), small)))
                    .hasMessageContaining("1 blocks take");
        }
    }
}
