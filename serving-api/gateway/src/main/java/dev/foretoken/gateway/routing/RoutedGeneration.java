package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.routing.decision.RouteDecision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One request, in whatever engine it is. When its engine is lost, or hands it back, another goes on with what the reader was given so far: the
 * reader sees each event once and each token as if nothing had happened. That needs an engine that computes the same bits, and a prompt that
 * was computed and not predicted; otherwise the stream ends with what its engine said. One whose engine is slow may be given to a second
 * engine too ({@link Hedging}): the first to give a token answers.
 */
public final class RoutedGeneration implements Generation {

    private static final Logger LOG = Logger.getLogger(RoutedGeneration.class);

    private final RoutedCalls calls;
    private final EngineSearch search;
    private final GenerationRequest request;
    private final Transcript transcript;
    private final ArrayDeque<EngineEvent> ready = new ArrayDeque<>();
    private final AtomicIntegerArray cancelled;
    /** Whether nobody reads what any choice says. */
    private volatile boolean abandoned;
    /** Last events that the reader has not taken. */
    private volatile int undone;

    private volatile Attempt current;
    /** A second engine with the same request, until one of the two has given a token. */
    private volatile @Nullable Attempt rival;

    private @Nullable Race race;
    /** That the first engine has failed while the second was being asked: whether there is a second is still to be said. */
    private Race.@Nullable Heard lost;

    /** Whoever gives it back takes it out: the reader, or who cancels and reads no further. */
    private final AtomicReference<Hedging.Place> place = new AtomicReference<>(() -> {});

    private boolean hedgeable;
    private boolean resumed;
    private boolean stranded;
    private int migrations;
    /** What all that was given was computed with: also where the engine that took over last has said nothing. */
    private String numerics = "";

    RoutedGeneration(
            RoutedCalls calls, EngineSearch search, GenerationRequest request, Attempt first, Transcript transcript) {
        this.calls = calls;
        this.search = search;
        this.request = request;
        this.current = first;
        this.transcript = transcript;
        this.hedgeable = calls.hedging().concerns(request);
        this.undone = request.choices();
        this.cancelled = new AtomicIntegerArray(undone);
    }

    /** The engine that answers now. */
    public EngineEndpoint endpoint() {
        return current.endpoint();
    }

    /** How the engine that answers now was chosen. */
    public Route route() {
        return current.route();
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        long from = calls.now();
        while (ready.isEmpty() && !transcript.isDone()) {
            long left = Math.max(0, timeout.toNanos() - (calls.now() - from));
            Race running = race;
            if (running == null ? !listen(left) : !follow(running, left)) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(poll());
    }

    /** That another engine has begun may be no news: what is behind it is read in its place, and may be a failure that has a third engine asked. */
    @Override
    public Ahead ahead() {
        Ahead ahead = ready.isEmpty() && race == null ? current.generation().ahead() : Ahead.OTHER;
        return ahead == Ahead.START && search.isRepeated() ? Ahead.OTHER : ahead;
    }

    /**
     * Holds for the engine that answers now: whoever reads what made another take over asks again. While a second engine may be asked, or is,
     * the reader has to wait by {@link #next}.
     */
    @Override
    public boolean whenArrived(Runnable action) {
        return !hedgeable && race == null && current.generation().whenArrived(action);
    }

    /** Whether something was heard, or is different now, before {@code nanos} had passed. */
    private boolean listen(long nanos) throws InterruptedException {
        Attempt attempt = current;
        long due = hedgeable ? calls.hedging().dueIn(attempt.openedAt(), calls.now()) : Long.MAX_VALUE;
        Optional<EngineEvent> event = attempt.generation().next(Duration.ofNanos(Math.clamp(due, 0, nanos)));
        if (event.isPresent()) {
            take(attempt, event.get());
        } else if (attempt.generation().isDone()) {
            endWithoutWord(attempt);
        } else if (due > nanos) {
            return false;
        } else if (calls.hedging().dueIn(attempt.openedAt(), calls.now()) <= 0) {
            hedgeable = false;
            hedge(attempt);
        }
        return true;
    }

    /** Before any token is shown it does not matter whether both compute the same bits: the first token says whose answer it is. */
    private void hedge(Attempt attempt) {
        if (!transcript.isFresh() || isCancelled() || !search.hasSecond()) {
            return;
        }
        Optional<Hedging.Place> taken = calls.hedging().place(request.identity().tenant());
        if (taken.isEmpty()) {
            return;
        }
        Optional<Supplier<Optional<Attempt>>> second = Optional.empty();
        try {
            second = search.second(sending(request));
        } finally {
            if (second.isEmpty()) {
                taken.get().close();
            }
        }
        second.ifPresent(submission -> race(attempt, submission, taken.get()));
    }

    private void race(Attempt attempt, Supplier<Optional<Attempt>> submission, Hedging.Place both) {
        place.set(both);
        if (isCancelled()) {
            leavePlace(); // Who cancelled may have found none.
        }
        race = new Race(attempt, () -> second(submission), calls.hedging().threads(), this::leave);
    }

    /** On a thread of its own: who cancels from here on finds the second engine, and who did before is found. */
    private Optional<Attempt> second(Supplier<Optional<Attempt>> submission) {
        Optional<Attempt> taken = submission.get();
        taken.ifPresent(other -> {
            calls.metrics().hedged();
            rival = other;
            passCancels(other);
        });
        return taken;
    }

    /** Its engine's health is told here: nobody may read what would tell it. */
    private void leave(Attempt unwanted) {
        unwanted.left(calls.now());
        unwanted.generation().cancel();
    }

    private boolean follow(Race running, long nanos) throws InterruptedException {
        Optional<Race.News> news = running.next(nanos);
        news.ifPresent(what -> {
            switch (what) {
                case Race.Heard said -> judge(running, said);
                case Race.Asked asked -> enter(running, asked);
            }
        });
        return news.isPresent();
    }

    private void enter(Race running, Race.Asked asked) {
        running.enter(asked);
        if (asked.second().isEmpty()) {
            leavePlace();
        }
        Race.Heard failure = lost;
        lost = null;
        if (failure != null) {
            judge(running, failure);
        }
    }

    private void judge(Race running, Race.Heard said) {
        Attempt attempt = said.attempt();
        if (!Race.decides(said.event())) {
            attempt.heard(calls.now());
            running.keep(said);
        } else if (said.event() instanceof EngineEvent.Failed && running.isAsking()) {
            lost = said;
        } else if (said.event() instanceof EngineEvent.Failed failed && running.isOpen()) {
            attempt.failed(failed.code(), calls.now());
            calls.router().records().refused(attempt.route().id(), failed.code());
            goOnWith(running.other(attempt), attempt, running);
        } else {
            decide(running, said);
        }
    }

    private void decide(Race running, Race.Heard said) {
        Attempt winner = said.attempt();
        if (running.isOpen()) {
            Attempt loser = running.other(winner);
            loser.left(calls.now());
            goOnWith(winner, loser, running);
        }
        running.close();
        leavePlace();
        race = null;
        if (Race.isAnswer(said.event())) {
            calls.metrics().decided(winner.route().decision().cause() == RouteDecision.Cause.HEDGE);
        }
        running.before(winner).forEach(event -> take(winner, event));
        take(winner, said.event());
    }

    private void goOnWith(Attempt other, Attempt left, Race running) {
        current = other;
        rival = null;
        running.leave(left);
        left.generation().cancel();
        passCancels(other); // who left meanwhile may have told the other one alone
        leavePlace();
    }

    private void leavePlace() {
        place.getAndSet(() -> {}).close();
    }

    private @Nullable EngineEvent poll() {
        EngineEvent event = ready.poll();
        if (event != null && event.isLast()) {
            undone = undone - 1;
        }
        return event;
    }

    private void take(Attempt attempt, EngineEvent event) {
        int choice = event.choice();
        Transcript.ChoiceLog log = transcript.choice(choice);
        if (log.ended()) {
            return;
        }
        long now = calls.now();
        if (!(event instanceof EngineEvent.Failed)) {
            attempt.heard(now);
        }
        switch (event) {
            case EngineEvent.Started started -> add(event, log.start(started, now));
            case EngineEvent.PromptScored scored -> add(event, log.score());
            case EngineEvent.TokenGenerated token -> {
                hedgeable = false;
                log.token(token.tokenId(), now);
                add(event, true);
            }
            case EngineEvent.Repaired repaired -> add(event, true);
            case EngineEvent.Finished finished -> end(told(attempt, finished));
            case EngineEvent.Failed failed -> fail(attempt, failed);
        }
    }

    private void add(EngineEvent event, boolean first) {
        if (first) {
            ready.add(event);
        }
    }

    private void end(EngineEvent last) {
        transcript.choice(last.choice()).end();
        ready.add(last);
    }

    /** What it cost in all engines together. */
    private EngineEvent.Finished told(Attempt attempt, EngineEvent.Finished finished) {
        if (resumed) {
            return transcript.finished(finished.choice(), finished.reason());
        }
        return search.isRepeated() ? transcript.delayed(finished, attempt.openedAt()) : finished;
    }

    private void endWithoutWord(Attempt attempt) {
        for (int choice = 0; choice < cancelled.length(); choice++) {
            take(
                    attempt,
                    new EngineEvent.Failed(
                            choice, ErrorCode.REPLICA_LOST, "the engine ended the request without a last event"));
        }
    }

    private void fail(Attempt attempt, EngineEvent.Failed failed) {
        if (attempt != current) {
            return; // Another engine goes on with it.
        }
        if (stranded || isCancelled()) {
            attempt.left(calls.now());
            end(failed);
            return;
        }
        attempt.failed(failed.code(), calls.now());
        if (transcript.isFresh()) {
            calls.router().records().refused(attempt.route().id(), failed.code());
        }
        if (!EngineFaults.isRecoverable(failed.code())) {
            end(failed);
            return;
        }
        endReached();
        if (transcript.isDone()) {
            attempt.generation().cancel(); // Nobody reads it any more.
        } else {
            recover(attempt, failed);
        }
    }

    /** Choices of which only the last event was missing need no engine. */
    private void endReached() {
        for (int choice = 0; choice < cancelled.length(); choice++) {
            FinishReason reached = transcript.reached(choice);
            if (reached != null
                    && transcript.isExact()
                    && !transcript.choice(choice).ended()) {
                end(transcript.finished(choice, reached));
            }
        }
    }

    private void recover(Attempt lost, EngineEvent.Failed failed) {
        boolean fresh = transcript.isFresh();
        ErrorCode why = failed.code();
        String detail = failed.detail();
        try {
            Optional<Attempt> next = fresh
                    ? search.another(why, RouteDecision.Cause.RETRY, endpoint -> true, sending(request))
                    : migrate(lost, failed);
            if (next.isPresent()) {
                goOn(lost, next.get(), why, fresh);
                return;
            }
        } catch (ForetokenException e) {
            LOG.debugf("request %s goes nowhere: %s", request.identity().requestId(), e.getMessage());
            if (e.code() == ErrorCode.DEADLINE_EXCEEDED) {
                why = e.code();
                detail = String.valueOf(e.getMessage());
            }
        }
        stranded = true;
        calls.metrics().stranded(failed.code());
        if (!transcript.choice(failed.choice()).ended()) {
            end(new EngineEvent.Failed(failed.choice(), why, detail));
        }
    }

    private Optional<Attempt> migrate(Attempt lost, EngineEvent.Failed failed) {
        numerics = lost.numericsId().isEmpty() ? numerics : lost.numericsId();
        boolean movable = transcript.isExact()
                && !numerics.isEmpty()
                && request.options().adapter().isEmpty()
                && migrations < calls.limits().migrations();
        if (!movable) {
            return Optional.empty();
        }
        migrations++;
        Resumed known = transcript.resumed(choice -> cancelled.get(choice) != 0).computedWith(numerics);
        GenerationRequest rest = request.withResumed(known)
                .withOptions(request.options()
                        .withPrefill(new PrefillOptions(
                                PrefillMode.EXACT, request.options().prefill().repair())));
        return search.another(
                failed.code(),
                RouteDecision.Cause.MIGRATION,
                endpoint -> Attempt.numericsId(endpoint, search.model().engineModel())
                        .equals(numerics),
                sending(rest));
    }

    private Errand.Sender<Attempt> sending(GenerationRequest as) {
        return Attempt.sending(as, search.model().engineModel());
    }

    private void goOn(Attempt lost, Attempt next, ErrorCode why, boolean fresh) {
        LOG.debugf(
                "request %s moves from %s to %s: %s",
                request.identity().requestId(),
                lost.endpoint().name(),
                next.endpoint().name(),
                why);
        lost.generation().cancel();
        resumed |= !fresh;
        current = next;
        passCancels(next);
        if (fresh) {
            calls.metrics().retried(why);
        } else {
            calls.metrics().migrated(why);
        }
    }

    private void passCancels(Attempt attempt) {
        if (abandoned) {
            leave(attempt); // With what is counted of it: nobody may read it to its end.
            return;
        }
        for (int choice = 0; choice < cancelled.length(); choice++) {
            if (cancelled.get(choice) != 0) {
                attempt.generation().cancel(choice);
            }
        }
    }

    private boolean isCancelled() {
        for (int choice = 0; choice < cancelled.length(); choice++) {
            if (cancelled.get(choice) == 0 && !transcript.choice(choice).ended()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isDone() {
        return undone == 0;
    }

    /** Set before the engine is asked for: one that takes over meanwhile is told by the reader. */
    @Override
    public void cancel(int choice) {
        cancelled.set(choice, 1);
        current.generation().cancel(choice);
        Attempt other = rival;
        if (other != null) {
            other.generation().cancel(choice);
        }
    }

    @Override
    public void cancel() {
        for (int choice = 0; choice < cancelled.length(); choice++) {
            cancelled.set(choice, 1);
        }
        abandoned = true;
        leave(current);
        Attempt other = rival;
        if (other != null) {
            leave(other);
        }
        leavePlace();
    }
}
