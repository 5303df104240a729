package dev.foretoken.nativeruntime;

import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.SequenceRuntime;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process grows by when it opens a model, beside what was estimated. Runs in a process of its own, whose heap is touched before: in
 * one that has run other tests, memory that they freed is used again and a heap that shrinks hides what grows.
 *
 * @param grown anonymous memory, bytes
 * @param weights as estimated
 * @param all weights, work space and caches, as estimated
 */
record ProcessGrowth(long grown, long weights, long all) {

    static ProcessGrowth measure() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProcessGrowth.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        String[] numbers = out.strip().lines().reduce("", (a, b) -> b).split(" ");
        if (status != 0 || numbers.length != 3) {
            throw new IOException("the process ended with " + status + " and said: " + out);
        }
        return new ProcessGrowth(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
    }

    /** Prints the three numbers. */
    public static void main(String[] args) throws IOException {
        NativeRuntimeProvider provider = new NativeRuntimeProvider();
        DeviceSpec cpu = DeviceSpec.cpu(1);
        RuntimeOptions options = new RuntimeOptions(CacheType.BF16, "auto", Precision.FAST, 1024);
        RuntimeEstimate estimate =
                provider.estimate(random("llama-160m"), cpu, options).orElseThrow();
        provider.open(random("tiny"), cpu, options, LoadProgress.SILENT).close();
        long before = anonymousBytes();
        try (SequenceRuntime runtime = provider.open(random("llama-160m"), cpu, options, LoadProgress.SILENT)) {
            CacheReservation caches = new CacheReservation(List.of(List.of(64)), 0);
            runtime.reserve(caches);
            long all = estimate.residentBytes() + caches.bytes(runtime.shape());
            System.out.println((anonymousBytes() - before) + " " + estimate.weightBytes() + " " + all);
        }
    }

    private static ModelSource random(String shape) {
        return new ModelSource("random", URI.create("random:" + shape), "");
    }

    private static long anonymousBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(found -> found.startsWith("RssAnon:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }
}
