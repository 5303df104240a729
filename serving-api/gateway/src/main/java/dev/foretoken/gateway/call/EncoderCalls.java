package dev.foretoken.gateway.call;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.encode.EncodeOrder;
import dev.foretoken.gateway.encode.EncodedRows;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ClassesJson;
import dev.foretoken.gateway.openai.ClassifyRequest;
import dev.foretoken.gateway.openai.EmbeddingRequest;
import dev.foretoken.gateway.openai.EmbeddingsJson;
import dev.foretoken.gateway.openai.EncoderWishes;
import dev.foretoken.gateway.openai.RankedJson;
import dev.foretoken.gateway.openai.ReplyHead;
import dev.foretoken.gateway.openai.RerankRequest;
import dev.foretoken.gateway.openai.ScoreRequest;
import dev.foretoken.gateway.openai.ServiceHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * From the body of a request for vectors, ranks, scores or classes to its answer. Blocks the request's thread until that is there; an interrupt
 * cancels.
 */
public final class EncoderCalls {

    private final Call call;
    private final Gateway gateway;
    private final int maxTexts;

    public EncoderCalls(Call call) {
        this.call = call;
        this.gateway = call.gateway();
        this.maxTexts = gateway.config().tensors().maxTexts();
    }

    public WholeReply embeddings(JsonFields body) throws InterruptedException {
        return answer(
                ModelTask.EMBED,
                body,
                EmbeddingRequest::read,
                EmbeddingRequest::wishes,
                (json, request, model, rows) -> EmbeddingsJson.write(json, request, model.publicName(), rows));
    }

    public WholeReply rerank(JsonFields body) throws InterruptedException {
        String id = "rerank-" + call.requestId();
        return answer(
                ModelTask.RERANK,
                body,
                RerankRequest::read,
                RerankRequest::wishes,
                (json, request, model, rows) -> RankedJson.rerank(json, request, id, model.publicName(), rows));
    }

    public WholeReply score(JsonFields body) throws InterruptedException {
        return answer(
                ModelTask.RERANK,
                body,
                ScoreRequest::read,
                ScoreRequest::wishes,
                (json, request, model, rows) -> RankedJson.score(json, head("score-", model), rows));
    }

    public WholeReply classify(JsonFields body) throws InterruptedException {
        return answer(
                ModelTask.CLASSIFY,
                body,
                ClassifyRequest::read,
                ClassifyRequest::wishes,
                (json, request, model, rows) -> {
                    boolean manyLabels = model.tokenizer()
                            .map(own -> own.encoder().manyLabels())
                            .orElse(false);
                    ClassesJson.write(json, head("classify-", model), manyLabels, rows);
                });
    }

    private interface Reader<T> {
        T read(JsonFields body, ServiceHeaders headers, int maxTexts);
    }

    private interface Writer<T> {
        void write(JsonWriter json, T request, ServedModel model, EncodedRows rows);
    }

    private <T> WholeReply answer(
            ModelTask task, JsonFields body, Reader<T> reader, Function<T, EncoderWishes> wishes, Writer<T> writer)
            throws InterruptedException {
        T request = reader.read(body, ServiceHeaders.read(call::header), maxTexts);
        EncoderWishes asked = wishes.apply(request);
        ServedModel model = call.require(asked.model());
        EncodedRows rows = encode(model, task, asked);
        JsonWriter json = new JsonWriter();
        writer.write(json, request, model, rows);
        return WholeReply.answered(WholeReply.JSON, json.toBytes(), Map.of(WholeReply.VARIANT, model.engineModel()));
    }

    private EncodedRows encode(ServedModel model, ModelTask task, EncoderWishes wishes) throws InterruptedException {
        return gateway.encoders()
                .encode(
                        model,
                        new EncodeOrder(
                                task,
                                wishes.inputs(),
                                wishes.field(),
                                wishes.truncation(),
                                new RequestIdentity(
                                        call.requestId(), call.caller().tenant(), ""),
                                service(wishes),
                                call::routed));
    }

    private ServiceLevel service(EncoderWishes wishes) {
        Duration longest = gateway.inferences().longest();
        Duration asked = wishes.service().timeout();
        ServiceLevel level = new ServiceLevel(
                wishes.service().priority(),
                Optional.of(left(asked == null || asked.compareTo(longest) > 0 ? longest : asked)),
                Optional.empty());
        return call.caller().account().serve(level);
    }

    /** Its time began when it came: it may have waited for an engine since. */
    private Duration left(Duration whole) {
        Duration left = whole.minusNanos(gateway.answers().now() - call.arrivedAt());
        if (!left.isPositive()) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED, "no engine was asked within " + whole.toMillis() + " ms");
        }
        return left;
    }

    private ReplyHead head(String prefix, ServedModel model) {
        return new ReplyHead(
                prefix + call.requestId(),
                gateway.clocks().wall().instant().getEpochSecond(),
                model.publicName(),
                () -> model.requireInfo().numericsId());
    }
}
