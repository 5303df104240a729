package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerLoopTest {

    private volatile boolean isHeard = true;
    private volatile boolean isBlocked;
    private volatile boolean isBroken;
    private final AtomicInteger members = new AtomicInteger();
    private final CompletableFuture<Void> second = new CompletableFuture<>();

    private final class Member implements Membership {
        @Override
        public void turn() throws InterruptedException {
            do {
                Thread.sleep(1);
            } while (isBlocked);
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
        }

        @Override
        public boolean isHeard() {
            return isHeard;
        }

        @Override
        public void drain(Duration grace) {}

        @Override
        public void close() {}
    }

    private final WorkerLoop loop = new WorkerLoop(
            "loop",
            threads -> {
                if (members.getAndIncrement() == 1) {
                    second.join();
                }
                return new Member();
            },
            Duration.ZERO,
            System::nanoTime);

    @AfterEach
    void close() {
        isBlocked = false;
        second.complete(null);
        loop.close();
        assertThat(loop.state().phase()).isEqualTo(WorkerState.Phase.CLOSED);
    }

    @Test
    void waitsWhileBrokersDoNotAnswerThoughItsThreadWaitsForThemToo() throws Exception {
        assertThat(loop.state().phase()).isEqualTo(WorkerState.Phase.JOINING);
        loop.start();
        Eventually.until("it works", () -> loop.state().phase() == WorkerState.Phase.WORKING);
        isBlocked = true;
        isHeard = false;
        assertThat(loop.state()).isEqualTo(new WorkerState(WorkerState.Phase.WAITING, "the brokers do not answer"));
        isHeard = true;
        assertThat(loop.state()).isEqualTo(new WorkerState(WorkerState.Phase.WORKING, ""));
        assertThat(members).hasValue(1);
    }

    @Test
    void saysWhyItBeginsAnew() throws Exception {
        isBroken = true;
        loop.start();
        Eventually.until("it broke", () -> loop.state().problem().equals("broken"));
        isHeard = false;
        assertThat(loop.state().problem()).as("of a member that is gone").isEqualTo("broken");
        isBroken = false;
        isHeard = true;
        second.complete(null);
        Eventually.until("another works", () -> loop.state().phase() == WorkerState.Phase.WORKING);
        assertThat(members).hasValueGreaterThan(1);
    }
}
