package dev.foretoken.pod;

import dev.foretoken.contract.engine.Engine;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.Command;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.pod.v1.PodState;
import dev.foretoken.wire.pod.v1.WatchRequest;
import dev.foretoken.wire.stream.ReadyStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The pod's two calls. */
final class PodEngineService extends PodEngineGrpc.PodEngineImplBase {

    private final Engine engine;
    private final Duration heartbeat;
    private final Executor pumps;

    PodEngineService(Engine engine, Duration heartbeat, Executor pumps) {
        this.engine = engine;
        this.heartbeat = heartbeat;
        this.pumps = pumps;
    }

    @Override
    public StreamObserver<Command> generate(StreamObserver<Answer> answers) {
        GenerationCall call = new GenerationCall(engine, heartbeat, new ReadyStream<>(server(answers)), pumps);
        server(answers).setOnCancelHandler(call::abandon);
        return call;
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<PodState> states) {
        ReadyStream<PodState> stream = new ReadyStream<>(server(states));
        server(states).setOnCancelHandler(stream::wake);
        pumps.execute(new StateWatch(engine, stream, request.getIntervalMillis()));
    }

    private static <T> ServerCallStreamObserver<T> server(StreamObserver<T> observer) {
        return (ServerCallStreamObserver<T>) observer;
    }
}
