package dev.foretoken.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.wire.v1.ErrorInfo;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.Sampling;
import dev.foretoken.wire.v1.Service;
import dev.foretoken.wire.v1.Stop;
import dev.foretoken.wire.v1.TokenIds;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that fail say why in status and details; calls that are given up free what they held. */
@InEveryTopology
class GrpcErrorTest {

    private final Deployment server;
    private final GrpcClient client;

    GrpcErrorTest(Deployment server) {
        this.server = server;
        this.client = new GrpcClient(server.grpc());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void anUnknownModelIsNotFound() {
        ErrorInfo info = refused(Status.Code.NOT_FOUND, seconds().setModel("gpt-0"));
        assertThat(info.getCode()).isEqualTo("MODEL_NOT_FOUND");
        assertThat(info.getMessage()).contains("gpt-0");
    }

    @Test
    void aBadValueNamesItsField() {
        ErrorInfo info = refused(
                Status.Code.INVALID_ARGUMENT,
                seconds().setSampling(Sampling.newBuilder().setTemperature(3)));
        assertThat(info.getCode()).isEqualTo("INVALID_REQUEST");
        assertThat(info.getParam()).contains("temperature");
    }

    @Test
    void aCallWithoutInputIsRefused() {
        refused(Status.Code.INVALID_ARGUMENT, GenerateRequest.newBuilder().setModel(Models.LLAMA));
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithBothNumbers() {
        ErrorInfo info = refused(
                Status.Code.INVALID_ARGUMENT,
                GenerateRequest.newBuilder()
                        .setModel(Models.LLAMA)
                        .setTokens(TokenIds.newBuilder().addAllIds(Collections.nCopies(600, 5))));
        assertThat(info.getCode()).isEqualTo("CONTEXT_LENGTH_EXCEEDED");
        assertThat(info.getMessage()).contains("512").contains("600");
    }

    @Test
    void theCallsDeadlineEndsTheSequence() {
        StatusRuntimeException late = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> Answer.read(client.inference()
                        .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                        .generate(seconds().build())));
        assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        server.awaitIdle();
    }

    @Test
    void theRequestsOwnTimeoutEndsTheSequence() {
        ErrorInfo info = refused(
                Status.Code.DEADLINE_EXCEEDED,
                seconds().setService(Service.newBuilder().setTimeoutMillis(300)));
        assertThat(info.getCode()).isEqualTo("DEADLINE_EXCEEDED");
        server.awaitIdle();
    }

    @Test
    void aCancelledCallFreesItsSequence() {
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            context.run(() -> {
                Iterator<GenerateResponse> events =
                        client.inference().generate(seconds().build());
                assertThat(events.next()).isNotNull();
                server.awaitRunning(1);
            });
        }
        server.awaitIdle();
    }

    private ErrorInfo refused(Status.Code code, GenerateRequest.Builder request) {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> Answer.read(client.inference().generate(request.build())));
        assertThat(refusal).as("the call must fail").isNotNull();
        assertThat(refusal.getStatus().getCode()).as(refusal.toString()).isEqualTo(code);
        return GrpcClient.errorInfo(refusal);
    }

    /** An answer that takes seconds. */
    private static GenerateRequest.Builder seconds() {
        return GenerateRequest.newBuilder()
                .setModel(Models.LONG)
                .setText("The quick fox")
                .setStop(Stop.newBuilder()
                        .setMaxTokens(Models.LONG_CONTEXT - 100)
                        .setIgnoreEos(true));
    }
}
