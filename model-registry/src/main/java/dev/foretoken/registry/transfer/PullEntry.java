package dev.foretoken.registry.transfer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.transfer.PullStatus.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One pull of the queue, from its order to its end. For any thread. */
final class PullEntry implements PullWatch {

    private final String id;
    private final String model;
    private final String address;
    private final String shown;
    private final InstantSource wall;
    private final Instant created;
    private State state = State.QUEUED;
    private PullStatus.Progress progress = new PullStatus.Progress("", 0, 0);
    private boolean cancelled;
    private @Nullable VariantRef result;
    private @Nullable String error;
    private @Nullable Instant started;
    private @Nullable Instant ended;
    /** To be interrupted by a cancel; null while it must not be. */
    private @Nullable Thread runner;

    /** {@code shown}: {@code address} without what may be secret in it. */
    PullEntry(String id, String model, String address, String shown, InstantSource wall) {
        this.id = id;
        this.model = model;
        this.address = address;
        this.shown = shown;
        this.wall = wall;
        this.created = wall.instant();
    }

    String id() {
        return id;
    }

    synchronized boolean isQueued() {
        return state == State.QUEUED;
    }

    synchronized boolean isOver() {
        return state.isOver();
    }

    synchronized PullStatus status() {
        PullStatus.Times times =
                new PullStatus.Times(created, Optional.ofNullable(started), Optional.ofNullable(ended));
        return new PullStatus(
                id, model, shown, state, progress, Optional.ofNullable(result), Optional.ofNullable(error), times);
    }

    /** Pulls on this thread, unless it was cancelled before. */
    void run(Pulling pulling) {
        if (!begin()) {
            return;
        }
        try {
            end(State.SUCCEEDED, pulling.pull(model, address, this).ref(), null);
        } catch (ForetokenException e) {
            end(State.FAILED, null, e.getMessage());
        } catch (RuntimeException | Error e) {
            end(State.FAILED, null, "something went wrong inside the server; its log says what");
            throw e;
        }
    }

    private synchronized boolean begin() {
        if (state != State.QUEUED) {
            return false;
        }
        state = State.RUNNING;
        started = wall.instant();
        runner = Thread.currentThread();
        return true;
    }

    /** What fails after a cancel is the cancel. */
    private synchronized void end(State how, @Nullable VariantRef made, @Nullable String why) {
        boolean byCancel = cancelled && how == State.FAILED;
        state = byCancel ? State.CANCELLED : how;
        result = made;
        error = byCancel ? null : why;
        ended = wall.instant();
        runner = null;
    }

    synchronized void cancel() {
        if (state == State.QUEUED) {
            state = State.CANCELLED;
            ended = wall.instant();
        } else if (state == State.RUNNING) {
            cancelled = true;
            if (runner != null) {
                runner.interrupt();
            }
        }
    }

    @Override
    public synchronized void update(String stage, long done, long total) {
        requireWanted();
        progress = new PullStatus.Progress(stage, done, total);
    }

    @Override
    public synchronized void arrived() {
        requireWanted();
        runner = null;
    }

    private void requireWanted() {
        if (cancelled) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the pull was cancelled");
        }
    }
}
