package dev.foretoken.bench.engine;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/** Submits a batch to an engine and times its tokens. */
public final class BatchDriver {
    private final Engine engine;
    private final LongSupplier nanoClock;

    public BatchDriver(Engine engine, LongSupplier nanoClock) {
        this.engine = engine;
        this.nanoClock = nanoClock;
    }

    /**
     * @param onToken told of each token, on any thread
     * @throws ForetokenException when a sequence fails or ends before its last token
     */
    public BatchRun run(BatchSpec spec, Runnable onToken) throws InterruptedException {
        List<GenerationRequest> requests = requests(spec);
        long start = nanoClock.getAsLong();
        List<Generation> generations = requests.stream().map(engine::submit).toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<long[]>> reading = new ArrayList<>();
            for (Generation generation : generations) {
                reading.add(
                        threads.submit(() -> GenerationTimes.read(generation, spec.generate(), nanoClock, onToken)));
            }
            return split(start, spec, collected(reading, generations));
        }
    }

    private List<GenerationRequest> requests(BatchSpec spec) {
        int vocabulary = vocabulary(spec.model());
        SplittableRandom random = new SplittableRandom(spec.seed());
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < spec.batch(); i++) {
            int[] prompt = RandomPrompt.of(random, spec.prompt(), vocabulary);
            GenerationRequest plain = GenerationRequest.greedy(
                    "bench-" + spec.seed() + "-" + i, spec.model(), Prompt.of(prompt), spec.generate());
            requests.add(plain.withOptions(ModelOptions.DEFAULT.withAdapter(spec.adapter(i))));
        }
        return requests;
    }

    private int vocabulary(String model) {
        return engine.models().stream()
                .filter(info -> info.name().equals(model))
                .mapToInt(ModelInfo::vocabularySize)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_NOT_FOUND, "the engine has no model named '" + model + "'"));
    }

    private static List<long[]> collected(List<Future<long[]>> reading, List<Generation> generations)
            throws InterruptedException {
        List<long[]> times = new ArrayList<>();
        try {
            for (Future<long[]> one : reading) {
                times.add(one.get());
            }
            return times;
        } catch (ExecutionException e) {
            generations.forEach(Generation::cancel);
            throw e.getCause() instanceof ForetokenException known
                    ? known
                    : new IllegalStateException("a sequence could not be read", e.getCause());
        }
    }

    private static BatchRun split(long start, BatchSpec spec, List<long[]> times) {
        long lastFirst = times.stream().mapToLong(t -> t[0]).max().orElse(start);
        long last = times.stream().mapToLong(t -> t[t.length - 1]).max().orElse(start);
        long decoded = 0;
        for (long[] sequence : times) {
            for (long at : sequence) {
                decoded += at > lastFirst ? 1 : 0;
            }
        }
        long promptTokens = (long) spec.batch() * spec.prompt();
        return new BatchRun(promptTokens, (lastFirst - start) / 1e9, (last - lastFirst) / 1e9, decoded);
    }
}
