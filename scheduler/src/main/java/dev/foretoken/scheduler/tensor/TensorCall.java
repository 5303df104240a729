package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.Priority;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One request between its caller, who waits, and the loop. Whoever moves it out of WAITING first decides what becomes of it. */
final class TensorCall {

    /** Where it stands; it only moves down this list. */
    private enum Phase {
        WAITING,
        RUNNING,
        ENDED,
    }

    final TensorWork work;
    final String tenant;
    final Priority priority;
    final int weight;
    final Optional<SessionUse> session;
    final @Nullable SessionKey sessionKey;
    final long submittedAt;
    /** {@link Long#MAX_VALUE}: none. */
    final long deadline;

    final CompletableFuture<TensorAnswer> answer = new CompletableFuture<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);

    private final AtomicBoolean counted = new AtomicBoolean(true);
    private final Runnable left;

    private volatile long givenUpAt;
    private volatile boolean unwanted;

    /** Of the loop: its place among those that wait. */
    long number;

    long startTag;

    /** @param left called once, before the answer is there or when the loop has done with it, whichever comes first */
    TensorCall(TensorRequest request, TensorWork work, long now, Runnable left) {
        this.work = work;
        this.left = left;
        this.tenant = request.identity().tenant();
        this.priority = request.service().priority();
        this.weight = request.service().weight();
        this.session = request.session();
        this.sessionKey = session.map(use -> new SessionKey(tenant, use.id())).orElse(null);
        this.submittedAt = now;
        this.givenUpAt = now;
        this.deadline =
                request.service().timeout().map(time -> now + time.toNanos()).orElse(Long.MAX_VALUE);
    }

    /** From now on only the loop ends it; false when it has ended. */
    boolean begin() {
        return phase.compareAndSet(Phase.WAITING, Phase.RUNNING);
    }

    /** It will not run; false when it does already, or did. */
    boolean giveUp(long now) {
        boolean given = phase.compareAndSet(Phase.WAITING, Phase.ENDED);
        if (given) {
            givenUpAt = now;
        }
        return given;
    }

    /** When its caller was told, or before; what came of its stream until then cannot be run without it. */
    long givenUpAt() {
        return givenUpAt;
    }

    boolean isWaiting() {
        return phase.get() == Phase.WAITING;
    }

    boolean isEnded() {
        return phase.get() == Phase.ENDED;
    }

    /** Its caller wants no answer any more, though it runs. */
    void disown() {
        unwanted = true;
    }

    /** Why a run that goes on must not go on for it; null: it may. */
    @Nullable
    ForetokenException reasonToEnd(long now, long iterations) {
        if (unwanted) {
            return new ForetokenException(
                    ErrorCode.CANCELLED, "the request was cancelled after iteration " + iterations);
        }
        return isLate(now)
                ? new ForetokenException(
                        ErrorCode.DEADLINE_EXCEEDED, "the time of this request was over after iteration " + iterations)
                : null;
    }

    boolean isLate(long now) {
        return deadline != Long.MAX_VALUE && deadline - now <= 0;
    }

    void succeed(TensorAnswer value) {
        phase.set(Phase.ENDED);
        leave();
        answer.complete(value);
    }

    void fail(ForetokenException why) {
        phase.set(Phase.ENDED);
        leave();
        answer.completeExceptionally(why);
    }

    /** Nobody counts it any more. */
    void leave() {
        if (counted.compareAndSet(true, false)) {
            left.run();
        }
    }

    ForetokenException late() {
        return new ForetokenException(
                ErrorCode.DEADLINE_EXCEEDED, "the time of this request was over before it could be run");
    }
}
