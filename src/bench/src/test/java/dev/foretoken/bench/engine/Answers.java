package dev.foretoken.bench.engine;

import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/** Requests with prompts that begin differently, the engine that answers them, and their answers to the last bit. */
final class Answers {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Penalties PENALTIES = new Penalties(0.4f, 0.3f, 1.1f);

    private Answers() {}

    /** {@code cacheBytes}: for the caches, 0 = as much as they need. */
    static SchedulerHost host(String model, int running, long cacheBytes) {
        List<RuntimeProvider> providers = ServiceLoader.load(RuntimeProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        SchedulerHost host = new SchedulerHost(
                new HostConfig(0, 70, cacheBytes, Duration.ofSeconds(10)),
                new SchedulerConfig(running, 128, 64, 64, true, 3),
                HostEnvironment.ofProcess(providers, DeviceSpec.cpu(2), Telemetry.NONE));
        Path folder = Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", model);
        try {
            host.load(ModelSource.of(LocalEngine.MODEL, folder), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
            return host;
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    /** Every other one is sampled. */
    static GenerationRequest request(int index, int prompt, int answer, Priority priority) {
        int[] ids = IntStream.range(0, prompt)
                .map(i -> 20 + (i * i + 7 * index) % 50)
                .toArray();
        SamplingParams sampling = index % 2 == 0
                ? SamplingParams.GREEDY
                : new SamplingParams(1.1f, 30, 0.9f, 0.01f, PENALTIES, LogitBias.NONE, index);
        return GenerationRequest.greedy("r" + index, LocalEngine.MODEL, Prompt.of(ids), answer)
                .withSampling(sampling)
                .withOutput(new OutputOptions(3, 0, false))
                .withService(ServiceLevel.DEFAULT.withPriority(priority));
    }

    static String alone(String model, GenerationRequest request) throws InterruptedException {
        try (SchedulerHost host = host(model, 1, 0)) {
            return bits(host, request);
        }
    }

    static String bits(Engine engine, GenerationRequest request) throws InterruptedException {
        return bits(engine.submit(request), Integer.MAX_VALUE);
    }

    /** What comes up to the {@code most}-th token, or to the end. */
    static String bits(Generation generation, int most) throws InterruptedException {
        StringBuilder bits = new StringBuilder();
        int tokens = 0;
        while (tokens < most && !generation.isDone()) {
            switch (generation.next(PATIENCE).orElseThrow()) {
                case EngineEvent.TokenGenerated token -> {
                    bits.append(token.tokenId()).append(bits(token.logprobs()));
                    tokens++;
                }
                case EngineEvent.Failed failed -> bits.append(failed.detail());
                case EngineEvent.Finished finished -> bits.append(finished.reason());
                case EngineEvent.Started started -> {}
                case EngineEvent.PromptScored scored -> {}
                case EngineEvent.Repaired repaired -> {}
            }
        }
        return bits.toString();
    }

    private static String bits(TokenLogprobs scores) {
        return " %08x %s %s;"
                .formatted(
                        Float.floatToRawIntBits(scores.logprob()),
                        Arrays.toString(scores.topIds()),
                        Arrays.toString(scores.topLogprobs()));
    }
}
