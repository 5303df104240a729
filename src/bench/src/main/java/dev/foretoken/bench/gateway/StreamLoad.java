package dev.foretoken.bench.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.bench.client.CancelPoint;
import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.StreamCall;
import dev.foretoken.bench.client.StreamedAnswer;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Streams that ask again as soon as they are answered, until they are told to stop. Answers are of different lengths, so that requests come one by
 * one, as from callers who do not know of each other.
 */
final class StreamLoad implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OpenAiClient client;
    private final String model;
    private final String prompt;
    private final int tokens;
    private final AtomicLong seeds;
    /** By the seed that names a request to the pods too. */
    private final Map<Long, StreamedAnswer> answers = new ConcurrentHashMap<>();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean stopped;

    /**
     * @param tokens of an answer on average; each has between half and one and a half of it
     * @param firstSeed of requests, which count from there
     */
    StreamLoad(OpenAiClient client, String model, String prompt, int tokens, long firstSeed) {
        this.client = client;
        this.model = model;
        this.prompt = prompt;
        this.tokens = tokens;
        this.seeds = new AtomicLong(firstSeed);
    }

    void start(int streams) {
        for (int i = 0; i < streams; i++) {
            threads.submit(this::ask);
        }
    }

    private Void ask() throws InterruptedException, JsonProcessingException {
        while (!stopped) {
            long seed = seeds.getAndIncrement();
            StreamCall call = new StreamCall("/v1/completions", body(seed), new CancelPoint.Never(), LIMIT);
            answers.put(seed, client.stream(call));
        }
        return null;
    }

    private int length(long seed) {
        return Math.max(1, tokens / 2 + new SplittableRandom(seed).nextInt(tokens + 1));
    }

    private byte[] body(long seed) throws JsonProcessingException {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model)
                .put("prompt", prompt)
                .put("max_tokens", length(seed))
                .put("stream", true);
        body.put("ignore_eos", true).put("seed", seed);
        return JSON.writeValueAsBytes(body);
    }

    /** Lets every stream come to the end of its answer. Returns all answers, by the seeds that name them to the pods too. */
    Map<Long, StreamedAnswer> finish() {
        stopped = true;
        threads.close();
        return Map.copyOf(answers);
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
