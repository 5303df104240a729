package dev.foretoken.registry.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.transfer.PullStatus.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PullQueueTest {

    private final AtomicInteger ids = new AtomicInteger();
    private final Place place = new Place();
    private final List<Thread> workers = new CopyOnWriteArrayList<>();
    private final PullQueue queue = new PullQueue(
            place, new PullQueue.Limits(2, 4), InstantSource.fixed(Instant.EPOCH), this::newId, this::thread);

    private String newId() {
        return "p" + ids.incrementAndGet();
    }

    private Thread thread(Runnable work) {
        Thread thread = Thread.ofVirtual().unstarted(work);
        workers.add(thread);
        return thread;
    }

    @AfterEach
    void close() {
        queue.close();
    }

    /** Begins pulls and ends each as the test says. */
    private static final class Place implements Pulling {
        final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        final BlockingQueue<Optional<RuntimeException>> ends = new LinkedBlockingQueue<>();
        final BlockingQueue<PullWatch> watches = new LinkedBlockingQueue<>();

        @Override
        public String check(String model, String address) {
            if (!address.startsWith("hf://")) {
                throw new ForetokenException(ErrorCode.INVALID_REQUEST, "no such address");
            }
            return address.replaceFirst("[?].*", "");
        }

        @Override
        public Arrival pull(String model, String address, PullWatch watch) {
            begun.add(address);
            watches.add(watch);
            try {
                Optional<RuntimeException> end = ends.take();
                if (end.isPresent()) {
                    throw end.get();
                }
            } catch (InterruptedException e) {
                throw new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, "the connection was closed", e);
            }
            watch.arrived();
            return new Arrival(VariantRef.base(model, 1), address, Optional.empty());
        }

        void succeed() {
            ends.add(Optional.empty());
        }

        String awaitBegun() throws InterruptedException {
            return String.valueOf(begun.poll(2, TimeUnit.MINUTES));
        }
    }

    private void awaitIdle() throws InterruptedException {
        for (Thread worker : workers) {
            worker.join();
        }
    }

    @Test
    void pullsOneAfterTheOther() throws InterruptedException {
        queue.submit("one", "hf://a/1?secret");
        queue.submit("two", "hf://a/2");
        assertThat(place.awaitBegun()).isEqualTo("hf://a/1?secret");
        assertThat(queue.newest()).extracting(PullStatus::state).containsExactly(State.QUEUED, State.RUNNING);
        assertThat(queue.find("p1").address()).isEqualTo("hf://a/1");
        place.succeed();
        assertThat(place.awaitBegun()).isEqualTo("hf://a/2");
        assertThat(queue.find("p1").result()).contains(VariantRef.base("one", 1));
        place.succeed();
        awaitIdle();
        assertThat(queue.newest()).extracting(PullStatus::state).containsOnly(State.SUCCEEDED);
    }

    @Test
    void saysHowFarItIsAndWhyItFailed() throws InterruptedException {
        queue.submit("one", "hf://a/1");
        place.awaitBegun();
        place.watches.take().update("downloading", 3, 8);
        assertThat(queue.find("p1").progress()).isEqualTo(new PullStatus.Progress("downloading", 3, 8));
        place.ends.add(Optional.of(new ForetokenException(ErrorCode.PERMISSION_DENIED, "the host is not allowed")));
        awaitIdle();
        PullStatus over = queue.find("p1");
        assertThat(over.state()).isEqualTo(State.FAILED);
        assertThat(over.error()).contains("the host is not allowed");
        assertThat(over.result()).isEmpty();
        assertThat(over.times().ended()).contains(Instant.EPOCH);
    }

    @Test
    void goesOnAfterAFailureThatNobodyForesaw() throws InterruptedException {
        queue.submit("one", "hf://a/1");
        queue.submit("two", "hf://a/2");
        place.ends.add(Optional.of(new IllegalStateException("/a/path")));
        place.succeed();
        awaitIdle();
        assertThat(queue.find("p1").error().orElse("")).doesNotContain("/a/path");
        assertThat(queue.find("p2").state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void takesNoMoreThanMayWait() throws InterruptedException {
        queue.submit("one", "hf://a/1");
        place.awaitBegun();
        queue.submit("two", "hf://a/2");
        queue.submit("three", "hf://a/3");
        assertThatThrownBy(() -> queue.submit("four", "hf://a/4"))
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
                    assertThat(e.retryAfter()).isPresent();
                });
        assertThatThrownBy(() -> queue.submit("five", "file:///etc/passwd")).hasMessageContaining("no such address");
        assertThat(queue.newest()).hasSize(3);
    }

    @Test
    void cancelsWhatWaitsAtOnceAndWhatRunsByItsThread() throws InterruptedException {
        queue.submit("one", "hf://a/1");
        place.awaitBegun();
        queue.submit("two", "hf://a/2");
        queue.submit("three", "hf://a/3");
        assertThat(queue.cancel("p2").state()).isEqualTo(State.CANCELLED);
        queue.cancel("p1");
        assertThat(place.awaitBegun()).isEqualTo("hf://a/3");
        assertThat(queue.find("p1").state()).isEqualTo(State.CANCELLED);
        assertThat(queue.find("p1").error()).isEmpty();
        place.succeed();
        awaitIdle();
        assertThat(queue.find("p3").state()).isEqualTo(State.SUCCEEDED);
        assertThat(queue.cancel("p3").state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void interruptsNothingOnceEverythingHasArrived() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        Pulling importing = new Pulling() {
            @Override
            public String check(String model, String address) {
                return address;
            }

            @Override
            public Arrival pull(String model, String address, PullWatch watch) {
                watch.arrived();
                arrived.countDown();
                try {
                    cancelled.await();
                    interrupted.add(false);
                } catch (InterruptedException e) {
                    interrupted.add(true);
                }
                assertThatThrownBy(() -> watch.update("storing", 1, 2)).hasMessageContaining("cancelled");
                return new Arrival(VariantRef.base(model, 1), address, Optional.empty());
            }
        };
        try (PullQueue other =
                new PullQueue(importing, PullQueue.Limits.DEFAULT, InstantSource.system(), this::newId, this::thread)) {
            other.submit("one", "hf://a/1");
            arrived.await();
            other.cancel("p1");
            cancelled.countDown();
            awaitIdle();
            assertThat(interrupted).containsExactly(false);
            assertThat(other.find("p1").state()).isEqualTo(State.SUCCEEDED);
        }
    }

    @Test
    void forgetsTheOldestThatAreOver() throws InterruptedException {
        for (int i = 1; i <= 6; i++) {
            queue.submit("m", "hf://a/" + i);
            place.succeed();
            awaitIdle();
        }
        assertThat(queue.newest()).extracting(PullStatus::id).containsExactly("p6", "p5", "p4", "p3");
        assertThatThrownBy(() -> queue.find("p1"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.JOB_NOT_FOUND));
    }

    @Test
    void stopsWhatRunsWhenItIsClosed() throws InterruptedException {
        queue.submit("one", "hf://a/1");
        queue.submit("two", "hf://a/2");
        place.awaitBegun();
        queue.close();
        assertThat(queue.newest()).extracting(PullStatus::state).containsOnly(State.CANCELLED);
        assertThatThrownBy(() -> queue.submit("three", "hf://a/3")).hasMessageContaining("ends");
    }
}
