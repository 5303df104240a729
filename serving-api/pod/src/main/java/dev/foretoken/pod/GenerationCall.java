package dev.foretoken.pod;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.wire.pod.v1.Accepted;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.Command;
import dev.foretoken.wire.pod.v1.Events;
import dev.foretoken.wire.stream.ReadyStream;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One request from a gateway: submits it, then a pump on a thread of its own moves events to the stream, those that are ready together in
 * one message. gRPC calls the observer methods one at a time; {@link #abandon} may come from another thread.
 */
final class GenerationCall implements StreamObserver<Command> {

    private static final Logger LOG = System.getLogger(GenerationCall.class.getName());
    private static final Answer HEARTBEAT =
            Answer.newBuilder().setEvents(Events.getDefaultInstance()).build();

    private final Engine engine;
    private final Duration heartbeat;
    private final ReadyStream<Answer> answers;
    private final Executor pumps;
    private volatile @Nullable Generation generation;
    private volatile int choices;
    private volatile boolean abandoned;

    GenerationCall(Engine engine, Duration heartbeat, ReadyStream<Answer> answers, Executor pumps) {
        this.engine = engine;
        this.heartbeat = heartbeat;
        this.answers = answers;
        this.pumps = pumps;
    }

    @Override
    public void onNext(Command command) {
        switch (command.getCommandCase()) {
            case SUBMIT -> submit(command);
            case CANCEL_CHOICE -> cancel(command.getCancelChoice());
            case COMMAND_NOT_SET -> refuse(new ForetokenException(ErrorCode.INVALID_REQUEST, "the command is empty"));
        }
    }

    private void submit(Command command) {
        if (generation != null) {
            abandon();
            return;
        }
        try {
            GenerationRequest request = SubmissionDecoder.decode(command.getSubmit());
            Generation started = engine.submit(request);
            choices = request.choices();
            generation = started;
            if (abandoned) {
                started.cancel();
            }
            pumps.execute(() -> pump(started));
        } catch (ForetokenException e) {
            refuse(e);
        } catch (IllegalArgumentException e) {
            refuse(new ForetokenException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, "A request could not be submitted", e);
            refuse(new ForetokenException(ErrorCode.INTERNAL_ERROR, "the runtime pod could not submit the request"));
        }
    }

    private void pump(Generation source) {
        EventBatches batches = new EventBatches(answers);
        try {
            boolean open = answers.send(Answer.newBuilder()
                    .setAccepted(Accepted.getDefaultInstance())
                    .build());
            while (open && !source.isDone()) {
                Optional<EngineEvent> first = source.next(heartbeat);
                if (first.isPresent()) {
                    open = batches.send(first.get(), source);
                } else if (!source.isDone()) {
                    open = answers.send(HEARTBEAT);
                }
            }
            answers.complete();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, "The events of a request could not be sent", e);
            answers.fail(Status.INTERNAL
                    .withDescription("the runtime pod failed to send")
                    .asRuntimeException());
        } finally {
            source.cancel();
        }
    }

    private void refuse(ForetokenException e) {
        try {
            answers.send(Answer.newBuilder().setRefused(Refusals.encode(e)).build());
            answers.complete();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel(int choice) {
        Generation current = generation;
        if (current != null && choice >= 0 && choice < choices) {
            current.cancel(choice);
        }
    }

    /** The gateway is gone: the request ends within one step. */
    void abandon() {
        abandoned = true;
        Generation current = generation;
        if (current != null) {
            current.cancel();
        }
        answers.wake();
    }

    @Override
    public void onError(Throwable cause) {
        abandon();
    }

    @Override
    public void onCompleted() {
        // The gateway has nothing more to say; answers go on.
    }
}
