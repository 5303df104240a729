package dev.foretoken.gateway.http;

import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.encode.EncodeOrder;
import dev.foretoken.gateway.encode.EncodedRows;
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
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
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
        return Admitted.runWhileWaitedFor(exchange, place -> {
            EmbeddingRequest request = EmbeddingRequest.read(RequestBody.read(exchange, stream), timeout(), maxTexts);
            ServedModel model = model(request.wishes());
            EncodedRows rows = encode(model, ModelTask.EMBED, request.wishes());
            JsonWriter json = new JsonWriter();
            EmbeddingsJson.write(json, request, model.publicName(), rows);
            return Replies.encoded(json, model);
        });
    }

    Response rerank(InputStream stream) {
        return Admitted.runWhileWaitedFor(exchange, place -> {
            RerankRequest request = RerankRequest.read(RequestBody.read(exchange, stream), timeout(), maxTexts);
            ServedModel model = model(request.wishes());
            EncodedRows rows = encode(model, ModelTask.RERANK, request.wishes());
            JsonWriter json = new JsonWriter();
            RankedJson.rerank(json, request, "rerank-" + exchange.requestId(), model.publicName(), rows);
            return Replies.encoded(json, model);
        });
    }

    Response score(InputStream stream) {
        return Admitted.runWhileWaitedFor(exchange, place -> {
            ScoreRequest request = ScoreRequest.read(RequestBody.read(exchange, stream), timeout(), maxTexts);
            ServedModel model = model(request.wishes());
            EncodedRows rows = encode(model, ModelTask.RERANK, request.wishes());
            JsonWriter json = new JsonWriter();
            RankedJson.score(json, head("score-", model), rows);
            return Replies.encoded(json, model);
        });
    }

    Response classify(InputStream stream) {
        return Admitted.runWhileWaitedFor(exchange, place -> {
            ClassifyRequest request = ClassifyRequest.read(RequestBody.read(exchange, stream), timeout(), maxTexts);
            ServedModel model = model(request.wishes());
            EncodedRows rows = encode(model, ModelTask.CLASSIFY, request.wishes());
            boolean manyLabels =
                    model.tokenizer().map(own -> own.encoder().manyLabels()).orElse(false);
            JsonWriter json = new JsonWriter();
            ClassesJson.write(json, head("classify-", model), manyLabels, rows);
            return Replies.encoded(json, model);
        });
    }

    private ServedModel model(EncoderWishes wishes) {
        return gateway.catalog().require(wishes.model());
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
                                service(wishes)));
    }

    private ServiceLevel service(EncoderWishes wishes) {
        Duration longest = gateway.inferences().longest();
        Duration asked = wishes.service().timeout();
        return new ServiceLevel(
                wishes.service().priority(),
                Optional.of(asked == null || asked.compareTo(longest) > 0 ? longest : asked),
                Optional.empty());
    }

    private @Nullable Duration timeout() {
        return TimeoutHeader.read(exchange);
    }

    private ReplyHead head(String prefix, ServedModel model) {
        return new ReplyHead(
                prefix + exchange.requestId(),
                gateway.clocks().wall().instant().getEpochSecond(),
                model.publicName(),
                () -> model.requireInfo().numericsId());
    }
}
