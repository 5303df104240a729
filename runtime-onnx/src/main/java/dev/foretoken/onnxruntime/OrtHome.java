package dev.foretoken.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.GraphRewriting;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import dev.foretoken.onnxruntime.session.javaapi.OrtNatives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** ONNX Runtime in this process. */
record OrtHome(GraphSessions sessions, OptimizedGraphs optimized) {

    private static final long OPTIMIZED_BYTES = 4L << 30;
    private static final long START_STACK_BYTES = 512L << 20;

    /** @throws UnsatisfiedLinkError and other errors of linkage where the library cannot be loaded */
    static OrtHome ofUser() {
        Path cache = userCache();
        OrtNatives.unpack(cache.resolve("onnxruntime"));
        OrtTelemetry.disable();
        OrtEnvironment environment = started();
        OrtNatives.removeUnused();
        int cores = Runtime.getRuntime().availableProcessors();
        return new OrtHome(
                new GraphSessions(
                        new JavaSessionFactory(environment, cores), () -> new CApiSessionFactory(environment, cores)),
                new OptimizedGraphs(
                        new KeptGraphs(cache.resolve("graphs"), OPTIMIZED_BYTES, InstantSource.system()),
                        environment.getVersion() + GraphRewriting.configuration(DeviceSpec.Kind.CPU) + processor()));
    }

    /** As it starts, ONNX Runtime looks at the command line by recursion: one of some thousand characters takes more stack than threads have. */
    private static OrtEnvironment started() {
        FutureTask<OrtEnvironment> start = new FutureTask<>(
                () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "foretoken"));
        new Thread(null, start, "onnxruntime-start", START_STACK_BYTES).start();
        try {
            return start.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new ForetokenException(ErrorCode.RUNTIME_FAILED, "ONNX Runtime does not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "Interrupted while ONNX Runtime started", e);
        }
    }

    /** The per-user cache folder by the XDG rules. */
    private static Path userCache() {
        String home = System.getenv("XDG_CACHE_HOME");
        Path base = home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(home);
        return base.resolve("foretoken");
    }

    /** What a graph that was rewritten for it depends on: layouts of weights follow the widths of its registers. */
    private static String processor() {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        try {
            return platform
                    + Files.readString(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                            .findFirst()
                            .orElse("");
        } catch (IOException e) {
            return platform;
        }
    }
}
