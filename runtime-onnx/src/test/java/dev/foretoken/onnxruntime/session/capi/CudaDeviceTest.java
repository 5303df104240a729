package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphSessionContract;
import dev.foretoken.onnxruntime.session.HostMemory;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.SessionThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on all of a GPU's path but the GPU: CUDA's runtime is of the test's making, and the device's memory is the host's. */
class CudaDeviceTest extends GraphSessionContract {

    private static final int GPU = 3;
    private static final int HOST_TO_DEVICE = 1;
    private static final int DEVICE_TO_HOST = 2;
    private static final int DEVICE_TO_DEVICE = 3;

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);
    private final FakeCuda cuda = new FakeCuda();
    private final CudaRuntime runtime = new CudaRuntime(cuda, GPU);
    private final long atRest = factory.held();

    @TempDir
    Path graphs;

    @Override
    protected SessionFactory factory() {
        return (model, device, options) -> {
            OrtApi api = factory.runtime().api();
            try (SessionSettings settings = new SessionSettings(api, new SessionThreads(1, CpuList.ANY), options)) {
                settings.useCpu(); // which computes here; memory alone is taken for that of a device
                return factory.open(model, settings, this::device);
            }
        };
    }

    private CudaDevice device(OrtObject session) {
        OrtApi api = factory.runtime().api();
        OrtObject info = api.object(OrtFunction.CREATE_CPU_MEMORY_INFO, OrtFunction.RELEASE_MEMORY_INFO, 0, 0);
        OrtObject allocator = api.object(
                OrtFunction.CREATE_ALLOCATOR, OrtFunction.RELEASE_ALLOCATOR, session.address(), info.address());
        return new CudaDevice(api, runtime, info, allocator);
    }

    @Override
    protected Set<ElementType> refusedInputs() {
        return Set.of();
    }

    @AfterEach
    void holdsNothingOfWhatWasClosed() {
        assertThat(factory.held()).isEqualTo(atRest);
        factory.close();
        cuda.close();
    }

    private GraphSession open() {
        Path model = CacheSteps.graph(2).write(graphs.resolve("cache.onnx"));
        return factory().open(model, DeviceSpec.cpu(1), SessionOptions.DEFAULT);
    }

    private static List<String> one(String call) {
        return List.of("setDevice " + GPU, call, "synchronize 0");
    }

    @Test
    void choosesItsDeviceBeforeEachCallAndWaitsAfterIt() {
        try (GraphSession session = open();
                DeviceMemory memory = session.allocate(8)) {
            assertThat(cuda.calls()).isEqualTo(one("memset 0"));
            cuda.calls().clear();
            memory.write(MemorySegment.ofArray(new byte[] {1, 2, 3, 4}), 4);
            assertThat(cuda.calls()).isEqualTo(one("memcpy " + HOST_TO_DEVICE));
            cuda.calls().clear();
            MemorySegment read = MemorySegment.ofArray(new byte[8]);
            memory.read(0, read);
            assertThat(cuda.calls()).isEqualTo(one("memcpy " + DEVICE_TO_HOST));
            assertThat(read.toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 0, 0, 0, 1, 2, 3, 4);
            cuda.calls().clear();
            memory.copy(4, memory, 0, 4);
            assertThat(cuda.calls()).isEqualTo(one("memcpy " + DEVICE_TO_DEVICE));
        }
    }

    @Test
    void copiesToOtherMemoryAndClearsWithoutTheHost() {
        try (GraphSession session = open();
                DeviceMemory memory = session.allocate(8);
                DeviceMemory other = session.allocate(8)) {
            cuda.calls().clear();
            memory.copy(0, other, 0, 8);
            assertThat(cuda.calls()).isEqualTo(one("memcpy " + DEVICE_TO_DEVICE));
            cuda.calls().clear();
            memory.clear(4, 4);
            assertThat(cuda.calls()).isEqualTo(one("memset 0"));
        }
    }

    @Test
    void leavesAnOutputWhereTheHostDoesNotSeeIt() {
        try (GraphSession session = open();
                var binding = session.bind();
                DeviceMemory cache = session.allocate(16);
                Arena arena = Arena.ofConfined()) {
            binding.input("past", ElementType.FP32, new long[] {2, 2}, cache, 0);
            binding.input("x", ElementType.FP32, new long[] {1, 2}, arena.allocate(8));
            binding.input("at", ElementType.INT64, new long[] {1, 1}, arena.allocate(8));
            binding.output("scores");
            binding.deviceOutput("present");
            cuda.calls().clear();
            binding.run();
            DeviceMemory present = binding.deviceResult("present").memory();
            assertThatThrownBy(present::segment).hasMessageContaining("CUDA device 3");
            assertThatThrownBy(() -> binding.result("present")).isInstanceOf(IllegalStateException.class);
            assertThat(cuda.calls()).isEmpty();
            present.copy(0, cache, 0, 16);
            assertThat(cuda.calls()).isEqualTo(one("memcpy " + DEVICE_TO_DEVICE));
        }
    }

    /** The fake copies as memmove does: what counts is that no copy on the device is of ranges that overlap. */
    @Test
    void copiesRangesThatOverlapByWayOfOtherMemory() {
        try (GraphSession session = open();
                DeviceMemory memory = session.allocate(8)) {
            memory.write(MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), 0);
            cuda.calls().clear();
            memory.copy(0, memory, 2, 6);
            assertThat(cuda.calls().stream().filter(call -> call.startsWith("memcpy")))
                    .hasSize(2);
            MemorySegment read = MemorySegment.ofArray(new byte[8]);
            memory.read(0, read);
            assertThat(read.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void touchesNothingBesideItsMemory() {
        try (GraphSession session = open();
                DeviceMemory memory = session.allocate(8)) {
            cuda.calls().clear();
            MemorySegment four = MemorySegment.ofArray(new byte[4]);
            assertThatThrownBy(() -> memory.write(four, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.read(-1, four)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.copy(0, memory, 6, 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(memory::segment).hasMessageContaining("CUDA device 3");
            assertThat(cuda.calls()).isEmpty();
        }
    }

    @Test
    void saysWhatFailedAndLeavesNoErrorToOnnxRuntime() {
        try (GraphSession session = open();
                DeviceMemory memory = session.allocate(8)) {
            cuda.calls().clear();
            cuda.fail("memcpy", FakeCuda.INVALID_VALUE);
            assertThatThrownBy(() -> memory.copy(0, memory, 4, 4))
                    .isInstanceOfSatisfying(ForetokenException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
                        assertThat(e.getMessage())
                                .isEqualTo("CUDA device 3 cannot copy on the device: made up 1 (error 1)");
                    });
            assertThat(cuda.calls()).containsExactly("setDevice 3", "memcpy 3", "lastError ");
        }
    }

    @Test
    void freesMemoryThatCannotBeCleared() {
        try (GraphSession session = open()) {
            long before = factory.held();
            cuda.fail("memset", FakeCuda.INVALID_VALUE);
            assertThatThrownBy(() -> session.allocate(8)).hasMessageContaining("cannot clear memory");
            assertThat(factory.held()).isEqualTo(before);
        }
    }

    @Test
    void endsMemoryWithItsSession() {
        GraphSession session = open();
        DeviceMemory memory = session.allocate(8);
        DeviceMemory closed = session.allocate(8);
        closed.close();
        session.close();
        assertThat(factory.held()).isEqualTo(atRest);
        memory.close();
        assertThatThrownBy(() -> memory.write(MemorySegment.ofArray(new byte[1]), 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void takesNoMemoryOfAnotherDevice() {
        try (GraphSession session = open();
                HostMemory other = HostMemory.allocate(8);
                var binding = session.bind()) {
            assertThatThrownBy(() -> binding.input("past", ElementType.FP32, new long[] {1, 2}, other, 0))
                    .hasMessageContaining("memory of another device than CUDA device 3");
        }
    }
}
