package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.scheduler.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LoopStressTest {

    private static final int THREADS = 24;
    private static final int REQUESTS = 40;
    private static final SchedulerConfig TIGHT = new SchedulerConfig(6, 48, 16, 20, true, 1000);

    private final FakeModel model = FakeModel.ofContext(500, 128).withFailingSteps(Set.of(40, 41, 200));
    private final FakeReference reference = new FakeReference(model.shape());

    /** How one request went. */
    private enum Outcome {
        COMPLETE,
        CANCELLED,
        FAILED,
        REFUSED,
        ;
    }

    @Test
    void everyRequestOfManyThreadsEndsExactlyOnceAndNoBlockStays() throws Exception {
        try (LoopFixture fixture = new LoopFixture(model, TIGHT)) {
            List<Outcome> outcomes = runAll(fixture);
            assertThat(outcomes).hasSize(THREADS * REQUESTS);
            assertThat(outcomes).contains(Outcome.COMPLETE, Outcome.CANCELLED);
            assertThat(fixture.runtime.violations()).isEmpty();
            fixture.loop.drain();
            assertThat(fixture.loop.awaitEnd(LoopFixture.PATIENCE)).isTrue();
            assertThat(fixture.loop.totalBlocks()).isPositive();
            assertThat(fixture.loop.usedBlocks()).isZero();
            assertThat(fixture.loop.waiting() + fixture.loop.running()).isZero();
            assertThat(fixture.runtime.isClosed()).isTrue();
        }
    }

    @Test
    void drainInTheMiddleGivesEveryWaiterAnEnd() throws Exception {
        try (LoopFixture fixture = new LoopFixture(model, TIGHT)) {
            Thread stopper = Thread.ofVirtual().start(() -> {
                while (fixture.runtime.steps() < 100) {
                    Thread.onSpinWait();
                }
                fixture.loop.drain();
                while (fixture.runtime.steps() < 110 && fixture.loop.phase() != LoopPhase.ENDED) {
                    Thread.onSpinWait();
                }
                fixture.loop.stop();
            });
            List<Outcome> outcomes = runAll(fixture);
            assertThat(outcomes).hasSize(THREADS * REQUESTS).contains(Outcome.REFUSED);
            stopper.join();
        }
    }

    private List<Outcome> runAll(LoopFixture fixture) throws Exception {
        List<Callable<List<Outcome>>> clients = new ArrayList<>();
        for (int client = 0; client < THREADS; client++) {
            Random random = new Random(client);
            clients.add(() -> client(fixture, random));
        }
        List<Outcome> outcomes = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Outcome>> future : executor.invokeAll(clients)) {
                outcomes.addAll(future.get());
            }
        }
        return outcomes;
    }

    private List<Outcome> client(LoopFixture fixture, Random random) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            outcomes.add(request(fixture, random));
        }
        return outcomes;
    }

    private Outcome request(LoopFixture fixture, Random random) throws InterruptedException {
        int[] prompt = random.ints(1 + random.nextInt(60), 0, 3).toArray();
        GenerationRequest request = GenerationRequest.greedy("r", "demo", Prompt.of(prompt), 1 + random.nextInt(30))
                .withChoices(1 + random.nextInt(3));
        try {
            Generation generation = fixture.loop.submit(request);
            int cancelAfter = random.nextInt(3) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
            return read(generation, request, cancelAfter);
        } catch (ForetokenException e) {
            assertThat(e.code()).isIn(ErrorCode.QUEUE_FULL, ErrorCode.DRAINING);
            return Outcome.REFUSED;
        }
    }

    private Outcome read(Generation generation, GenerationRequest request, int cancelAfter)
            throws InterruptedException {
        List<List<Integer>> tokens = new ArrayList<>();
        for (int choice = 0; choice < request.choices(); choice++) {
            tokens.add(new ArrayList<>());
        }
        Outcome outcome = Outcome.COMPLETE;
        for (int events = 0; !generation.isDone(); events++) {
            if (events == cancelAfter) {
                generation.cancel();
            }
            Optional<EngineEvent> event = generation.next(LoopFixture.PATIENCE);
            assertThat(event).as("an event in time").isPresent();
            switch (event.get()) {
                case EngineEvent.TokenGenerated e -> tokens.get(e.choice()).add(e.tokenId());
                case EngineEvent.Failed e -> outcome = Outcome.FAILED;
                case EngineEvent.Finished e when e.reason() == FinishReason.CANCELLED -> outcome = Outcome.CANCELLED;
                case EngineEvent.Finished e ->
                    assertThat(tokens.get(e.choice())).isEqualTo(reference.tokens(request, e.choice()));
                case EngineEvent e -> {}
            }
        }
        assertThat(generation.next(LoopFixture.PATIENCE)).isEmpty();
        return outcome;
    }
}
