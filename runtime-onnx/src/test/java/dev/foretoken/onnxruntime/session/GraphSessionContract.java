package dev.foretoken.onnxruntime.session;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every implementation of {@link GraphSession} does on every device. */
public abstract class GraphSessionContract {

    private final Arena arena = Arena.ofShared();

    @TempDir
    Path folder;

    protected abstract SessionFactory factory();

    /** Types that cannot go in. */
    protected abstract Set<ElementType> refusedInputs();

    protected DeviceSpec device() {
        return DeviceSpec.cpu(1);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private GraphSession open(GraphWriter graph) {
        return factory().open(graph.write(folder.resolve("model.onnx")), device(), SessionOptions.DEFAULT);
    }

    private static GraphWriter doubling() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "rows", "2")
                .output("y", ElementType.FP32, "rows", "2")
                .node("Add", names("x", "x"), names("y"));
    }

    private MemorySegment floats(float... values) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    private static float[] floats(MemorySegment data) {
        return data.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    @Test
    void tellsPortsWithNamesOfTheirDimensionsAndMetadata() {
        try (GraphSession session = open(doubling().metadata("author", "nobody"))) {
            assertThat(session.inputs())
                    .containsExactly(new GraphPort("x", ElementType.FP32, List.of(-1L, 2L), List.of("rows", "")));
            assertThat(session.outputs())
                    .containsExactly(new GraphPort("y", ElementType.FP32, List.of(-1L, 2L), List.of("rows", "")));
            assertThat(session.metadata()).containsEntry("author", "nobody");
        }
    }

    @Test
    void readsInputsAndWritesOutputsInPlaceAtEveryRun() {
        MemorySegment in = floats(1, 2, 3, 4);
        MemorySegment out = floats(0, 0, 0, 0);
        try (GraphSession session = open(doubling());
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, new long[] {2, 2}, in);
            binding.output("y", ElementType.FP32, new long[] {2, 2}, out);
            binding.run();
            assertThat(floats(out)).containsExactly(2, 4, 6, 8);

            in.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 10);
            binding.run();
            assertThat(floats(out)).containsExactly(20, 4, 6, 8);
        }
    }

    @Test
    void normalizesRowsOnCpusWithoutTheirSlowKernel() throws IOException {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "rows", "4")
                .output("y", ElementType.FP32, "rows", "4")
                .longs("axes", List.of(1L), -1)
                .floats("two", List.of(), 2)
                .floats("epsilon", List.of(), 1e-5f)
                .floats("scale", List.of(4L), 1, 1, 1, 2)
                .floats("bias", List.of(4L), 0, 0, 0, 1)
                .node("ReduceMean", names("x", "axes"), names("mean"))
                .node("Sub", names("x", "mean"), names("centered"))
                .node("Pow", names("centered", "two"), names("squares"))
                .node("ReduceMean", names("squares", "axes"), names("variance"))
                .node("Add", names("variance", "epsilon"), names("positive"))
                .node("Sqrt", names("positive"), names("deviation"))
                .node("Div", names("centered", "deviation"), names("normal"))
                .node("Mul", names("normal", "scale"), names("scaled"))
                .node("Add", names("scaled", "bias"), names("y"));
        Path rewritten = folder.resolve("rewritten.onnx");
        MemorySegment out = floats(0, 0, 0, 0);
        try (GraphSession session = factory()
                        .open(
                                graph.write(folder.resolve("model.onnx")),
                                device(),
                                new SessionOptions(true, rewritten));
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, new long[] {1, 4}, floats(1, 1, 3, 3));
            binding.output("y", ElementType.FP32, new long[] {1, 4}, out);
            binding.run();
        }
        assertThat(floats(out)).containsExactly(new float[] {-1, -1, 1, 3}, Offset.offset(1e-4f));
        String slow = "\u0012LayerNormalization"; // a text of 18 bytes: none that ends so
        String file = Files.readString(rewritten, StandardCharsets.ISO_8859_1);
        assertThat(file.contains(slow)).isEqualTo(device().kind() != DeviceSpec.Kind.CPU);
    }

    @Test
    void givesAnOutputWhoseShapeTheGraphDecides() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("where", ElementType.INT64, "1", "found")
                .node("NonZero", names("x"), names("where"));
        try (GraphSession session = open(graph);
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, new long[] {4}, floats(0, 5, 0, 6));
            binding.output("where");
            binding.run();

            Tensor where = binding.result("where");
            assertThat(where.shape()).containsExactly(1L, 2L);
            assertThat(where.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED)).containsExactly(1, 3);
        }
    }

    @Test
    void leavesAnOutputWhoseShapeTheGraphDecidesOnTheDevice() {
        GraphWriter graph = new GraphWriter()
                .input("past", ElementType.FP32, "length", "2")
                .input("more", ElementType.FP32, "added", "2")
                .output("all", ElementType.FP32, "total", "2")
                .node("Concat", names("past", "more"), names("all"), GraphWriter.Attribute.of("axis", 0));
        try (GraphSession session = open(graph);
                DeviceMemory state = session.allocate(24);
                Binding binding = session.bind()) {
            for (int step = 0; step < 3; step++) {
                binding.input("past", ElementType.FP32, new long[] {step, 2}, state, 0);
                binding.input("more", ElementType.FP32, new long[] {1, 2}, floats(step, 10 * step));
                binding.deviceOutput("all");
                binding.run();
                DeviceTensor all = binding.deviceResult("all");
                assertThat(all.shape()).containsExactly(step + 1L, 2L);
                assertThat(all.memory().bytes()).isEqualTo(8L * (step + 1));
                assertThat(all.memory().isHost()).isEqualTo(state.isHost());
                all.memory().copy(0, state, 0, all.memory().bytes());
                all.memory().close();
            }
            MemorySegment read = arena.allocate(24);
            state.read(0, read);
            assertThat(floats(read)).containsExactly(0, 0, 1, 10, 2, 20);
        }
    }

    @Test
    void leavesNoStringsOnTheDevice() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.BYTES, "n")
                .output("y", ElementType.BYTES, "n")
                .node("Identity", names("x"), names("y"));
        try (GraphSession session = open(graph);
                Binding binding = session.bind()) {
            assertThatThrownBy(() -> binding.deviceOutput("y"))
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FEATURE))
                    .hasMessageContaining("Tensor y has strings");
        }
    }

    @Test
    void copiesBetweenItsMemoriesAndClearsThem() {
        try (GraphSession session = open(doubling());
                DeviceMemory one = session.allocate(16);
                DeviceMemory other = session.allocate(12)) {
            one.write(floats(1, 2, 3, 4), 0);
            one.copy(4, other, 0, 12);
            one.copy(0, one, 4, 12);
            one.clear(8, 4);
            MemorySegment read = floats(0, 0, 0, 0);
            one.read(0, read);
            assertThat(floats(read)).containsExactly(1, 1, 0, 3);
            other.read(0, read.asSlice(0, 12));
            assertThat(floats(read.asSlice(0, 12))).containsExactly(2, 3, 4);
            assertThatThrownBy(() -> one.copy(0, other, 4, 12)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> one.clear(8, 12)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void writesIntoTheMemoryItReads() {
        try (GraphSession session = open(doubling());
                DeviceMemory state = session.allocate(8);
                Binding binding = session.bind()) {
            state.write(floats(1, 3), 0);
            binding.input("x", ElementType.FP32, new long[] {1, 2}, state, 0);
            binding.output("y", ElementType.FP32, new long[] {1, 2}, state, 0);
            binding.run();
            binding.run();
            binding.run();

            MemorySegment read = floats(0, 0);
            state.read(0, read);
            assertThat(floats(read)).containsExactly(8, 24);
        }
    }

    @Test
    void bindsOtherRowsOfTheSameMemory() {
        MemorySegment out = floats(0, 0);
        try (GraphSession session = open(doubling());
                DeviceMemory rows = session.allocate(24);
                Binding binding = session.bind()) {
            rows.write(floats(1, 1, 2, 2, 3, 3), 0);
            binding.output("y", ElementType.FP32, new long[] {1, 2}, out);
            for (int row = 0; row < 3; row++) {
                binding.input("x", ElementType.FP32, new long[] {1, 2}, rows, row * 8L);
                binding.run();
                assertThat(floats(out)).containsExactly(2 * (row + 1), 2 * (row + 1));
            }
        }
    }

    @Test
    void bindsTheSameMemoryInAnotherShape() {
        MemorySegment out = floats(0, 0, 0, 0);
        try (GraphSession session = open(doubling());
                DeviceMemory rows = session.allocate(16);
                Binding binding = session.bind()) {
            rows.write(floats(1, 2, 3, 4), 0);
            binding.input("x", ElementType.FP32, new long[] {1, 2}, rows, 0);
            binding.output("y", ElementType.FP32, new long[] {1, 2}, out.asSlice(0, 8));
            binding.run();
            assertThat(floats(out)).containsExactly(2, 4, 0, 0);

            binding.input("x", ElementType.FP32, new long[] {2, 2}, rows, 0);
            binding.output("y", ElementType.FP32, new long[] {2, 2}, out);
            binding.run();
            assertThat(floats(out)).containsExactly(2, 4, 6, 8);
        }
    }

    @Test
    void takesTensorsWithoutElementsAndScalars() {
        GraphWriter graph = new GraphWriter()
                .input("past", ElementType.FP32, "length", "2")
                .input("scale", ElementType.FP32)
                .input("more", ElementType.FP32, "added", "2")
                .output("all", ElementType.FP32, "total", "2")
                .node("Mul", names("more", "scale"), names("scaled"))
                .node("Concat", names("past", "scaled"), names("all"), GraphWriter.Attribute.of("axis", 0));
        try (GraphSession session = open(graph);
                Binding binding = session.bind()) {
            binding.input("past", ElementType.FP32, new long[] {0, 2}, floats());
            binding.input("scale", ElementType.FP32, new long[] {}, floats(10));
            binding.input("more", ElementType.FP32, new long[] {1, 2}, floats(1, 2));
            binding.output("all");
            binding.run();

            assertThat(binding.result("all").shape()).containsExactly(1L, 2L);
            assertThat(floats(binding.result("all").data())).containsExactly(10, 20);
        }
    }

    @ParameterizedTest
    @EnumSource(value = ElementType.class, names = "BYTES", mode = EnumSource.Mode.EXCLUDE)
    void passesBytesOfEveryTypeThrough(ElementType type) {
        GraphWriter graph =
                new GraphWriter().input("x", type, "n").output("y", type, "n").node("Identity", names("x"), names("y"));
        MemorySegment in = arena.allocate(3L * type.bytes(), 8);
        for (int i = 0; i < in.byteSize(); i++) {
            in.set(ValueLayout.JAVA_BYTE, i, (byte) (type == ElementType.BOOL ? i & 1 : i + 1));
        }
        MemorySegment out = arena.allocate(in.byteSize(), 8);
        try (GraphSession session = open(graph);
                Binding binding = session.bind()) {
            assertThat(session.inputs().getFirst().type()).isEqualTo(type);
            if (refusedInputs().contains(type)) {
                assertThatThrownBy(() -> binding.input("x", type, new long[] {3}, in))
                        .hasMessageContaining(type.name());
                return;
            }
            binding.input("x", type, new long[] {3}, in);
            binding.output("y", type, new long[] {3}, out);
            binding.run();
            assertThat(out.mismatch(in)).isEqualTo(-1);

            binding.output("y");
            binding.run();
            assertThat(binding.result("y").type()).isEqualTo(type);
            assertThat(binding.result("y").data().mismatch(in)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"UINT16", "UINT32", "UINT64"})
    void givesUnsignedNumbersOut(ElementType type) {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.INT64, "n")
                .output("y", type, "n")
                .node("Cast", names("x"), names("y"), GraphWriter.Attribute.of("to", GraphWriter.number(type)));
        MemorySegment out = arena.allocate(2L * type.bytes(), 8);
        try (GraphSession session = open(graph);
                Binding binding = session.bind()) {
            binding.input("x", ElementType.INT64, new long[] {2}, arena.allocateFrom(ValueLayout.JAVA_LONG, 7, 65535));
            binding.output("y", type, new long[] {2}, out);
            binding.run();
            assertThat(out.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
            assertThat(out.get(ValueLayout.JAVA_BYTE, type.bytes())).isEqualTo((byte) -1);
        }
    }

    @Test
    void passesStringsThrough() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.BYTES, "n")
                .output("y", ElementType.BYTES, "n")
                .node("Identity", names("x"), names("y"));
        MemorySegment words = BytesElements.of(List.of("", "one", "zwölf", "\u5343"));
        try (GraphSession session = open(graph);
                Binding binding = session.bind()) {
            binding.input("x", ElementType.BYTES, new long[] {4}, words);
            binding.output("y");
            binding.run();
            assertThat(binding.result("y").shape()).containsExactly(4L);
            assertThat(BytesElements.texts(binding.result("y").data())).containsExactly("", "one", "zwölf", "\u5343");
        }
    }

    @Test
    void refusesAShapeThatTheGraphDoesNotTakeAsTheCallersMistake() {
        try (GraphSession session = open(doubling());
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, new long[] {1, 3}, floats(1, 2, 3));
            binding.output("y");
            assertThatThrownBy(binding::run).isInstanceOfSatisfying(ForetokenException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                assertThat(e).hasMessageContaining("x").hasMessageContaining("3");
            });
        }
    }

    @Test
    void refusesMemoryThatIsNotAsLargeAsItsShapeSays() {
        try (GraphSession session = open(doubling());
                Binding binding = session.bind()) {
            MemorySegment two = floats(1, 2);
            long half = 1L << 32;
            for (long[] shape :
                    List.of(new long[] {2, 2}, new long[] {0, 2}, new long[] {half, half}, new long[] {-1})) {
                assertThatThrownBy(() -> binding.input("x", ElementType.FP32, shape, two))
                        .isInstanceOfSatisfying(ForetokenException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                            assertThat(e).hasMessageContaining("Tensor x").hasMessageContaining(Arrays.toString(shape));
                        });
            }
            long[] wrapping = {half, half};
            assertThatThrownBy(() -> binding.input("x", ElementType.FP32, wrapping, floats()))
                    .isInstanceOf(ForetokenException.class);
        }
    }

    @Test
    void runsOnAfterAFailure() {
        MemorySegment out = floats(0, 0);
        try (GraphSession session = open(doubling());
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, new long[] {1, 3}, floats(1, 2, 3));
            binding.output("y", ElementType.FP32, new long[] {1, 2}, out);
            assertThatThrownBy(binding::run).isInstanceOf(ForetokenException.class);

            binding.input("x", ElementType.FP32, new long[] {1, 2}, floats(1, 2));
            binding.run();
            assertThat(floats(out)).containsExactly(2, 4);
        }
    }

    @Test
    void namesAnOutputThatTheGraphHasNot() {
        try (GraphSession session = open(doubling());
                Binding binding = session.bind()) {
            assertThatThrownBy(() -> binding.output("z"))
                    .isInstanceOf(ForetokenException.class)
                    .hasMessageContaining("z")
                    .hasMessageContaining("[y]");
        }
    }

    @Test
    void refusesAGraphWithAnUnknownOperatorWithoutTellingWhereItLies() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP32, "n")
                .node("Imagined", names("x"), names("y"));
        assertThatThrownBy(() -> open(graph)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
            assertThat(e).hasMessageContaining("Imagined");
            assertThat(e.getMessage()).doesNotContain(folder.toString());
        });
    }
}
