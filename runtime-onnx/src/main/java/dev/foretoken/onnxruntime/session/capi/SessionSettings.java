package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.GraphRewriting;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.SessionThreads;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code OrtSessionOptions}: the same for a graph as through the Java interface, and a device. */
final class SessionSettings implements AutoCloseable {

    private static final int SEQUENTIAL = 0;
    private static final int FATAL = 4;
    private static final int OPTIMIZE_NOTHING = 0;
    private static final int OPTIMIZE_ALL = 99;

    private final OrtApi api;
    private final OrtObject options;

    SessionSettings(OrtApi api, SessionThreads threads, SessionOptions wanted) {
        this.api = api;
        options = api.object(OrtFunction.CREATE_SESSION_OPTIONS, OrtFunction.RELEASE_SESSION_OPTIONS);
        try {
            fill(threads, wanted);
        } catch (RuntimeException e) {
            options.close();
            throw e;
        }
    }

    private void fill(SessionThreads threads, SessionOptions wanted) {
        // What fails comes back as an exception, to the one who asked.
        api.check(OrtFunction.SET_SESSION_LOG_SEVERITY_LEVEL, address(), FATAL);
        api.check(OrtFunction.SET_INTRA_OP_NUM_THREADS, address(), threads.count());
        api.check(OrtFunction.SET_INTER_OP_NUM_THREADS, address(), 1);
        api.check(OrtFunction.SET_SESSION_EXECUTION_MODE, address(), SEQUENTIAL);
        threads.configuration().forEach(this::entry);
        // A plan of the arena is kept for every combination of shapes that was ever seen; shapes here come from
        // requests.
        api.check(OrtFunction.DISABLE_MEM_PATTERN, address());
        api.check(
                OrtFunction.SET_SESSION_GRAPH_OPTIMIZATION_LEVEL,
                address(),
                wanted.optimize() ? OPTIMIZE_ALL : OPTIMIZE_NOTHING);
        Path optimized = wanted.writeOptimizedTo();
        if (optimized != null) {
            try (Arena arena = Arena.ofConfined()) {
                long path = NativeText.write(arena, optimized.toString());
                api.check(OrtFunction.SET_OPTIMIZED_MODEL_FILE_PATH, address(), path);
            }
        }
    }

    /** Computes on the CPU alone. */
    void useCpu() {
        GraphRewriting.configuration(DeviceSpec.Kind.CPU).forEach(this::entry);
    }

    private void entry(String key, String value) {
        try (Arena arena = Arena.ofConfined()) {
            api.check(
                    OrtFunction.ADD_SESSION_CONFIG_ENTRY,
                    address(),
                    NativeText.write(arena, key),
                    NativeText.write(arena, value));
        }
    }

    /**
     * Computes on a GPU. TF32 stays off: with it, products of fp32 have 10 bits of mantissa and a row's result would depend on the device. The
     * arena takes what it is asked for, not the next power of two: caches are most of it. Convolutions choose their algorithm by a rule, for a
     * search would run anew for each shape that a request brings.
     */
    void useCuda(int device) {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "device_id", Integer.toString(device),
                "use_tf32", "0",
                "arena_extend_strategy", "kSameAsRequested",
                "cudnn_conv_algo_search", "HEURISTIC"));
        List<String> keys = new ArrayList<>(settings.keySet());
        try (Arena arena = Arena.ofConfined();
                OrtObject cuda = api.object(
                        OrtFunction.CREATE_CUDA_PROVIDER_OPTIONS, OrtFunction.RELEASE_CUDA_PROVIDER_OPTIONS)) {
            api.check(
                    OrtFunction.UPDATE_CUDA_PROVIDER_OPTIONS,
                    cuda.address(),
                    NativeText.writeAll(arena, keys),
                    NativeText.writeAll(arena, keys.stream().map(settings::get).toList()),
                    keys.size());
            api.check(OrtFunction.APPEND_EXECUTION_PROVIDER_CUDA, address(), cuda.address());
        }
    }

    long address() {
        return options.address();
    }

    @Override
    public void close() {
        options.close();
    }
}
