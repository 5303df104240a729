package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.GraphRewriting;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.SessionThreads;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Loads graphs on the CPU. */
public final class JavaSessionFactory implements SessionFactory {

    private final OrtEnvironment environment;
    private final int usableCores;

    /** @param usableCores threads of a device that names none */
    public JavaSessionFactory(OrtEnvironment environment, int usableCores) {
        this.environment = environment;
        this.usableCores = usableCores;
    }

    @Override
    public GraphSession open(Path model, DeviceSpec device, SessionOptions options) {
        if (device.kind() != DeviceSpec.Kind.CPU) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "ONNX Runtime's Java interface computes on CPU here, not on " + device.kind());
        }
        try (OrtSession.SessionOptions settings = settings(SessionThreads.of(device, usableCores), options)) {
            OrtSession session = environment.createSession(model.toString(), settings);
            return JavaGraphSession.over(environment, session);
        } catch (OrtException e) {
            throw OrtFailures.ofLoad(e, model);
        }
    }

    private static OrtSession.SessionOptions settings(SessionThreads threads, SessionOptions options)
            throws OrtException {
        OrtSession.SessionOptions settings = new OrtSession.SessionOptions();
        // What fails comes back as an exception, to the one who asked.
        settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        settings.setIntraOpNumThreads(threads.count());
        settings.setInterOpNumThreads(1);
        settings.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        Map<String, String> entries = new LinkedHashMap<>(threads.configuration());
        entries.putAll(GraphRewriting.configuration(DeviceSpec.Kind.CPU));
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            settings.addConfigEntry(entry.getKey(), entry.getValue());
        }
        // A plan of the arena is kept for every combination of shapes that was ever seen; shapes here come from
        // requests.
        settings.setMemoryPatternOptimization(false);
        settings.setOptimizationLevel(
                options.optimize()
                        ? OrtSession.SessionOptions.OptLevel.ALL_OPT
                        : OrtSession.SessionOptions.OptLevel.NO_OPT);
        Path optimized = options.writeOptimizedTo();
        if (optimized != null) {
            settings.setOptimizedModelFilePath(optimized.toString());
        }
        return settings;
    }
}
