package dev.foretoken.gateway.remote;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.model.Contact;
import dev.foretoken.gateway.model.ReportedEngine;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.pod.v1.Submission;
import dev.foretoken.wire.tls.GrpcTls;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine whose work happens in a runtime pod. Submitting costs one round trip; a lost pod fails its requests with REPLICA_LOST. */
public final class RemoteEngine implements PodConnection, ReportedEngine, TensorEngine {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final long TEARDOWN_SECONDS = 5;
    /** Larger requests are encoded by their own thread: others of the connection would wait. */
    private static final int MOST_BYTES_BY_LOOP = 32 << 10;

    private final RemoteConfig config;
    private final LongSupplier nanoClock;
    /** The connection's thread, or whoever asks where that is not known. */
    private final Executor loop;

    private final CallCount calls = new CallCount();
    private final ManagedChannel channel;
    private final ExecutorService callbacks;
    private final PodEngineGrpc.PodEngineStub stub;
    private final StateMirror mirror;
    private final RemoteTensors tensors;
    private @Nullable CacheMirror caches;

    private RemoteEngine(
            RemoteConfig config,
            ManagedChannel channel,
            Executor loop,
            ExecutorService callbacks,
            LongSupplier nanoClock) {
        this.config = config;
        this.loop = loop;
        this.nanoClock = nanoClock;
        this.channel = channel;
        this.callbacks = callbacks;
        ClientInterceptor credential = MetadataUtils.newAttachHeadersInterceptor(headers(config));
        // A thread per message would cost more than what is done with a token: it is put into a queue.
        this.stub = PodEngineGrpc.newStub(channel)
                .withInterceptors(credential, calls)
                .withExecutor(Runnable::run);
        this.tensors = new RemoteTensors(
                config, PodEngineGrpc.newBlockingV2Stub(channel).withInterceptors(credential, calls));
        this.mirror = new StateMirror(
                config,
                PodEngineGrpc.newBlockingV2Stub(channel).withInterceptors(credential),
                callbacks,
                nanoClock,
                channel::enterIdle);
    }

    /** Connects in the background: {@link #models} is empty until the pod has answered once. */
    public static RemoteEngine connect(RemoteConfig config) {
        return connect(config, System::nanoTime);
    }

    /** The same by one of the threads that there are already. */
    public static RemoteEngine connect(RemoteConfig config, EventLoops loops) {
        EventLoop loop = loops.threads().next();
        return connect(
                config,
                System::nanoTime,
                loop,
                channel -> channel.eventLoopGroup(loop).channelFactory(loops.channels()));
    }

    /** @param nanoClock monotonic; what a pod's silence is measured with */
    static RemoteEngine connect(RemoteConfig config, LongSupplier nanoClock) {
        return connect(config, nanoClock, Runnable::run, channel -> channel);
    }

    private static RemoteEngine connect(
            RemoteConfig config, LongSupplier nanoClock, Executor loop, UnaryOperator<NettyChannelBuilder> movedBy) {
        ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
        NettyChannelBuilder channel = NettyChannelBuilder.forAddress(config.host(), config.port())
                .executor(callbacks)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(30, TimeUnit.SECONDS);
        config.tls()
                .ifPresentOrElse(
                        tls -> channel.sslContext(GrpcTls.client(tls.material()))
                                .overrideAuthority(tls.podName()),
                        channel::usePlaintext);
        return new RemoteEngine(config, movedBy.apply(channel).build(), loop, callbacks, nanoClock);
    }

    @Override
    public Generation submit(GenerationRequest request) {
        Submission submission = SubmissionEncoder.encode(request);
        RemoteGeneration generation = new RemoteGeneration(config, request.choices(), nanoClock);
        Executor starter = submission.getSerializedSize() <= MOST_BYTES_BY_LOOP ? loop : Runnable::run;
        try {
            starter.execute(Context.current().wrap(() -> generation.start(stub::generate, submission)));
        } catch (RejectedExecutionException e) { // The threads that it was given have ended.
            generation.onError(Status.UNAVAILABLE.withCause(e).asException());
        }
        generation.awaitTaken(request.service().timeout());
        return generation;
    }

    @Override
    public TensorSignature signature(String model) {
        return mirror.signature(model, tensors::signature);
    }

    @Override
    public TensorAnswer infer(TensorRequest request) {
        return tensors.infer(request);
    }

    @Override
    public List<ModelInfo> models() {
        return mirror.models();
    }

    @Override
    public LoadReport report() {
        return mirror.report();
    }

    @Override
    public Contact contact() {
        return mirror.contact();
    }

    @Override
    public long reportedAt() {
        return mirror.reportedAt();
    }

    @Override
    public Optional<String> callersAddress() {
        return mirror.callersAddress();
    }

    /**
     * Has {@code directory} know what the pod holds of its models' prompts, as long as this is open.
     *
     * @param endpoint how routing calls this pod
     */
    public synchronized void followCaches(String endpoint, PrefixDirectory directory) {
        if (caches != null) {
            throw new IllegalStateException("the caches of pod " + endpoint + " are followed already");
        }
        ClientInterceptor credential = MetadataUtils.newAttachHeadersInterceptor(headers(config));
        caches = new CacheMirror(
                endpoint, PodEngineGrpc.newBlockingV2Stub(channel).withInterceptors(credential), directory, callbacks);
    }

    private synchronized Optional<CacheMirror> caches() {
        return Optional.ofNullable(caches);
    }

    /** Waits until the pod has reported once. Returns whether it has. */
    public boolean awaitConnected(Duration timeout) throws InterruptedException {
        return mirror.awaitConnected(timeout);
    }

    @Override
    public int underWay() {
        return calls.open();
    }

    private static Metadata headers(RemoteConfig config) {
        Metadata headers = new Metadata();
        config.credential().ifPresent(value -> headers.put(AUTHORIZATION, "Bearer " + value));
        return headers;
    }

    /** Ends every running request. The executor goes last: it delivers their ends. */
    @Override
    public void close() {
        mirror.close();
        caches().ifPresent(CacheMirror::close);
        channel.shutdownNow();
        try {
            channel.awaitTermination(TEARDOWN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callbacks.shutdown();
    }
}
