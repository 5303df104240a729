package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.extproc.ExternalProcessorGrpc;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** A stream for each HTTP request that a gateway has. */
final class PickerService extends ExternalProcessorGrpc.ExternalProcessorImplBase {

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
        return new PickStream(
                new PickConversation(gateway, picker),
                gateway,
                (ServerCallStreamObserver<ProcessingResponse>) responses,
                alarms,
                metrics);
    }
}
