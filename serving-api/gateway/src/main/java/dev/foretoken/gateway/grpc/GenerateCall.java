package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.wire.stream.ReadyStream;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One Generate call from its request to its last message. {@link #run} has a thread of its own; {@link #cancel} comes from gRPC's. */
final class GenerateCall {

    private final Gateway gateway;
    private final ReadyStream<GenerateResponse> responses;
    private final String tenant;
    private final ReplyMetadata reply;
    private final long arrivedAt;
    private volatile @Nullable AnswerStream answer;
    private volatile boolean cancelled;

    GenerateCall(Gateway gateway, ReadyStream<GenerateResponse> responses, String tenant, ReplyMetadata reply) {
        this.reply = reply;
        this.gateway = gateway;
        this.responses = responses;
        this.tenant = tenant;
        this.arrivedAt = gateway.answers().now();
    }

    void run(GenerateRequest request) {
        try (Admission.Permit _ = gateway.admission().enter()) {
            answer(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            responses.fail(CallStatus.of(e));
        } catch (RuntimeException e) {
            responses.fail(CallStatus.of(e));
        }
    }

    private void answer(GenerateRequest request) throws InterruptedException {
        Answers answers = gateway.answers();
        ServedModel model = gateway.catalog().require(request.getModel());
        GenerateFields fields = new GenerateFields(request);
        Optional<ChatInput> chat = fields.chat();
        chat.ifPresent(input -> gateway.nextTurns().arrived(tenant, model, input));
        boolean goesOn = fields.preparesNextTurn();
        if (goesOn) {
            gateway.nextTurns().requireOffered();
        }
        AnswerPlan plan = answers.plan(fields.spec(model), model, fields.requestId(), tenant);
        reply.variant(model.engineModel());
        try (AnswerStream stream = answers.open(plan, arrivedAt)) {
            answer = stream;
            chat.filter(input -> goesOn).ifPresent(input -> gateway.nextTurns().follow(stream, input));
            if (!cancelled) {
                write(stream, new GenerateMessages(plan));
            }
        }
    }

    private void write(AnswerStream stream, GenerateMessages messages) throws InterruptedException {
        for (Optional<AnswerEvent> event = stream.next(); event.isPresent(); event = stream.next()) {
            if (event.get() instanceof AnswerEvent.Started) {
                reply.prefill(stream.usage().prefill().mode());
            }
            Optional<GenerateResponse> message = messages.of(event.get(), stream.usage());
            if (message.isPresent()) {
                send(message.get());
            }
        }
        responses.complete();
    }

    /** @throws ForetokenException CANCELLED when the caller has left or takes nothing for too long */
    private void send(GenerateResponse message) throws InterruptedException {
        if (!responses.send(message, gateway.config().http().stallTimeout())) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the caller has left, or takes nothing");
        }
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
