package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.contract.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalTransportTest {

    private static final BatchRequest REQUEST = new BatchRequest("a", BatchEndpoint.COMPLETIONS, new byte[0]);

    private final BlockingQueue<Optional<BatchAnswer>> answers = new LinkedBlockingQueue<>();
    private long nanos;
    private volatile Room room = Room.UNKNOWN;

    @FunctionalInterface
    private interface Run {
        BatchAnswer run(BatchCancel cancel) throws InterruptedException;
    }

    private LocalTransport transport(Run run) {
        return new LocalTransport(
                new BatchExecutor() {
                    @Override
                    public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
                        return run.run(cancel);
                    }

                    @Override
                    public Room room() {
                        return room;
                    }
                },
                new FlightConfig(4, 9, 1, Duration.ofSeconds(1), 0.5, 0.05),
                () -> nanos,
                Thread.ofVirtual().factory());
    }

    private Optional<BatchAnswer> answer() throws InterruptedException {
        Optional<BatchAnswer> answer = answers.poll(2, TimeUnit.MINUTES);
        assertThat(answer).as("an answer within twenty seconds").isNotNull();
        return answer;
    }

    @Test
    void answersAreHandedOnAndRefusalsLowerTheLimit() throws InterruptedException {
        BatchAnswer refused = JobSite.failed(429, ErrorCode.QUEUE_FULL);
        LocalTransport transport = transport(cancel -> refused);
        assertThat(transport.room()).isEqualTo(4);
        transport.send(REQUEST, answers::add);
        assertThat(answer()).contains(refused);
        assertThat(transport.room()).isEqualTo(1);
    }

    /** Else one tenant that has its part of the places would let few requests of all others run. */
    @Test
    void aTenantsFullShareDoesNotLowerTheLimitOfAll() throws InterruptedException {
        LocalTransport transport = transport(cancel -> JobSite.failed(429, ErrorCode.SHARE_FULL));
        transport.send(REQUEST, answers::add);
        assertThat(answer()).isPresent();
        assertThat(transport.room()).isEqualTo(4);
    }

    @Test
    void theLimitGrowsWhereItHoldsRequestsBack() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        LocalTransport transport = transport(cancel -> {
            go.await();
            return JobSite.failed(400, ErrorCode.INVALID_REQUEST);
        });
        for (int i = 0; i < 4; i++) {
            transport.send(REQUEST, answers::add);
        }
        nanos = Duration.ofSeconds(2).toNanos();
        assertThat(transport.room()).isEqualTo(4);
        go.countDown();
        for (int i = 0; i < 4; i++) {
            answer();
        }
    }

    /** Whoever fills them: callers, or requests of batches. */
    @Test
    void theLimitFollowsWhatEnginesReport() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        LocalTransport transport = transport(cancel -> {
            go.await();
            return JobSite.failed(400, ErrorCode.INVALID_REQUEST);
        });
        for (int i = 0; i < 4; i++) {
            transport.send(REQUEST, answers::add);
        }
        assertThat(atNextLook(transport, new Room(4, 0, 1))).isEqualTo(8);
        assertThat(atNextLook(transport, new Room(4, 2, 1))).as("others wait").isEqualTo(2);
        assertThat(atNextLook(transport, new Room(4, 0, 1))).isEqualTo(3);
        assertThat(atNextLook(transport, new Room(4, 0, 0.04)))
                .as("blocks run out")
                .isEqualTo(1);
        go.countDown();
        for (int i = 0; i < 4; i++) {
            answer();
        }
    }

    /** How many may be in flight where four are. */
    private int atNextLook(LocalTransport transport, Room reported) {
        nanos += Duration.ofSeconds(2).toNanos();
        room = reported;
        return transport.room() + 4;
    }

    @Test
    void whatRunsTakesRoom() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        LocalTransport transport = transport(cancel -> {
            go.await();
            return JobSite.failed(400, ErrorCode.INVALID_REQUEST);
        });
        transport.send(REQUEST, answers::add);
        assertThat(transport.room()).isEqualTo(3);
        go.countDown();
        answer();
        assertThat(transport.room()).isEqualTo(4);
    }

    @Test
    void cancellingTellsTheRunAndItsThread() throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);
        LocalTransport transport = transport(cancel -> {
            cancel.onCancel(heard::countDown);
            runs.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("was not interrupted");
        });
        JobTransport.Sent sent = transport.send(REQUEST, answers::add);
        runs.await();
        sent.cancel();
        assertThat(answer()).isEmpty();
        assertThat(heard.getCount()).isZero();
        assertThat(transport.room()).isEqualTo(4);
    }

    @Test
    void aRunThatThrowsIsNoAnswer() throws InterruptedException {
        LocalTransport transport = transport(cancel -> {
            throw new IllegalStateException("a bug");
        });
        transport.send(REQUEST, answers::add);
        assertThat(answer()).isEmpty();
        assertThat(transport.room()).isEqualTo(4);
    }
}
