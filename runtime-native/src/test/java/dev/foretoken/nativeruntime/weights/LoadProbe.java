package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.nativeruntime.NativeRuntimeProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that loads a model and prints what memory that took. Arguments: a small model to warm up with, the model, its weights. */
public final class LoadProbe {

    private LoadProbe() {}

    public static void main(String[] arguments) throws IOException {
        RuntimeOptions options = RuntimeOptions.DEFAULT.withWeights(RuntimeOptions.Weights.valueOf(arguments[2]));
        for (int i = 0; i < 3; i++) {
            open(arguments[0], options).close();
        }
        System.gc();
        long before = kibibytes("VmRSS:");
        Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak begins anew
        try (SequenceRuntime runtime = open(arguments[1], options)) {
            System.out.printf(
                    "grown=%d peak=%d held=%d%n",
                    kibibytes("VmRSS:") - before,
                    kibibytes("VmHWM:") - before,
                    runtime.heldAs().weightBytes() >> 10);
        }
    }

    private static SequenceRuntime open(String model, RuntimeOptions options) {
        return new NativeRuntimeProvider()
                .open(ModelSource.of("m", Path.of(model)), DeviceSpec.cpu(2), options, LoadProgress.SILENT);
    }

    private static long kibibytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
