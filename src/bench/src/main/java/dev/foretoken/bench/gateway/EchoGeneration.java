package dev.foretoken.bench.gateway;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.GenerationRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A request of one choice that is answered with its own prompt, again and again up to its limit: text that any vocabulary can show. One thread
 * emits, one reads, any cancels.
 */
final class EchoGeneration implements Generation {

    private final GenerationRequest request;
    private final long submittedNanos;
    private final LinkedBlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
    private int emitted;
    private volatile boolean cancelled;
    private volatile boolean done;

    EchoGeneration(GenerationRequest request, long submittedNanos) {
        this.request = request;
        this.submittedNanos = submittedNanos;
    }

    /** Gives the next token, and the end behind the last. Returns whether more will come. */
    boolean emit() {
        if (cancelled) {
            finish(FinishReason.CANCELLED);
            return false;
        }
        int prompt = request.prompt().size();
        if (emitted == 0) {
            events.add(new EngineEvent.Started(0, prompt, 0));
        }
        events.add(new EngineEvent.TokenGenerated(0, echoed(prompt), prompt + emitted, null));
        emitted++;
        if (emitted == request.stop().maxTokens()) {
            finish(FinishReason.LENGTH);
            return false;
        }
        return true;
    }

    /** The prompt's first token is left out where there are others: it may begin the sequence and have no text, which callers would not see. */
    private int echoed(int prompt) {
        int silent = prompt > 1 ? 1 : 0;
        return request.prompt().tokens().get(silent + emitted % (prompt - silent));
    }

    private void finish(FinishReason reason) {
        Usage usage = new Usage(request.prompt().size(), 0, emitted, PrefillUsage.EXACT, Timings.NONE);
        events.add(new EngineEvent.Finished(0, reason, usage));
    }

    boolean isFresh() {
        return emitted == 0;
    }

    Mark markedAt(long emittedNanos) {
        return new Mark(request.sampling().seed(), submittedNanos, emittedNanos);
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        if (done) {
            return Optional.empty();
        }
        EngineEvent event = events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        done = event != null && event.isLast();
        return Optional.ofNullable(event);
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void cancel(int choice) {
        cancelled = true;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
