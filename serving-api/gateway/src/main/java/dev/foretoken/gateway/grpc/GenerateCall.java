package dev.foretoken.gateway.grpc;

import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.wire.stream.ReadyStream;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One Generate call from its request to its last message. {@link #run} has a thread of its own; {@link #cancel} comes from gRPC's. */
final class GenerateCall {

    private final Answers answers;
    private final ModelCatalog catalog;
    private final ReadyStream<GenerateResponse> responses;
    private final String tenant;
    private final long arrivedAt;
    private volatile @Nullable AnswerStream answer;
    private volatile boolean cancelled;

    GenerateCall(Answers answers, ModelCatalog catalog, ReadyStream<GenerateResponse> responses, String tenant) {
        this.answers = answers;
        this.catalog = catalog;
        this.responses = responses;
        this.tenant = tenant;
        this.arrivedAt = answers.now();
    }

    void run(GenerateRequest request) {
        try {
            ServedModel model = catalog.require(request.getModel());
            GenerateFields fields = new GenerateFields(request);
            AnswerPlan plan = answers.plan(fields.spec(model), model, fields.requestId(), tenant);
            try (AnswerStream stream = answers.open(plan, arrivedAt)) {
                answer = stream;
                if (!cancelled) {
                    write(stream, new GenerateMessages(plan));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            responses.fail(CallStatus.of(e));
        } catch (RuntimeException e) {
            responses.fail(CallStatus.of(e));
        }
    }

    private void write(AnswerStream stream, GenerateMessages messages) throws InterruptedException {
        boolean open = true;
        Optional<AnswerEvent> event = stream.next();
        while (open && event.isPresent()) {
            Optional<GenerateResponse> message = messages.of(event.get(), stream.usage());
            open = message.isEmpty() || responses.send(message.get());
            event = stream.next();
        }
        responses.complete();
    }

    /** The caller is gone. */
    void cancel() {
        cancelled = true;
        AnswerStream open = answer;
        if (open != null) {
            open.cancel();
        }
        responses.wake();
    }
}
