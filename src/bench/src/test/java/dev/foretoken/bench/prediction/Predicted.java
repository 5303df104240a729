package dev.foretoken.bench.prediction;

import dev.foretoken.bench.checkpoint.UnfittedPrediction;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.scripted.WrappedProvider;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A small model with an auxiliary of its own layers and random maps, in the real engine, and requests to it. */
final class Predicted {
    static final String MODEL = "predicted";
    static final PrefillOptions EXACT = PrefillOptions.EXACT;
    static final PrefillOptions NEVER = options(Repair.NEVER);
    static final PrefillOptions SLACK = options(Repair.SLACK);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Predicted() {}

    /** Every encoding of the caches. */
    static Stream<CacheType> encodings() {
        return Stream.of(CacheType.values()).filter(caches -> caches != CacheType.AUTO);
    }

    /** A clock that goes on with each look at it alone, so that steps take the same time on a busy machine: it decides what room repairs have. */
    static LongSupplier steps() {
        return new AtomicLong(1)::incrementAndGet;
    }

    static PrefillOptions options(Repair repair) {
        return new PrefillOptions(PrefillMode.PREDICTED, repair);
    }

    /** Writes the prediction into {@code folder}. */
    static ModelSource source(Path folder, String model, int layers) throws IOException {
        Path base = Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", model);
        Path made = Files.createDirectories(folder.resolve(model)).toRealPath();
        UnfittedPrediction.write(made, made.relativize(base.toRealPath()).toString(), layers, 0.5);
        return ModelSource.of(MODEL, made);
    }

    /**
     * @param cacheBytes 0: as much as the running sequences need
     * @param nanoTime the engine's clock
     */
    static SchedulerHost host(
            ModelSource source,
            CacheType caches,
            long cacheBytes,
            LongSupplier nanoTime,
            UnaryOperator<SequenceRuntime> front) {
        return host(source, caches, cacheBytes, 6, nanoTime, front);
    }

    /** @param running sequences at once */
    static SchedulerHost host(
            ModelSource source,
            CacheType caches,
            long cacheBytes,
            int running,
            LongSupplier nanoTime,
            UnaryOperator<SequenceRuntime> front) {
        List<RuntimeProvider> providers = LocalEngine.providers().stream()
                .<RuntimeProvider>map(one -> new WrappedProvider(one, front))
                .toList();
        HostEnvironment usual = HostEnvironment.ofProcess(providers, DeviceSpec.cpu(1), Telemetry.NONE);
        SchedulerHost host = new SchedulerHost(
                new HostConfig(0, 70, cacheBytes, Duration.ofSeconds(10)),
                new SchedulerConfig(running, 64, 32, 64, true, 3),
                new HostEnvironment(
                        usual.providers(),
                        usual.device(),
                        usual.telemetry(),
                        nanoTime,
                        usual.instants(),
                        usual.threads(),
                        usual.prefixSecret(),
                        usual.physicalMemory(),
                        usual.drafts(),
                        usual.tracer(),
                        usual.stepTimes()));
        try {
            RuntimeOptions options = new RuntimeOptions(caches, "auto", Precision.FAST, 0);
            host.load(source, options, LoadProgress.SILENT);
            return host;
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    static SchedulerHost host(ModelSource source, CacheType caches) {
        return host(source, caches, 0, steps(), runtime -> runtime);
    }

    /** Prompts of different indexes begin differently. */
    static GenerationRequest request(int index, int prompt, int answer, PrefillOptions prefill) {
        int[] ids = IntStream.range(0, prompt)
                .map(i -> 20 + (i * i + 7 * index) % 90)
                .toArray();
        return request(ids, answer, prefill);
    }

    static GenerationRequest request(int[] prompt, int answer, PrefillOptions prefill) {
        return GenerationRequest.greedy("r", MODEL, Prompt.of(prompt), answer)
                .withOutput(new OutputOptions(3, OutputOptions.OFF, false))
                .withOptions(new ModelOptions(prefill, Optional.empty(), Optional.empty()));
    }

    /**
     * What an engine said.
     *
     * @param bits of each token and its scores
     * @param repairedAt position before which K and V became exact; -1: never
     * @param end how it ended
     */
    record Said(List<Integer> tokens, List<String> bits, int cached, PrefillMode mode, int repairedAt, String end) {}

    static Said read(Generation generation) throws InterruptedException {
        List<Integer> tokens = new ArrayList<>();
        List<String> bits = new ArrayList<>();
        int cached = 0;
        int repairedAt = -1;
        PrefillMode mode = PrefillMode.AUTO;
        String end = "";
        while (!generation.isDone()) {
            switch (generation.next(PATIENCE).orElseThrow()) {
                case EngineEvent.Started started -> {
                    cached = started.cachedTokens();
                    mode = started.prefill();
                }
                case EngineEvent.TokenGenerated token -> {
                    tokens.add(token.tokenId());
                    bits.add(bits(token.tokenId(), token.logprobs()));
                }
                case EngineEvent.Repaired repaired -> repairedAt = repaired.position();
                case EngineEvent.Finished finished -> end = finished.reason().name();
                case EngineEvent.Failed failed -> end = failed.code().name();
                case EngineEvent.PromptScored scored -> {}
            }
        }
        return new Said(tokens, bits, cached, mode, repairedAt, end);
    }

    private static String bits(int token, TokenLogprobs scores) {
        return "%d %08x %s %s"
                .formatted(
                        token,
                        Float.floatToRawIntBits(scores.logprob()),
                        Arrays.toString(scores.topIds()),
                        Arrays.toString(scores.topLogprobs()));
    }

    /** Blocks that stay taken: the engine tells of an end before it tells what it has free. */
    static int usedBlocks(SchedulerHost host) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int used = host.report().models().getFirst().usedBlocks();
        while (used > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
            used = host.report().models().getFirst().usedBlocks();
        }
        return used;
    }
}
