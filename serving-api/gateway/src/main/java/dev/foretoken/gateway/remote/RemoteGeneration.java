package dev.foretoken.gateway.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.Command;
import dev.foretoken.wire.pod.v1.Event;
import dev.foretoken.wire.pod.v1.Events;
import dev.foretoken.wire.pod.v1.Refused;
import dev.foretoken.wire.pod.v1.Submission;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One request in a pod. gRPC delivers answers on the connection's thread, which waits for nothing here, and asks for the next message only when an earlier one was read, so a slow
 * reader fills neither this process nor the pod beyond a few messages.
 */
final class RemoteGeneration implements Generation, ClientResponseObserver<Command, Answer> {

    private static final Logger LOG = Logger.getLogger(RemoteGeneration.class);
    private static final int MESSAGES_AHEAD = 8;
    /** Each request for more is a task of the connection's thread, so not every message has one of its own. */
    private static final int MESSAGES_AT_ONCE = MESSAGES_AHEAD / 2;

    private static final int MESSAGES_TO_THE_END = 1 << 20;

    private final RemoteConfig config;
    private final LongSupplier nanoClock;
    private final EventDecoder decoder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<EngineEvent> events = new ArrayDeque<>();
    private final boolean[] ended;
    private int undone;
    /** Messages taken for which no new one was asked yet. */
    private int consumed;
    /** When the pod last sent something, or was last able to: messages nobody asked for do not come. */
    private long heardAt;

    private boolean accepted;
    private @Nullable ForetokenException refusal;
    /** What {@link #refusal} says of the pod, for the log: written by the request's thread, since the connection's waits for no log. */
    private volatile @Nullable String fault;

    private volatile @Nullable ClientCallStreamObserver<Command> commands;
    /** Whether the call can be cancelled: while it starts, on another thread, that would be lost. */
    private volatile boolean started;

    private volatile boolean abandoned;
    private volatile Runnable arrived = () -> {};

    /** @param nanoClock monotonic */
    RemoteGeneration(RemoteConfig config, int choices, LongSupplier nanoClock) {
        this.config = config;
        this.nanoClock = nanoClock;
        this.decoder = new EventDecoder(choices);
        this.heardAt = nanoClock.getAsLong();
        this.ended = new boolean[choices];
        this.undone = choices;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Command> requestStream) {
        commands = requestStream;
        requestStream.disableAutoRequestWithInitial(MESSAGES_AHEAD);
    }

    /**
     * Sends the request, unless nobody waits for it any more. By the connection's own thread, where it can be had, the head of the call and the
     * request leave together.
     *
     * @param pod has gRPC call a pod with what it is given as the reader of its answers
     */
    void start(Consumer<RemoteGeneration> pod, Submission submission) {
        if (abandoned) {
            return;
        }
        try {
            pod.accept(this);
            started = true;
            send(Command.newBuilder().setSubmit(submission).build());
        } catch (RuntimeException e) {
            onError(e);
        }
        if (abandoned) {
            abandon(); // Who did that meanwhile may have found no call that had started.
        }
    }

    /**
     * Waits until the pod takes or refuses the request, not longer than the request has.
     *
     * @param timeLeft until the request's deadline
     */
    void awaitTaken(Optional<Duration> timeLeft) {
        try {
            awaitWord(timeLeft);
        } catch (ForetokenException e) {
            String what = fault;
            if (what != null) {
                LOG.warnf("runtime pod %s %s", config.address(), what);
            }
            throw e;
        }
    }

    private void awaitWord(Optional<Duration> timeLeft) {
        Duration patience = config.submitTimeout();
        Optional<Duration> deadline = timeLeft.filter(time -> time.compareTo(patience) < 0);
        long left = deadline.orElse(patience).toNanos();
        lock.lock();
        try {
            while (!accepted && refusal == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (refusal != null) {
                throw refusal;
            }
            if (!accepted) {
                abandon();
                throw deadline.map(RemoteGeneration::late)
                        .orElseGet(() -> unavailable("did not answer within " + patience.toMillis() + " ms"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abandon();
            throw new ForetokenException(ErrorCode.CANCELLED, "the request was cancelled", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(Answer answer) {
        lock.lock();
        try {
            consumed++;
            heardAt = nanoClock.getAsLong();
            switch (answer.getAnswerCase()) {
                case ACCEPTED -> accepted = true;
                case REFUSED -> refusal = decode(answer.getRefused());
                case EVENTS -> take(answer.getEvents());
                case ANSWER_NOT_SET -> refusal = unavailable("sent an empty answer");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        arrived.run();
    }

    /** An empty message says that the pod is alive; nobody will read it, so it counts as read at once. */
    private void take(Events message) {
        if (message.getEventsCount() == 0 && events.isEmpty()) {
            requestMore();
        }
        message.getEventsList().forEach(this::enqueue);
    }

    private void enqueue(Event message) {
        int choice = message.getChoice();
        if (choice < 0 || choice >= ended.length || ended[choice]) {
            return;
        }
        decoder.decode(message).ifPresent(event -> {
            ended[choice] = event.isLast();
            events.add(event);
        });
        if (events.isEmpty()) {
            requestMore();
        }
    }

    @Override
    public void onError(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        lock.lock();
        try {
            if (!accepted && refusal == null) {
                refusal = unavailable("cannot be reached: " + status.getCode());
            }
            endAll("the runtime pod was lost: " + status.getCode());
        } finally {
            lock.unlock();
        }
        arrived.run();
    }

    @Override
    public void onCompleted() {
        lock.lock();
        try {
            if (!accepted && refusal == null) {
                refusal = unavailable("ended the call without an answer");
            }
            endAll("the runtime pod ended the stream early");
        } finally {
            lock.unlock();
        }
        arrived.run();
    }

    private void endAll(String why) {
        for (int choice = 0; choice < ended.length; choice++) {
            if (!ended[choice]) {
                ended[choice] = true;
                events.add(new EngineEvent.Failed(choice, ErrorCode.REPLICA_LOST, why));
            }
        }
        changed.signalAll();
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            endIfSilent();
            while (events.isEmpty() && undone > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            EngineEvent event = events.poll();
            if (event == null) {
                return Optional.empty();
            }
            if (event.isLast()) {
                undone--;
            }
            if (events.isEmpty()) {
                requestMore();
            }
            return Optional.of(event);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Ahead ahead() {
        lock.lock();
        try {
            return switch (events.peek()) {
                case null -> Ahead.NOTHING;
                case EngineEvent.TokenGenerated token -> Ahead.TOKEN;
                case EngineEvent.Started started -> Ahead.START;
                default -> Ahead.OTHER;
            };
        } finally {
            lock.unlock();
        }
    }

    /** By the connection's thread. */
    @Override
    public boolean whenArrived(Runnable action) {
        arrived = action;
        return true;
    }

    /** A pod that hangs keeps its connection: only its silence tells. Waiting in its queue is not silence, since it says that it is alive. */
    private void endIfSilent() {
        long silence = nanoClock.getAsLong() - heardAt;
        if (events.isEmpty() && undone > 0 && silence >= config.stallTimeout().toNanos()) {
            LOG.warnf("runtime pod %s has sent nothing for %d ms", config.address(), silence / 1_000_000);
            endAll("the runtime pod has sent nothing for "
                    + config.stallTimeout().toMillis() + " ms, not even that it is alive; send the request again");
            abandon();
        }
    }

    private void requestMore() {
        ClientCallStreamObserver<Command> stream = commands;
        if (stream == null || consumed == 0) {
            return;
        }
        heardAt = nanoClock.getAsLong();
        if (consumed >= MESSAGES_AT_ONCE) {
            stream.request(consumed);
            consumed = 0;
        }
    }

    @Override
    public boolean isDone() {
        lock.lock();
        try {
            return undone == 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel(int choice) {
        send(Command.newBuilder().setCancelChoice(choice).build());
    }

    /** Cancels every choice; each one's last event still arrives, also when nobody reads what comes before it. */
    @Override
    public void cancel() {
        for (int choice = 0; choice < ended.length; choice++) {
            cancel(choice);
        }
        ClientCallStreamObserver<Command> stream = commands;
        if (stream != null) {
            stream.request(MESSAGES_TO_THE_END);
        }
    }

    private void send(Command command) {
        ClientCallStreamObserver<Command> stream = commands;
        if (stream == null) {
            return;
        }
        synchronized (stream) {
            try {
                stream.onNext(command);
            } catch (IllegalStateException e) {
                // The call has ended: its last events say why.
            }
        }
    }

    private void abandon() {
        abandoned = true;
        ClientCallStreamObserver<Command> stream = commands;
        if (started && stream != null) {
            stream.cancel("not waited for", null);
        }
    }

    /** Of a request with less time than a pod is given to answer: that says nothing of the pod. */
    private static ForetokenException late(Duration time) {
        return new ForetokenException(
                ErrorCode.DEADLINE_EXCEEDED, "no engine took the request within " + time.toMillis() + " ms");
    }

    /** Callers read the message, so the pod's address goes to the log alone, by {@link #awaitTaken}. */
    private ForetokenException unavailable(String what) {
        fault = what;
        return new ForetokenException(
                ErrorCode.REPLICA_UNAVAILABLE, "the runtime pod of this model " + what + "; try again shortly");
    }

    static ForetokenException decode(Refused refused) {
        ForetokenException e = new ForetokenException(ErrorCode.ofNumber(refused.getCode()), refused.getMessage());
        if (refused.hasParam()) {
            e = e.withParam(refused.getParam());
        }
        return refused.hasRetryAfterNanos() ? e.withRetryAfter(Duration.ofNanos(refused.getRetryAfterNanos())) : e;
    }
}
