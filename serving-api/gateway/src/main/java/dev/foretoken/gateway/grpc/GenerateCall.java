package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.rollout.Lead;
import dev.foretoken.gateway.rollout.RolloutCall;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.wire.stream.ReadyStream;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One Generate call from its request to its last message. {@link #run} has a thread of its own; {@link #cancel} comes from gRPC's. */
final class GenerateCall {

    private final Gateway gateway;
    private final ReadyStream<GenerateResponse> responses;
    private final Tenant tenant;
    private final ReplyMetadata reply;
    private final @Nullable Priority priority;
    private final @Nullable Duration patience;
    private final RolloutCall.Headers headers;
    private final TraceParent cause;
    private final long arrivedAt;
    private volatile @Nullable AnswerStream answer;
    private volatile boolean cancelled;
    private volatile Runnable left = () -> {};

    /** Made on gRPC's thread, in the context of the call. */
    GenerateCall(Gateway gateway, ReadyStream<GenerateResponse> responses) {
        this.reply = CallIdentity.REPLY.get();
        this.cause = CallIdentity.CAUSE.get();
        this.priority = CallIdentity.PRIORITY.get();
        this.patience = patience(gateway.answers().limits().maxTimeout());
        this.headers = CallIdentity.HEADERS.get();
        this.gateway = gateway;
        this.responses = responses;
        this.tenant = CallIdentity.TENANT.get();
        this.arrivedAt = gateway.answers().now();
    }

    /** Until the call's deadline; null when there is none before {@code longest}, which bounds every request. */
    private static @Nullable Duration patience(Duration longest) {
        Deadline deadline = Context.current().getDeadline();
        if (deadline == null) {
            return null;
        }
        Duration left = Duration.ofNanos(Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
        return left.compareTo(longest) < 0 ? left : null;
    }

    void run(GenerateRequest request) {
        try (Admission.Permit _ = gateway.enter(tenant, reply::routed)) {
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
        GenerateFields fields = new GenerateFields(request, priority, patience);
        String id = fields.requestId();
        Lead lead = lead(request, id, fields.preparesNextTurn());
        ServedModel model = lead.model();
        Optional<ChatInput> chat = fields.chat();
        chat.ifPresent(input -> gateway.nextTurns().arrived(tenant.id(), model, input));
        boolean goesOn = fields.preparesNextTurn();
        if (goesOn) {
            gateway.nextTurns().requireOffered();
        }
        AnswerPlan plan = answers.plan(fields.spec(model), model, id, tenant);
        reply.variant(model.engineModel());
        try (AnswerStream stream = answers.open(plan.within(cause), arrivedAt, reply::routed)) {
            answer = stream;
            lead.follow(stream);
            chat.filter(input -> goesOn).ifPresent(input -> gateway.nextTurns().follow(stream, input));
            if (!cancelled) {
                write(stream, new GenerateMessages(plan));
            }
        }
    }

    private ServedModel require(String model) throws InterruptedException {
        return gateway.require(
                model, new Gateway.Waiting(tenant, Optional.ofNullable(patience), reply::routed, this::whenLeft));
    }

    private void whenLeft(Runnable action) {
        left = action;
        if (cancelled) {
            action.run();
        }
    }

    private Lead lead(GenerateRequest request, String id, boolean bound) throws InterruptedException {
        return gateway.rollouts()
                .lead(
                        require(request.getModel()),
                        new RolloutCall(id, tenant.id(), RolloutCall.consents(headers), bound, headers, arrivedAt));
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
        left.run();
        AnswerStream open = answer;
        if (open != null) {
            open.cancel();
        }
        responses.wake();
    }
}
