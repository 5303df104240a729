package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tensor.InferOrder;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.tensor.ModelVersions;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who makes the inferences of one call, and until when it waits for them. Made on gRPC's thread, used by one of its own.
 *
 * @param deadline of the call; empty = it has none
 * @param priority of the call's metadata, for inferences that do not say one
 */
record InferCall(
        Gateway gateway, Tenant tenant, ReplyMetadata reply, Optional<Deadline> deadline, Optional<Priority> priority) {

    /** Blocks until the answer is there; an interrupt cancels. @throws dev.foretoken.contract.ForetokenException as the engine says */
    ModelInferResponse answer(ModelInferRequest request) {
        try (Admission.Permit _ = gateway.enter(tenant, reply::routed)) {
            ModelVersions versions = new ModelVersions(gateway.catalog());
            ServedModel known = versions.require(request.getModelName(), request.getModelVersion());
            InferFields fields = new InferFields(request, gateway.config().tensors());
            InferOrder call = fields.call();
            Optional<Duration> patience = patience();
            Gateway.Awaited found = await(known, gateway.inferences().patience(call, patience));
            reply.variant(found.model().engineModel());
            TensorAnswer answer = gateway.inferences().infer(found.model(), call, caller(patience, found.waited()));
            String version = versions.answering(request.getModelName(), request.getModelVersion());
            return InferMessages.answer(request, version, answer.outputs(), fields.isRaw());
        }
    }

    private Optional<Duration> patience() {
        return deadline.map(end -> Duration.ofNanos(Math.max(0, end.timeRemaining(TimeUnit.NANOSECONDS))));
    }

    private Inferences.Caller caller(Optional<Duration> patience, Duration waited) {
        return new Inferences.Caller(
                new RequestIdentity(gateway.newId(), tenant.id(), ""),
                patience,
                waited,
                priority,
                tenant,
                reply::routed);
    }

    /** A caller who leaves interrupts this thread. */
    private Gateway.Awaited await(ServedModel model, Duration longest) {
        try {
            return gateway.await(
                    model, new Gateway.Waiting(tenant, Optional.of(longest), reply::routed, whenLeft -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "the caller has left", e);
        }
    }
}
