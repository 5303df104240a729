package dev.foretoken.gateway.call;

import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ServiceHeaders;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.tensor.ModelVersions;
import dev.foretoken.gateway.tensor.json.InferBody;
import dev.foretoken.gateway.tensor.json.InferReply;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** From the body of an inference to its answer. Blocks the request's thread until that is there; an interrupt cancels. */
public final class InferCalls {

    /** Header of requests and answers: how many bytes of the body are JSON. */
    public static final String JSON_LENGTH = "inference-header-content-length";

    private static final String BYTES = "application/octet-stream";

    private final Call call;
    private final Gateway gateway;
    private final ModelVersions versions;

    public InferCalls(Call call) {
        this.call = call;
        this.gateway = call.gateway();
        this.versions = new ModelVersions(gateway.catalog());
    }

    /** Reads a body for the model that was asked for. */
    @FunctionalInterface
    public interface BodyReader {
        InferBody read();
    }

    /** @param body read once the model is known, and before an engine of it is waited for: who leaves is noticed then */
    public WholeReply infer(ModelPath path, BodyReader body) throws InterruptedException {
        ServedModel known = versions.require(path.name(), path.version());
        InferBody read = body.read();
        ServiceHeaders headers = ServiceHeaders.read(call::header);
        Duration patience = gateway.inferences().patience(read.call(), Optional.ofNullable(headers.timeout()));
        Gateway.Awaited found = call.await(known, patience);
        TensorAnswer answer = gateway.inferences().infer(found.model(), read.call(), caller(headers, found.waited()));
        InferReply.Model answering = new InferReply.Model(path.name(), versions.answering(path.name(), path.version()));
        return reply(found.model(), InferReply.of(answering, read, answer.outputs()));
    }

    private Inferences.Caller caller(ServiceHeaders headers, Duration waited) {
        return new Inferences.Caller(
                new RequestIdentity(call.requestId(), call.caller().tenant(), ""),
                Optional.ofNullable(headers.timeout()),
                waited,
                Optional.ofNullable(headers.priority()),
                call.caller().account(),
                call::routed);
    }

    private static WholeReply reply(ServedModel model, InferReply reply) {
        String variant = model.engineModel();
        return reply.jsonBytes() > 0
                ? WholeReply.answered(
                        BYTES,
                        reply.bytes(),
                        Map.of(WholeReply.VARIANT, variant, JSON_LENGTH, Integer.toString(reply.jsonBytes())))
                : WholeReply.answered(WholeReply.JSON, reply.bytes(), Map.of(WholeReply.VARIANT, variant));
    }
}
