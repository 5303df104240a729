package dev.foretoken.gateway.remote;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.model.Contact;
import dev.foretoken.wire.pod.v1.Adapter;
import dev.foretoken.wire.pod.v1.Model;
import dev.foretoken.wire.pod.v1.PodEngineGrpc.PodEngineBlockingV2Stub;
import dev.foretoken.wire.pod.v1.PodState;
import dev.foretoken.wire.pod.v1.WatchRequest;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The newest state a pod has reported. While the pod cannot be reached, or hangs and keeps its connection, its models count as failed, so that
 * nothing is routed there and readiness says so.
 */
final class StateMirror implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(StateMirror.class);
    private static final LoadReport NOTHING = new LoadReport(List.of(), 0, 0, false);
    private static final long RETRY_MILLIS = 200;
    private static final long FAILED_RETRY_MILLIS = 1000;

    private final RemoteConfig config;
    private final PodEngineBlockingV2Stub stub;
    private final Runnable reconnect;
    private final CountDownLatch connected = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final KnownSignatures signatures = new KnownSignatures();
    private volatile List<ModelInfo> models = List.of();
    private final LongSupplier nanoClock;
    private volatile LoadReport report = NOTHING;
    private volatile long reportedAt;
    private volatile int httpPort;
    /** Written by the thread that follows the pod. */
    private volatile Contact contact = Contact.AWAITED;

    /**
     * @param nanoClock monotonic
     * @param reconnect has calls from now on use a new connection: what is silent may be the connection instead of the pod
     */
    StateMirror(
            RemoteConfig config,
            PodEngineBlockingV2Stub stub,
            Executor threads,
            LongSupplier nanoClock,
            Runnable reconnect) {
        this.nanoClock = nanoClock;
        this.reportedAt = nanoClock.getAsLong();
        this.config = config;
        this.stub = stub;
        this.reconnect = reconnect;
        threads.execute(this::follow);
    }

    Contact contact() {
        return contact;
    }

    List<ModelInfo> models() {
        return models;
    }

    LoadReport report() {
        return report;
    }

    /** When the pod said that. */
    long reportedAt() {
        return reportedAt;
    }

    /** An address that is a name stands for none: it may be several. */
    Optional<String> callersAddress() {
        int port = httpPort;
        return port < 1 || port > 65_535
                ? Optional.empty()
                : IpAddress.of(config.host()).map(ip -> ip.withPort(port));
    }

    /** What a model takes; {@code pod} is asked where that is not known since the pod last said that the model changed. */
    TensorSignature signature(String model, Function<String, TensorSignature> pod) {
        return signatures.of(model, pod);
    }

    boolean awaitConnected(Duration timeout) throws InterruptedException {
        return connected.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void follow() {
        try {
            while (!closed.await(0, TimeUnit.MILLISECONDS)) {
                long pause = watchWhateverComes();
                silent();
                signatures.lost();
                models = models.stream().map(StateMirror::unreachable).toList();
                report = NOTHING;
                closed.await(pause, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void silent() {
        if (contact == Contact.REPORTING) {
            contact = Contact.LOST;
            if (closed.getCount() > 0) {
                LOG.warnf(
                        "runtime pod %s does not report any more; nothing is sent there until it does",
                        config.address());
            }
        }
    }

    /** Nobody would follow the pod any more if this ended. Returns how long to wait then, in milliseconds. */
    private long watchWhateverComes() throws InterruptedException {
        try {
            watch();
            return RETRY_MILLIS;
        } catch (RuntimeException e) {
            LOG.errorf(e, "what runtime pod %s reports cannot be followed; it is tried again", config.address());
            return FAILED_RETRY_MILLIS;
        }
    }

    /** One call, as long as the pod reports. */
    private void watch() throws InterruptedException {
        BlockingClientCall<?, PodState> call = stub.withWaitForReady()
                .watch(WatchRequest.newBuilder()
                        .setIntervalMillis(config.reportInterval().toMillis())
                        .build());
        try {
            for (PodState state = read(call); state != null; state = read(call)) {
                take(state);
            }
        } catch (StatusException e) {
            // The pod is away or going: the caller of watch marks it so and tries again.
        } catch (TimeoutException e) {
            LOG.debugf("runtime pod %s has reported nothing for %s", config.address(), config.stallTimeout());
            reconnect.run();
        } finally {
            call.cancel("over", null); // of a call that has ended nothing is left to cancel
        }
    }

    private @Nullable PodState read(BlockingClientCall<?, PodState> call)
            throws InterruptedException, TimeoutException, StatusException {
        return call.read(config.stallTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void take(PodState state) {
        models = state.getModelsList().stream().map(StateMirror::decode).toList();
        signatures.reported(models);
        report = new LoadReport(
                state.getLoadsList().stream().map(LoadDecoder::decode).toList(),
                state.getMemoryBudgetBytes(),
                state.getMemoryUsedBytes(),
                state.getDraining());
        httpPort = state.getHttpPort();
        reportedAt = nanoClock.getAsLong();
        if (contact == Contact.LOST) {
            LOG.infof("runtime pod %s reports again", config.address());
        }
        contact = Contact.REPORTING;
        connected.countDown();
    }

    private static ModelInfo decode(Model model) {
        ModelState[] states = ModelState.values();
        boolean known = model.getState() >= 0 && model.getState() < states.length;
        return new ModelInfo(
                model.getName(),
                new ModelInfo.Standing(
                        known ? states[model.getState()] : ModelState.FAILED,
                        Instant.ofEpochMilli(model.getLoadedAtMillis()),
                        model.getProgress()),
                new ModelInfo.Sizes(model.getVocabularySize(), model.getContextTokens()),
                new ModelInfo.Computation(
                        model.getRuntime(),
                        model.getNumericsId(),
                        new HeldAs(model.getWeights(), model.getWeightBytes(), model.getKvCache())),
                offer(model));
    }

    private static ModelInfo.Offer offer(Model model) {
        return new ModelInfo.Offer(
                tasks(model),
                model.getAdaptersList().stream().map(StateMirror::decode).toList(),
                prefillModes(model));
    }

    /** A pod of another version may name tasks that are not known here. */
    private static Set<ModelTask> tasks(Model model) {
        ModelTask[] tasks = ModelTask.values();
        return model.getTasksList().stream()
                .filter(number -> number >= 0 && number < tasks.length)
                .map(number -> tasks[number])
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A pod of another version may name modes that are not known here. */
    private static List<PrefillMode> prefillModes(Model model) {
        PrefillMode[] modes = PrefillMode.values();
        if (model.getPrefillModesCount() == 0) {
            return List.of(PrefillMode.EXACT);
        }
        return model.getPrefillModesList().stream()
                .filter(number -> number >= 0 && number < modes.length)
                .map(number -> modes[number])
                .toList();
    }

    private static AdapterInfo decode(Adapter adapter) {
        return new AdapterInfo(
                adapter.getName(),
                adapter.getRank(),
                adapter.getBytes(),
                Instant.ofEpochMilli(adapter.getLoadedAtMillis()));
    }

    private static ModelInfo unreachable(ModelInfo model) {
        return model.withState(ModelState.FAILED);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
