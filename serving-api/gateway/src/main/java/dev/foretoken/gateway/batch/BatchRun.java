package dev.foretoken.gateway.batch;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.call.AnswerCall;
import dev.foretoken.gateway.call.AnswerCalls;
import dev.foretoken.gateway.call.EncoderCalls;
import dev.foretoken.gateway.call.InferCalls;
import dev.foretoken.gateway.call.ModelPath;
import dev.foretoken.gateway.call.WholeReply;
import dev.foretoken.gateway.json.BodyFailure;
import dev.foretoken.gateway.json.JsonBody;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.tensor.RequestedOutput;
import dev.foretoken.gateway.tensor.json.BinaryPart;
import dev.foretoken.gateway.tensor.json.InferBody;
import dev.foretoken.gateway.tensor.json.InferJson;

/** One run of one request, on the thread that made it. */
final class BatchRun {

    private final BatchCall call;
    private final BatchRequest request;
    private final CancelledThread thread;
    private final Gateway gateway;

    BatchRun(BatchCall call, BatchRequest request, CancelledThread thread) {
        this.call = call;
        this.request = request;
        this.thread = thread;
        this.gateway = call.gateway();
    }

    /** Blocks until the answer is there. @throws ForetokenException for a request without an answer */
    WholeReply answer() throws InterruptedException {
        try (Admission.Permit _ = gateway.admission().enterBatch();
                Admission.Permit _ = gateway.enter(call.caller().account(), call::routed)) {
            JsonFields body = body();
            return switch (request.endpoint()) {
                case CHAT_COMPLETIONS -> whole(new AnswerCalls(call).chat(wholeOnly(body)));
                case COMPLETIONS -> whole(new AnswerCalls(call).completion(wholeOnly(body)));
                case EMBEDDINGS -> {
                    thread.blocks();
                    yield new EncoderCalls(call).embeddings(body);
                }
                case INFER -> {
                    thread.blocks();
                    yield infer(body);
                }
            };
        }
    }

    private JsonFields body() {
        int most = gateway.config().http().maxBodyBytes();
        if (request.body().length > most) {
            throw BodyFailure.tooLarge(most);
        }
        JsonFields body = JsonBody.parse(request.body());
        request.model().ifPresent(model -> body.node().put("model", model));
        return body;
    }

    private static JsonFields wholeOnly(JsonFields body) {
        if (body.bool("stream", false)) {
            throw body.invalid("stream", "must be false in a batch, whose answers are whole");
        }
        return body;
    }

    private static WholeReply whole(AnswerCall answers) throws InterruptedException {
        try (answers) {
            answers.open();
            return answers.whole();
        }
    }

    private WholeReply infer(JsonFields body) throws InterruptedException {
        ModelPath model = ModelPath.parse(body.requiredString("model") + "/infer");
        return new InferCalls(call).infer(model, () -> json(body));
    }

    private InferBody json(JsonFields body) {
        InferBody read = new InferJson(gateway.config().tensors(), BinaryPart.none()).read(body);
        if (read.allBinary() || read.call().outputs().stream().anyMatch(RequestedOutput::binary)) {
            throw new ForetokenException(
                            ErrorCode.UNSUPPORTED_FEATURE,
                            "binary outputs are not offered in a batch, whose answers are JSON")
                    .withParam("binary_data");
        }
        return read;
    }
}
