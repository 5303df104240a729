package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.extproc.ExternalProcessorGrpc;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** A stream for each HTTP request that a gateway has. */
final class PickerService extends ExternalProcessorGrpc.ExternalProcessorImplBase {

    /** Each may hold a message as long as a body: half a gibibyte with a body's limit of 8 MiB. */
    static final int MOST_ASKED = 64;
    /** As many as requests under way by default: each holds next to nothing. */
    static final int MOST_WAITING = 1024;

    private final FirstMessages first = new FirstMessages(MOST_ASKED, MOST_WAITING);
    private final Gateway gateway;
    private final Picker picker;
    private final Alarms alarms;
    private final PickerMetrics metrics;

    PickerService(Gateway gateway, Alarms alarms) {
        this.gateway = gateway;
        this.picker = new Picker(gateway);
        this.alarms = alarms;
        this.metrics = new PickerMetrics(gateway.telemetry());
    }

    @Override
    public StreamObserver<ProcessingRequest> process(StreamObserver<ProcessingResponse> responses) {
        PickStream stream = new PickStream(
                new PickConversation(gateway, picker, whenLeft(Context.current())),
                gateway,
                (ServerCallStreamObserver<ProcessingResponse>) responses,
                alarms,
                metrics);
        stream.begin(first);
        return stream;
    }

    /** The end of a call is told here at once; to its stream only when what the stream does has returned. */
    private static Consumer<Runnable> whenLeft(Context call) {
        return action -> call.addListener(ended -> action.run(), Runnable::run);
    }
}
