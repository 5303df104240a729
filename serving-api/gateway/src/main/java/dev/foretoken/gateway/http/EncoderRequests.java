package dev.foretoken.gateway.http;

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
import dev.foretoken.gateway.openai.TimeoutHeader;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From a request for vectors, ranks, scores or classes to its response. Blocks the request's virtual thread until the answer is there. */
final class EncoderRequests {

    private final Exchange exchange;
    private final Gateway gateway;
    private final int maxTexts;

    EncoderRequests(Exchange exchange) {
        this.exchange = exchange;
        this.gateway = exchange.gateway();
        this.maxTexts = gateway.config().tensors().maxTexts();
    }

    Response embeddings(InputStream stream) {
        return answer(
                ModelTask.EMBED,
                stream,
                EmbeddingRequest::read,
                EmbeddingRequest::wishes,
                (json, request, model, rows) -> EmbeddingsJson.write(json, request, model.publicName(), rows));
    }

    Response rerank(InputStream stream) {
        String id = "rerank-" + exchange.requestId();
        return answer(
                ModelTask.RERANK,
                stream,
                RerankRequest::read,
                RerankRequest::wishes,
                (json, request, model, rows) -> RankedJson.rerank(json, request, id, model.publicName(), rows));
    }

    Response score(InputStream stream) {
        return answer(
                ModelTask.RERANK,
                stream,
                ScoreRequest::read,
                ScoreRequest::wishes,
                (json, request, model, rows) -> RankedJson.score(json, head("score-", model), rows));
    }

    Response classify(InputStream stream) {
        return answer(
                ModelTask.CLASSIFY,
                stream,
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
        T read(JsonFields body, @Nullable Duration timeout, int maxTexts);
    }

    private interface Writer<T> {
        void write(JsonWriter json, T request, ServedModel model, EncodedRows rows);
    }

    private <T> Response answer(
            ModelTask task, InputStream stream, Reader<T> reader, Function<T, EncoderWishes> wishes, Writer<T> writer) {
        return Admitted.runWhileWaitedFor(exchange, place -> {
            T request = reader.read(RequestBody.read(exchange, stream), TimeoutHeader.read(exchange::header), maxTexts);
            EncoderWishes asked = wishes.apply(request);
            ServedModel model = exchange.require(asked.model());
            EncodedRows rows = encode(model, task, asked);
            JsonWriter json = new JsonWriter();
            writer.write(json, request, model, rows);
            return Replies.encoded(json, model);
        });
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
                                        exchange.requestId(), exchange.caller().tenant(), ""),
                                service(wishes),
                                exchange::routed));
    }

    private ServiceLevel service(EncoderWishes wishes) {
        Duration longest = gateway.inferences().longest();
        Duration asked = wishes.service().timeout();
        ServiceLevel level = new ServiceLevel(
                wishes.service().priority(),
                Optional.of(left(asked == null || asked.compareTo(longest) > 0 ? longest : asked)),
                Optional.empty());
        return exchange.caller().account().serve(level);
    }

    /** Its time began when it came: it may have waited for an engine since. */
    private Duration left(Duration whole) {
        Duration left = whole.minusNanos(gateway.answers().now() - exchange.arrivedAt());
        if (!left.isPositive()) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED, "no engine was asked within " + whole.toMillis() + " ms");
        }
        return left;
    }

    private ReplyHead head(String prefix, ServedModel model) {
        return new ReplyHead(
                prefix + exchange.requestId(),
                gateway.clocks().wall().instant().getEpochSecond(),
                model.publicName(),
                () -> model.requireInfo().numericsId());
    }
}
