package dev.foretoken.e2e.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Many callers at once, of whom some leave and some ask wrongly: every request ends once, as it must, and leaves nothing behind. With
 * {@code -Dforetoken.soak=true} (profile {@code soak}) 1,000 requests, else 300.
 */
@InEveryTopology
class MixedLoadTest {

    private static final int REQUESTS = Boolean.getBoolean("foretoken.soak") ? 1000 : 300;
    private static final int CONCURRENCY = 64;
    private static final long MAY_GROW_BYTES = 5 << 20;

    private final Deployment server;
    private final HttpApi api;

    MixedLoadTest(Deployment server) {
        this.server = server;
        this.api = new HttpApi(server.http());
    }

    @Test
    void everyRequestIsAccountedForAndNothingIsLeftBehind() throws Exception {
        server.awaitIdle();
        double before = requestsSeen();
        int warmUp = REQUESTS / 5;
        Map<Outcome, Integer> outcomes = run(1, warmUp);
        server.awaitIdle();
        long edgeHeap = LiveHeap.bytes(server.edge());
        long engineHeap = LiveHeap.bytes(server.engine());

        run(2, REQUESTS - warmUp).forEach((outcome, count) -> outcomes.merge(outcome, count, Integer::sum));
        server.awaitIdle();

        assertThat(outcomes).containsOnlyKeys(Outcome.values());
        assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(REQUESTS);
        assertThat(requestsSeen() - before).as("requests counted by the server").isEqualTo(REQUESTS);
        long edgeGrowth = LiveHeap.bytes(server.edge()) - edgeHeap;
        long engineGrowth = LiveHeap.bytes(server.engine()) - engineHeap;
        System.out.printf(
                "live heap from request %d to %d: edge %d bytes and %+d, engine %d bytes and %+d; %s%n",
                warmUp, REQUESTS, edgeHeap, edgeGrowth, engineHeap, engineGrowth, outcomes);
        assertThat(edgeGrowth)
                .as("growth of the edge's live heap over %d requests", REQUESTS - warmUp)
                .isLessThan(MAY_GROW_BYTES);
        assertThat(engineGrowth)
                .as("growth of the engine's live heap over %d requests", REQUESTS - warmUp)
                .isLessThan(MAY_GROW_BYTES);
    }

    private double requestsSeen() {
        return server.edgeMetrics().sum("foretoken_http_requests_total", "route=\"" + HttpApi.COMPLETIONS + "\"");
    }

    /** Each of {@value #CONCURRENCY} callers sends one request after the other. */
    private Map<Outcome, Integer> run(long seed, int requests) throws InterruptedException, ExecutionException {
        SplittableRandom random = new SplittableRandom(seed);
        List<Future<Outcome>> calls = new ArrayList<>();
        try (ExecutorService callers =
                Executors.newFixedThreadPool(CONCURRENCY, Thread.ofVirtual().factory())) {
            for (int i = 0; i < requests; i++) {
                MixedCall call = MixedCall.draw(random);
                calls.add(callers.submit(() -> call.run(api)));
            }
        }
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (Future<Outcome> call : calls) {
            outcomes.merge(call.get(), 1, Integer::sum);
        }
        return outcomes;
    }
}
