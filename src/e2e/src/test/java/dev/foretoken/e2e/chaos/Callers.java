package dev.foretoken.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Fleet;
import dev.foretoken.e2e.server.RunningServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/** Callers who ask one stream after the other, each of them of another gateway each time, until they are told to stop. */
final class Callers implements AutoCloseable {

    private static final int COUNT = 5;
    private static final int LEAST_TOKENS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Of each stream: none takes that long, but a clock that jumps is ahead of it. */
    private static final Duration DEADLINE = Duration.ofMinutes(8);
    /** Before a caller asks again. Without it they would take the processors that starting processes need. */
    private static final int MOST_PAUSE_MILLIS = Boolean.getBoolean("foretoken.soak") ? 100 : 800;

    private final Fleet fleet;
    private final Map<Question, List<Integer>> answers;
    private final Ledger ledger;
    /** When each asked for the last answer that it got, on the clock of {@link System#nanoTime}. */
    private final AtomicLongArray answeredOf = new AtomicLongArray(COUNT);

    private final Map<URI, HttpApi> clients = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();

    /** @param answers what an undisturbed server says to each question */
    Callers(Fleet fleet, Map<Question, List<Integer>> answers, Ledger ledger, SplittableRandom random) {
        this.fleet = fleet;
        this.answers = answers;
        this.ledger = ledger;
        long beginning = System.nanoTime();
        for (int i = 0; i < COUNT; i++) {
            answeredOf.set(i, beginning);
            int caller = i;
            SplittableRandom own = random.split();
            running.add(threads.submit(() -> ask(caller, own)));
        }
    }

    private void ask(int caller, SplittableRandom random) {
        List<Question> questions = List.copyOf(answers.keySet());
        long pause = 0;
        for (int call = caller; !isStopped(pause); call++) {
            RunningServer gateway = running(call);
            Question question = questions.get(random.nextInt(questions.size()));
            int tokens = random.nextInt(LEAST_TOKENS, Question.MOST_TOKENS);
            List<Integer> expected = answers.get(question).subList(0, tokens);
            HttpApi api = clients.computeIfAbsent(gateway.http(), uri -> new HttpApi(uri).within(DEADLINE));
            long asked = System.nanoTime();
            if (new StreamedCall(gateway.process(), question, expected, ledger).run(api)) {
                answeredOf.set(caller, asked);
            }
            pause = random.nextInt(MOST_PAUSE_MILLIS);
        }
    }

    /** As whoever balances the load does, asks no gateway that is known to be dead. */
    private RunningServer running(int call) {
        RunningServer gateway = fleet.gateway(call % fleet.gateways());
        return gateway.process().isKilled() ? fleet.gateway((call + 1) % fleet.gateways()) : gateway;
    }

    private boolean isStopped(long afterMillis) {
        try {
            return stopped.await(afterMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Waits until each caller has an answer that it asked for after the call of this method; fails as soon as one got what must not be. */
    void awaitAnswers() {
        long since = System.nanoTime();
        Eventually.within(
                PATIENCE,
                "an answer to each caller; so far " + ledger,
                () -> allAsked(since) || !ledger.problems().isEmpty());
        assertThat(ledger.problems()).isEmpty();
    }

    private boolean allAsked(long since) {
        for (int i = 0; i < COUNT; i++) {
            if (answeredOf.get(i) - since < 0) {
                return false;
            }
        }
        return true;
    }

    /** Lets every caller read its last stream to the end. */
    void finish() throws InterruptedException {
        stopped.countDown();
        try {
            for (Future<?> caller : running) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a caller failed", e);
        }
    }

    /** Gives up what still runs. */
    @Override
    public void close() {
        stopped.countDown();
        threads.shutdownNow();
    }
}
