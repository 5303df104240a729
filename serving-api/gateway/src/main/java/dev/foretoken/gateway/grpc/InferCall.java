package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.tensor.ModelVersions;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Who makes the inferences of one call, and how long it waits for them. Made on gRPC's thread, used by one of its own.
 *
 * @param patience until the call's deadline; empty = it has none
 * @param priority of the call's metadata, for inferences that do not say one
 */
record InferCall(
        Gateway gateway, Tenant tenant, ReplyMetadata reply, Optional<Duration> patience, Optional<Priority> priority) {

    /** Blocks until the answer is there; an interrupt cancels. @throws dev.foretoken.contract.ForetokenException as the engine says */
    ModelInferResponse answer(ModelInferRequest request) {
        try (Admission.Permit _ = gateway.enter(tenant, reply::routed)) {
            ModelVersions versions = new ModelVersions(gateway.catalog());
            ServedModel model = versions.require(request.getModelName(), request.getModelVersion());
            InferFields fields = new InferFields(request, gateway.config().tensors());
            reply.variant(model.engineModel());
            TensorAnswer answer = gateway.inferences()
                    .infer(
                            model,
                            fields.call(),
                            new Inferences.Caller(
                                    new RequestIdentity(gateway.newId(), tenant.id(), ""),
                                    patience,
                                    priority,
                                    tenant,
                                    reply::routed));
            String version = versions.answering(request.getModelName(), request.getModelVersion());
            return InferMessages.answer(request, version, answer.outputs(), fields.isRaw());
        }
    }
}
