package dev.foretoken.onnxruntime.session.capi;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the C API does beyond the contract: strings as bytes, tensors that are made once, memory that ends with its session. */
class OwnTensorsTest {

    private static final long[] ROW = {1, 2};

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);
    private final Arena arena = Arena.ofShared();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        factory.close();
        arena.close();
    }

    private GraphSession open(GraphWriter graph) {
        return factory.open(graph.write(folder.resolve("model.onnx")), DeviceSpec.cpu(1), SessionOptions.DEFAULT);
    }

    private static GraphWriter adding() {
        return new GraphWriter()
                .input("state", ElementType.FP32, "rows", "2")
                .input("x", ElementType.FP32, "rows", "2")
                .output("next", ElementType.FP32, "rows", "2")
                .node("Add", names("state", "x"), names("next"));
    }

    private static GraphWriter strings() {
        return new GraphWriter()
                .input("x", ElementType.BYTES, "n")
                .output("y", ElementType.BYTES, "n")
                .node("Identity", names("x"), names("y"));
    }

    private MemorySegment floats(float... values) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    @Test
    void makesTheTensorsOfBuffersThatTakeTurnsOnce() {
        try (GraphSession session = open(adding());
                DeviceMemory even = session.allocate(8);
                DeviceMemory odd = session.allocate(8);
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, ROW, floats(1, 2));
            step(binding, even, odd);
            step(binding, odd, even);
            long before = factory.held();
            for (int i = 0; i < 10; i++) {
                step(binding, even, odd);
                step(binding, odd, even);
            }
            assertThat(factory.held()).isEqualTo(before);
            assertThat(even.segment().toArray(ValueLayout.JAVA_FLOAT)).containsExactly(22, 44);
        }
    }

    private static void step(Binding binding, DeviceMemory from, DeviceMemory to) {
        binding.input("state", ElementType.FP32, ROW, from, 0);
        binding.output("next", ElementType.FP32, ROW, to, 0);
        binding.run();
    }

    @Test
    void keepsNoMoreTensorsThanAFewOfManyPlaces() {
        try (GraphSession session = open(adding());
                DeviceMemory rows = session.allocate(8 * 100);
                Binding binding = session.bind()) {
            binding.input("x", ElementType.FP32, ROW, floats(1, 2));
            binding.output("next");
            long before = factory.held();
            for (int row = 0; row < 100; row++) {
                binding.input("state", ElementType.FP32, ROW, rows, 8L * row);
                binding.run();
                assertThat(binding.result("next").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                        .containsExactly(1, 2);
            }
            assertThat(factory.held() - before).isLessThan(10);
        }
    }

    @Test
    void givesAllocatedOutputsOfOtherShapesRunAfterRun() {
        try (GraphSession session = open(adding());
                Binding binding = session.bind()) {
            binding.output("next");
            for (int rows = 1; rows < 5; rows++) {
                long[] shape = {rows, 2};
                MemorySegment ones = arena.allocate(8L * rows, 8);
                binding.input("state", ElementType.FP32, shape, ones);
                binding.input("x", ElementType.FP32, shape, ones);
                binding.run();
                assertThat(binding.result("next").shape()).containsExactly((long) rows, 2L);
            }
        }
    }

    @Test
    void passesStringsAsBytesWithZerosAndWithoutMeaning() {
        MemorySegment words = BytesElements.join(
                List.of(MemorySegment.ofArray(new byte[] {'a', 0, 'b'}), MemorySegment.ofArray(new byte[] {-1, -2})));
        MemorySegment out = arena.allocate(words.byteSize());
        try (GraphSession session = open(strings());
                Binding binding = session.bind()) {
            binding.input("x", ElementType.BYTES, new long[] {2}, words);
            binding.output("y");
            binding.run();
            assertThat(binding.result("y").data().mismatch(words)).isEqualTo(-1);

            binding.output("y", ElementType.BYTES, new long[] {2}, out);
            binding.run();
            assertThat(out.mismatch(words)).isEqualTo(-1);
        }
    }

    @Test
    void takesOtherStringsFromTheSameBinding() {
        try (GraphSession session = open(strings());
                Binding binding = session.bind()) {
            binding.output("y");
            for (String word : List.of("one", "a longer word than that", "")) {
                MemorySegment words = BytesElements.of(List.of(word));
                binding.input("x", ElementType.BYTES, new long[] {1}, words);
                binding.run();
                assertThat(binding.result("y").data().mismatch(words)).isEqualTo(-1);
            }
        }
    }

    @Test
    void refusesStringsThatAreFewerThanTheShapeSays() {
        try (GraphSession session = open(strings());
                Binding binding = session.bind()) {
            MemorySegment words = BytesElements.of(List.of("one"));
            refused(
                    () -> binding.input("x", ElementType.BYTES, new long[] {2}, words),
                    "Tensor x",
                    "of type BYTES and shape [2]");
        }
    }

    @Test
    void namesWhatDoesNotFitBeforeAnythingRuns() {
        try (GraphSession session = open(adding());
                Binding binding = session.bind()) {
            MemorySegment two = floats(1, 2);
            refused(() -> binding.input("y", ElementType.FP32, ROW, two), "no input y", "[state, x]");
            refused(() -> binding.input("x", ElementType.INT32, ROW, two), "input x", "FP32", "INT32");
            refused(() -> binding.input("x", ElementType.FP32, new long[] {2, 2}, two), "[2, 2]", "8 bytes");
            refused(() -> binding.output("next", ElementType.FP32, new long[] {-1, 2}, two), "[-1, 2]");
            refused(() -> binding.output("next", ElementType.FP32, new long[] {1L << 62, 1L << 62}, two), "next");
            assertThatThrownBy(() -> binding.input("x", ElementType.FP32, ROW, MemorySegment.ofArray(new float[2])))
                    .hasMessageContaining("heap");
        }
    }

    private static void refused(Runnable call, String... parts) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.getMessage()).contains(parts);
        });
    }

    @Test
    void refusesAPlaceThatDoesNotFitTheOutputAsTheCallersMistake() {
        try (GraphSession session = open(adding());
                Binding binding = session.bind()) {
            binding.input("state", ElementType.FP32, ROW, floats(1, 2));
            binding.input("x", ElementType.FP32, ROW, floats(1, 2));
            binding.output("next", ElementType.FP32, new long[] {2, 2}, floats(0, 0, 0, 0));
            refused(binding::run, "ONNX Runtime", "{2,2}");
        }
    }

    @Test
    void endsBindingsWithTheirSession() {
        long atRest = factory.held();
        GraphSession session = open(adding());
        Binding binding = session.bind();
        binding.output("next");
        session.close();
        session.close();
        assertThat(factory.held()).isEqualTo(atRest);
        assertThatThrownBy(binding::run).isInstanceOf(IllegalStateException.class);
        binding.close();
    }

    @Test
    void bindsOnOneThreadAndRunsOnAnother() throws InterruptedException {
        MemorySegment out = floats(0, 0);
        try (GraphSession session = open(adding());
                Binding binding = session.bind()) {
            binding.input("state", ElementType.FP32, ROW, floats(1, 2));
            binding.input("x", ElementType.FP32, ROW, floats(1, 2));
            binding.output("next", ElementType.FP32, ROW, out);
            Thread other = new Thread(binding::run);
            other.start();
            other.join();
        }
        assertThat(out.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(2, 4);
    }

    @Test
    void writesTheRewrittenGraphWhereItIsTold() {
        Path rewritten = folder.resolve("rewritten.onnx");
        Path model = adding().write(folder.resolve("model.onnx"));
        factory.open(model, DeviceSpec.cpu(1), new SessionOptions(true, rewritten))
                .close();
        assertThat(Files.exists(rewritten)).isTrue();
        try (GraphSession session = factory.open(rewritten, DeviceSpec.cpu(2), SessionOptions.AS_IT_IS)) {
            assertThat(session.outputs()).hasSize(1);
        }
    }

    @Test
    void saysThatAFileIsNoGraphWithoutTellingWhereItLies() throws java.io.IOException {
        Path model = Files.writeString(folder.resolve("model.onnx"), "no graph at all");
        assertThatThrownBy(() -> factory.open(model, DeviceSpec.cpu(1), SessionOptions.DEFAULT))
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
                    assertThat(e.getMessage()).contains("model.onnx").doesNotContain(folder.toString());
                });
    }
}
