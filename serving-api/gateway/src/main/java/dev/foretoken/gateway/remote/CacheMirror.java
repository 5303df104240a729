package dev.foretoken.gateway.remote;

import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.pod.v1.PodEngineGrpc.PodEngineBlockingV2Stub;
import dev.foretoken.wire.pod.v1.WatchCacheRequest;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Follows what a pod holds of its models' prompts, and keeps the directory so. While the pod cannot be reached it holds nothing. A pod that tells
 * what cannot be used here, or nothing, is asked again after a while.
 */
final class CacheMirror implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(CacheMirror.class);
    private static final Duration LOST_RETRY = Duration.ofMillis(200);
    private static final Duration FAILED_RETRY = Duration.ofSeconds(1);
    private static final Duration USELESS_RETRY = Duration.ofSeconds(30);
    private static final long INTERVAL_MILLIS = 50;

    private final String endpoint;
    private final PodEngineBlockingV2Stub stub;
    private final PrefixDirectory directory;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** {@code endpoint}: the pod's name in the directory. */
    CacheMirror(String endpoint, PodEngineBlockingV2Stub stub, PrefixDirectory directory, Executor threads) {
        this.endpoint = endpoint;
        this.stub = stub;
        this.directory = directory;
        threads.execute(this::follow);
    }

    private void follow() {
        try {
            Duration pause = Duration.ZERO;
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = watchWhateverComes();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody would follow the pod any more if this ended. */
    private Duration watchWhateverComes() throws InterruptedException {
        try {
            return watch();
        } catch (RuntimeException e) {
            LOG.errorf(e, "what runtime pod %s holds cannot be followed; it is tried again", endpoint);
            return FAILED_RETRY;
        }
    }

    /** One call, as long as it lasts; returns how long to wait before the next. */
    private Duration watch() throws InterruptedException {
        CacheIntake intake = new CacheIntake(endpoint, directory);
        BlockingClientCall<?, CacheEvents> call = stub.withWaitForReady()
                .watchCache(WatchCacheRequest.newBuilder()
                        .setIntervalMillis(INTERVAL_MILLIS)
                        .build());
        try {
            boolean following = true;
            while (following) {
                CacheEvents message = call.read();
                following = message != null && intake.take(message);
            }
            return LOST_RETRY;
        } catch (StatusException e) {
            return e.getStatus().getCode() == Status.Code.UNIMPLEMENTED ? USELESS_RETRY : LOST_RETRY;
        } catch (IllegalArgumentException e) {
            LOG.warnf("what runtime pod %s holds is not known: %s", endpoint, e.getMessage());
            return USELESS_RETRY;
        } finally {
            call.cancel("over", null); // of a call that has ended nothing is left to cancel
            intake.forget();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
