package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.extproc.ExternalProcessorGrpc;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;

/** Health under the names of the Endpoint Picker Protocol, asked for when somebody asks. */
final class PickerHealth extends HealthGrpc.HealthImplBase {

    private final Gateway gateway;

    PickerHealth(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
        boolean serving;
        switch (request.getService()) {
            case "liveness" -> serving = true;
            case "", "readiness", ExternalProcessorGrpc.SERVICE_NAME ->
                serving = gateway.readiness().ready();
            default -> {
                answer.onError(Status.NOT_FOUND
                        .withDescription(
                                "health is told of liveness, readiness and " + ExternalProcessorGrpc.SERVICE_NAME)
                        .asException());
                return;
            }
        }
        answer.onNext(HealthCheckResponse.newBuilder()
                .setStatus(serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING)
                .build());
        answer.onCompleted();
    }
}
