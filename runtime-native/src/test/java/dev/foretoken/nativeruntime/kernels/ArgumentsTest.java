package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.sampling.LogitSummary;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every argument that would send a kernel past a segment is refused, one element short each time. */
class ArgumentsTest {
    private final KernelCase data = new KernelCase(1);

    @AfterEach
    void free() {
        data.close();
    }

    @Test
    void refusesGathersPastTheTable() {
        var table = data.table(FloatType.F32, 3, 2, data::normal);
        accepts(() -> Arguments.gather(table, data.ints(0, 2), 2, data.poisoned(4)));
        refuses("out has 12 bytes, needs 16", () -> Arguments.gather(table, data.ints(0, 2), 2, data.poisoned(3)));
        refuses("ids[1]=3", () -> Arguments.gather(table, data.ints(0, 3), 2, data.poisoned(4)));
        refuses("ids[0]=-1", () -> Arguments.gather(table, data.ints(-1, 0), 2, data.poisoned(4)));
        refuses("ids has 4 bytes", () -> Arguments.gather(table, data.ints(0), 2, data.poisoned(4)));
    }

    @Test
    void refusesProductsPastInputOrOutput() {
        var two = DensePanels.allocate(FloatType.F32, 5, 2, data.arena);
        var three = DensePanels.allocate(FloatType.F32, 5, 3, data.arena);
        Product wide = Product.of(two, data.poisoned(10));
        accepts(() -> Arguments.matmul(data.poisoned(4), 2, List.of(wide)));
        refuses("x has 12 bytes, needs 16", () -> Arguments.matmul(data.poisoned(3), 2, List.of(wide)));
        Product tight = Product.of(two, data.poisoned(9));
        refuses("out has 36 bytes", () -> Arguments.matmul(data.poisoned(4), 2, List.of(tight)));
        Product other = Product.of(three, data.poisoned(10));
        refuses("product 1 has 3 columns", () -> Arguments.matmul(data.poisoned(4), 2, List.of(wide, other)));
        refuses("bias has 16 bytes", () -> new Product(two, data.poisoned(4), data.poisoned(10)));
        MemorySegment frozen = data.poisoned(10).asReadOnly();
        refuses("read-only", () -> Arguments.matmul(data.poisoned(4), 2, List.of(Product.of(two, frozen))));
    }

    @Test
    void refusesPackedMemoryShorterThanItsShape() {
        refuses(
                "panels has 127 bytes, needs 128",
                () -> new DensePanels(FloatType.BF16, data.arena.allocate(127), 16, 3));
        refuses("heap", () -> new DensePanels(FloatType.BF16, MemorySegment.ofArray(new byte[128]), 16, 3));
    }

    @Test
    void refusesNormsAndElementwiseOperationsPastTheirRows() {
        MemorySegment four = data.poisoned(4);
        MemorySegment three = data.poisoned(3);
        accepts(() -> Arguments.rmsNorm(four, data.poisoned(2), 2, 2, four));
        refuses("x has 12", () -> Arguments.rmsNorm(three, data.poisoned(2), 2, 2, four));
        refuses("weight has 4", () -> Arguments.rmsNorm(four, data.poisoned(1), 2, 2, four));
        refuses("out has 12", () -> Arguments.rmsNorm(four, data.poisoned(2), 2, 2, three));
        refuses("first input", () -> Arguments.elementwise(three, four, 4, four));
        refuses("second input", () -> Arguments.elementwise(four, three, 4, four));
        refuses("out has 12", () -> Arguments.elementwise(four, four, 4, three));
    }

    @Test
    void refusesRotationsPastTheTableOrTheHead() {
        var table = new RotaryTable(2, 1, data.floats(1, 1), data.floats(0, 0));
        accepts(() -> Arguments.rotary(data.poisoned(4), table, data.ints(1), 1, 2, 2));
        refuses("positions[0]=2", () -> Arguments.rotary(data.poisoned(4), table, data.ints(2), 1, 2, 2));
        refuses("x has 12", () -> Arguments.rotary(data.poisoned(3), table, data.ints(1), 1, 2, 2));
        refuses("headDim=1", () -> Arguments.rotary(data.poisoned(4), table, data.ints(1), 1, 2, 1));
    }

    @Test
    void refusesBlocksThatAreReleasedMissingOrOutside() {
        var layer = KvLayer.allocate(new KvFormat(KvType.F32, 16, 1, 2, 2), 3, data.arena);
        accepts(() -> Arguments.writeKv(layer, batch(0, 1, 2), data.poisoned(40), data.poisoned(40)));
        accepts(() -> Arguments.writeKv(layer, batch(17, -1, 1, 2), data.poisoned(40), data.poisoned(40)));
        refuses("-1 of 3 blocks", () -> write(layer, batch(0, -1, 2)));
        refuses("table says 3 of 3", () -> write(layer, batch(0, 1, 3)));
        refuses("its table holds 1", () -> write(layer, batch(0, 1)));
        refuses("k has 156", () -> Arguments.writeKv(layer, batch(0, 1, 2), data.poisoned(39), data.poisoned(40)));
        refuses("v has 156", () -> Arguments.writeKv(layer, batch(0, 1, 2), data.poisoned(40), data.poisoned(39)));
    }

    @Test
    void refusesAttentionOverReleasedBlocksInsideTheWindowOnly() {
        var layer = KvLayer.allocate(new KvFormat(KvType.F32, 16, 1, 2, 2), 3, data.arena);
        MemorySegment q = data.poisoned(80);
        accepts(() -> Arguments.attention(layer, batch(17, -1, 0, 1), new AttentionShape(2, 1, 2), q, q));
        refuses(
                "block index 0",
                () -> Arguments.attention(layer, batch(17, -1, 0, 1), new AttentionShape(2, 1, 3), q, q));
        refuses("3 query heads", () -> {
            var two = KvLayer.allocate(new KvFormat(KvType.F32, 16, 2, 2, 2), 3, data.arena);
            Arguments.attention(two, batch(0, 0, 1), new AttentionShape(3, 1, 0), q, q);
        });
    }

    @Test
    void refusesLogitsThatAreTooShort() {
        MemorySegment six = data.poisoned(6);
        MemorySegment two = data.poisoned(2);
        MemorySegment one = data.poisoned(1);
        LogitSummary ofThree = LogitSummary.allocate(3, data.arena);
        LogitSummary ofMore = LogitSummary.allocate(6, data.arena);
        accepts(() -> Arguments.summarize(six, 6, null, ofMore));
        refuses("logits", () -> Arguments.summarize(six, 7, null, ofMore));
        refuses("mask", () -> Arguments.summarize(six, 6, one, ofMore));
        refuses("blockMaxima", () -> Arguments.summarize(data.poisoned(65), 65, null, ofThree));
        refuses("chunks", () -> Arguments.summarize(data.poisoned(5000), 5000, null, withBlocks(ofThree)));
        refuses("k=4", () -> Arguments.topK(six, 3, ofThree, 4, six, six));
        refuses("values", () -> Arguments.topK(six, 3, ofThree, 3, six, two));
        refuses("inverseTemperature", () -> Arguments.sample(six, 3, ofThree, 0));
    }

    private LogitSummary withBlocks(LogitSummary small) {
        return new LogitSummary(
                small.argmax(), small.max(), small.logSumExp(), small.mass(), data.poisoned(79), small.chunks());
    }

    private void write(KvLayer layer, RaggedBatch batch) {
        Arguments.writeKv(layer, batch, data.poisoned(40), data.poisoned(40));
    }

    /** One row of 20 tokens. */
    private RaggedBatch batch(int first, int... table) {
        return data.batch(new int[] {20}, new int[] {first}, new int[][] {table});
    }

    private static void accepts(ThrowingCallable call) {
        assertThatNoException().isThrownBy(call);
    }

    private static void refuses(String words, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(words);
    }
}
