package dev.foretoken.pod;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.prefix.PrefixSource;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.pod.v1.Command;
import dev.foretoken.wire.pod.v1.DescribeRequest;
import dev.foretoken.wire.pod.v1.Described;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.pod.v1.PodState;
import dev.foretoken.wire.pod.v1.TensorPiece;
import dev.foretoken.wire.pod.v1.WatchCacheRequest;
import dev.foretoken.wire.pod.v1.WatchRequest;
import dev.foretoken.wire.stream.ReadyStream;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/** The pod's calls. */
final class PodEngineService extends PodEngineGrpc.PodEngineImplBase {

    private final Engine engine;
    private final TensorEngine tensors;
    private final PodConfig config;
    private final Executor pumps;

    PodEngineService(Engine engine, PodConfig config, Executor pumps) {
        this.engine = engine;
        this.tensors = engine instanceof TensorEngine own ? own : new NoTensors();
        this.config = config;
        this.pumps = pumps;
    }

    @Override
    public StreamObserver<Command> generate(StreamObserver<Answer> answers) {
        GenerationCall call = new GenerationCall(engine, config.heartbeat(), new ReadyStream<>(server(answers)), pumps);
        server(answers).setOnCancelHandler(call::abandon);
        return call;
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<PodState> states) {
        ReadyStream<PodState> stream = new ReadyStream<>(server(states));
        server(states).setOnCancelHandler(stream::wake);
        pumps.execute(new StateWatch(engine, config.httpPort(), stream, request.getIntervalMillis()));
    }

    @Override
    public void watchCache(WatchCacheRequest request, StreamObserver<CacheEvents> events) {
        if (engine instanceof PrefixSource source) {
            ReadyStream<CacheEvents> stream = new ReadyStream<>(server(events));
            server(events).setOnCancelHandler(stream::wake);
            pumps.execute(new CacheWatch(engine, source, stream, request.getIntervalMillis()));
        } else {
            events.onError(Status.UNIMPLEMENTED
                    .withDescription("this pod does not tell what it holds")
                    .asException());
        }
    }

    @Override
    public StreamObserver<TensorPiece> infer(StreamObserver<TensorPiece> answers) {
        RunCall call = new RunCall(tensors, config.heartbeat(), new ReadyStream<>(server(answers)), pumps);
        server(answers).setOnCancelHandler(call::abandon);
        return call;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<Described> answer) {
        Described.Builder message = Described.newBuilder();
        try {
            message.setSignature(TensorCodec.signature(tensors.signature(request.getModel())));
        } catch (ForetokenException e) {
            message.setRefused(Refusals.encode(e));
        }
        answer.onNext(message.build());
        answer.onCompleted();
    }

    private static <T> ServerCallStreamObserver<T> server(StreamObserver<T> observer) {
        return (ServerCallStreamObserver<T>) observer;
    }
}
