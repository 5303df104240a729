package dev.foretoken.scheduler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes into a joined run and what comes out of it, for axes in any order. */
class JoinedRunTest {

    private static final int RANK = 4;

    private final ScratchMemory scratch = new ScratchMemory();

    @AfterEach
    void close() {
        scratch.close();
    }

    private static JoinRules rules(int batchAxis, int lengthAxis, ElementType type) {
        TensorSpec in = new TensorSpec("in", type, List.of(-1L, -1L, -1L, -1L));
        TensorSpec out = new TensorSpec("out", type, List.of(-1L, -1L, -1L, -1L));
        TensorSignature signature = new TensorSignature(List.of(in), List.of(out), batchAxis);
        return JoinRules.of(
                lengthAxis < 0
                        ? signature
                        : signature.withRagged(new RaggedAxis(lengthAxis, 0, Map.of("in", 77L), Set.of("out"))));
    }

    private static TensorWork work(Tensor input, JoinRules rules, int batchAxis, int lengthAxis) {
        return new TensorWork(
                List.of(input),
                List.of("out"),
                input.shape().get(batchAxis),
                lengthAxis < 0 ? 1 : input.shape().get(lengthAxis),
                input.data().byteSize(),
                rules.key(List.of(input)));
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "1, -1", "2, -1", "3, -1", "0, 1", "0, 2", "0, 3", "1, 0", "1, 2", "2, 0", "3, 1", "3, 2"})
    void everyoneGetsBackWhatTheyGaveWhateverTheAxes(int batchAxis, int lengthAxis) {
        Random random = new Random(7 * batchAxis + lengthAxis);
        JoinRules rules = rules(batchAxis, lengthAxis, ElementType.INT64);
        List<Tensor> own = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<Long> shape = new ArrayList<>(List.of(2L, 3L, 2L, 3L));
            shape.set(batchAxis, 1L + random.nextInt(3));
            if (lengthAxis >= 0) {
                shape.set(lengthAxis, 1L + random.nextInt(4));
            }
            long elements = shape.stream().reduce(1L, (a, b) -> a * b);
            own.add(Tensors.longs("in", shape, random.longs(elements).toArray()));
        }
        JoinedRun run = new JoinedRun(
                rules,
                own.stream().map(t -> work(t, rules, batchAxis, lengthAxis)).toList());

        Tensor joined = run.inputs(List.of(spec(ElementType.INT64)), scratch).getFirst();

        assertThat(Tensors.longs(joined)).containsExactly(naive(own, joined.shape(), batchAxis));
        List<List<Tensor>> split = run.split(List.of(new Tensor("out", joined.type(), joined.shape(), joined.data())));
        for (int i = 0; i < own.size(); i++) {
            assertThat(split.get(i).getFirst().shape()).isEqualTo(own.get(i).shape());
            assertThat(Tensors.longs(split.get(i).getFirst())).containsExactly(Tensors.longs(own.get(i)));
        }
    }

    private static TensorSpec spec(ElementType type) {
        return new TensorSpec("in", type, List.of(-1L, -1L, -1L, -1L));
    }

    /** Element by element. */
    private static long[] naive(List<Tensor> own, List<Long> shape, int batchAxis) {
        long elements = shape.stream().reduce(1L, (a, b) -> a * b);
        long[] joined = new long[(int) elements];
        Arrays.fill(joined, 77);
        long firstRow = 0;
        for (Tensor tensor : own) {
            long[] values = Tensors.longs(tensor);
            for (int i = 0; i < values.length; i++) {
                long[] at = position(i, tensor.shape());
                at[batchAxis] += firstRow;
                joined[index(at, shape)] = values[i];
            }
            firstRow += tensor.shape().get(batchAxis);
        }
        return joined;
    }

    private static long[] position(long index, List<Long> shape) {
        long[] at = new long[RANK];
        for (int axis = RANK - 1; axis >= 0; axis--) {
            at[axis] = index % shape.get(axis);
            index /= shape.get(axis);
        }
        return at;
    }

    private static int index(long[] at, List<Long> shape) {
        long index = 0;
        for (int axis = 0; axis < RANK; axis++) {
            index = index * shape.get(axis) + at[axis];
        }
        return (int) index;
    }

    @ParameterizedTest
    @CsvSource({"FP32, 3f800000, 4", "FP16, 3c00, 2", "BF16, 3f80, 2", "INT8, 1, 1", "BOOL, 1, 1", "UINT16, 1, 2"})
    void padsWithTheDeclaredValueInEveryType(ElementType type, String bits, int bytes) {
        MemorySegment data = MemorySegment.ofArray(new byte[bytes * 5]);
        Grid.fill(data, type, 1);
        byte[] one = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(Long.parseLong(bits, 16))
                .array();
        for (int i = 0; i < 5; i++) {
            assertThat(data.asSlice((long) i * bytes, bytes).toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Arrays.copyOf(one, bytes));
        }
    }

    @Test
    void stringsAreJoinedAndSplitByTheirLengths() {
        TensorSpec in = new TensorSpec("in", ElementType.BYTES, List.of(-1L, 2L));
        TensorSpec out = new TensorSpec("out", ElementType.BYTES, List.of(-1L, 2L));
        JoinRules rules = JoinRules.of(new TensorSignature(List.of(in), List.of(out), 0));
        assertThat(rules.joins()).isTrue();
        Tensor one = strings("one", "");
        Tensor two = strings("zwei", "drei", "b", "ccccc");
        JoinedRun run = new JoinedRun(
                rules, Stream.of(one, two).map(t -> work(t, rules, 0, -1)).toList());
        Tensor joined = run.inputs(List.of(in), scratch).getFirst();
        assertThat(joined.shape()).containsExactly(3L, 2L);
        List<List<Tensor>> split =
                run.split(List.of(new Tensor("out", ElementType.BYTES, joined.shape(), joined.data())));
        assertThat(split.get(0).getFirst().data().mismatch(one.data())).isEqualTo(-1);
        assertThat(split.get(1).getFirst().data().mismatch(two.data())).isEqualTo(-1);
        assertThat(BytesElements.count(two.data())).isEqualTo(4);
        assertThat(BytesElements.count(two.data().asSlice(0, 7))).isEqualTo(-1);
    }

    private static Tensor strings(String... values) {
        ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        for (String value : values) {
            bytes.putInt(value.length()).put(value.getBytes(StandardCharsets.UTF_8));
        }
        byte[] data = Arrays.copyOf(bytes.array(), bytes.position());
        return new Tensor("in", ElementType.BYTES, List.of(values.length / 2L, 2L), MemorySegment.ofArray(data));
    }

    @Test
    void aGraphThatMakesOtherRowsThanItSaysIsNotBelieved() {
        JoinRules rules = rules(0, 1, ElementType.INT64);
        List<TensorWork> parts = IntStream.of(2, 3)
                .mapToObj(length -> Tensors.longs("in", List.of(1L, (long) length, 1L, 1L), new long[length]))
                .map(tensor -> work(tensor, rules, 0, 1))
                .toList();
        JoinedRun run = new JoinedRun(rules, parts);
        Tensor halved = Tensors.longs("out", List.of(2L, 2L, 1L, 1L), new long[4]);
        assertThatThrownBy(() -> run.split(List.of(halved))).hasMessageContaining("has shape [2, 2, 1, 1]");
    }

    @Test
    void signaturesThatPromiseMoreThanTheirShapesHoldAreNotJoined() {
        TensorSpec fixed = new TensorSpec("in", ElementType.FP32, List.of(1L, -1L));
        TensorSpec out = new TensorSpec("out", ElementType.FP32, List.of(-1L));
        assertThat(JoinRules.of(new TensorSignature(List.of(fixed), List.of(out), 0))
                        .joins())
                .isFalse();
        TensorSpec scalar = new TensorSpec("out", ElementType.FP32, List.of());
        TensorSpec free = new TensorSpec("in", ElementType.FP32, List.of(-1L, -1L));
        assertThat(JoinRules.of(new TensorSignature(List.of(free), List.of(scalar), 0))
                        .joins())
                .isFalse();
    }
}
