package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.scheduler.SchedulerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Two tenants on one loop, whose requests come from step to step whether others were answered or not: the quiet one sends a tenth of what the loop
 * answers, the loud one ten times as much as that.
 */
class SharedQueueTest {

    private static final int ROWS = 10;
    private static final int STEPS = 100;
    private static final SchedulerConfig QUEUE_OF_40 = new SchedulerConfig(ROWS, 64, 64, 40, true, 3);

    private final StepGate gate = new StepGate();
    private int sent;

    /** What became of one tenant's requests. */
    private final class Client {
        private final String tenant;
        private final List<Generation> taken = new ArrayList<>();
        private int refused;

        private Client(String tenant) {
            this.tenant = tenant;
        }

        void send(SchedulerLoop loop) {
            String id = "r" + sent++;
            GenerationRequest request = GenerationRequest.greedy(id, "demo", Prompt.of(sent % 400, 1, 2), 1)
                    .withIdentity(new RequestIdentity(id, tenant, ""));
            try {
                taken.add(loop.submit(request));
            } catch (ForetokenException e) {
                assertThat(e.code()).isIn(ErrorCode.QUEUE_FULL, ErrorCode.SHARE_FULL);
                refused++;
            }
        }
    }

    @Test
    void nothingIsRefusedToTheQuietOne() throws InterruptedException {
        Client quiet = new Client("quiet");
        Client loud = new Client("loud");
        try (LoopFixture fixture = new LoopFixture(FakeModel.ofContext(500, 64).withGate(gate), QUEUE_OF_40)) {
            loud.send(fixture.loop);
            for (int step = 0; step < STEPS; step++) {
                assertThat(gate.awaitArrival(LoopFixture.PATIENCE)).isTrue();
                for (int i = 0; i < 10 * ROWS; i++) {
                    loud.send(fixture.loop);
                }
                quiet.send(fixture.loop);
                gate.release(1);
            }
            gate.open();
            for (Generation generation : quiet.taken) {
                assertThat(last(generation)).isInstanceOf(EngineEvent.Finished.class);
            }
        }
        assertThat(quiet.refused).isZero();
        assertThat(quiet.taken).hasSize(STEPS);
        assertThat(loud.refused).isGreaterThan(5 * loud.taken.size());
    }

    private static EngineEvent last(Generation generation) throws InterruptedException {
        EngineEvent last = null;
        while (!generation.isDone()) {
            Optional<EngineEvent> event = generation.next(LoopFixture.PATIENCE);
            assertThat(event).as("an event in time").isPresent();
            last = event.get();
        }
        assertThat(last).isNotNull();
        return last;
    }
}
