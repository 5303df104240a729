package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.bench.client.Ending;
import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.PrefillAsk;
import dev.foretoken.bench.serve.StubServer.Manner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The load generator against a real HTTP server that misbehaves in every way it knows. */
@Timeout(300)
class LoadRunnerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final LongFunction<Manner> GOOD = seed -> Manner.GOOD;
    private static final Arrivals FOUR_CLIENTS = new Arrivals.ClosedLoop(4);

    private int sent;

    @Test
    void goodAnswersAreWholeAndTokensAgreeWithTheServer() throws Exception {
        List<CallRecord> calls = load(GOOD, FOUR_CLIENTS, 40, PATIENCE, 0, 0);
        assertThat(Account.of(sent, calls).completed()).isEqualTo(40);
        assertThat(calls).extracting(CallRecord::index).isSorted().doesNotHaveDuplicates();
        assertThat(TokenAccount.of(calls)).isEqualTo(new TokenAccount(40 * 10, 0, 0, 40 * 6, 40 * 6, 0, 0));
        assertThat(calls).allSatisfy(call -> {
            assertThat(call.ttftSeconds()).isPositive().isLessThanOrEqualTo(call.e2eSeconds());
        });
    }

    @Test
    void everyKindOfFailureIsCountedAsWhatItIs() throws Exception {
        List<Manner> ending = Stream.of(Manner.values())
                .filter(manner -> manner != Manner.NEVER_ENDS)
                .toList();
        LongFunction<Manner> inTurn = seed -> ending.get((int) (seed % ending.size()));
        List<CallRecord> calls = load(inTurn, FOUR_CLIENTS, 14, PATIENCE, 0, 0);
        Map<String, Integer> endings = new TreeMap<>();
        calls.forEach(call -> endings.merge(call.ending().key(), 1, Integer::sum));
        assertThat(endings)
                .isEqualTo(Map.of(
                        "completed", 2,
                        "http_429", 2,
                        "disconnected", 4,
                        "failed_in_stream", 2,
                        "garbled", 4));
        assertThat(sent).isEqualTo(14);
    }

    @Test
    void anAnswerWithoutAnEndIsGivenUp() throws Exception {
        List<CallRecord> calls = load(seed -> Manner.NEVER_ENDS, FOUR_CLIENTS, 2, Duration.ofSeconds(1), 0, 0);
        assertThat(calls)
                .hasSize(2)
                .allSatisfy(call -> assertThat(call.ending()).isInstanceOf(Ending.TimedOut.class));
    }

    @Test
    void aConnectionClosedBeforeAnyByteIsTriedOnceMore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        LongFunction<Manner> firstCloses =
                seed -> asked.getAndIncrement() == 0 ? Manner.DISCONNECT_BEFORE : Manner.GOOD;
        List<CallRecord> calls = load(firstCloses, new Arrivals.ClosedLoop(1), 3, PATIENCE, 0, 0);
        Account account = Account.of(sent, calls);
        assertThat(account.completed()).isEqualTo(3);
        assertThat(account.resent()).isEqualTo(1);
    }

    @Test
    void cancelsAndMistakesAreAllAccountedFor() throws Exception {
        List<CallRecord> calls = load(GOOD, new Arrivals.ClosedLoop(16), 400, PATIENCE, 0.3, 0.2);
        Account account = Account.of(sent, calls);
        assertThat(account.clean()).as("%s", account).isTrue();
        assertThat(account.sent()).isEqualTo(400);
        assertThat(account.malformedRefused()).isBetween(40, 120);
        assertThat(account.cancelled()).isBetween(20, 180);
        assertThat(account.completed()
                        + account.cancelled()
                        + account.completedBeforeCancel()
                        + account.malformedRefused())
                .isEqualTo(400);
    }

    @Test
    void aCancelledAnswerEndsEvenWhenTheServerNeverDoes() throws Exception {
        List<CallRecord> calls = load(seed -> Manner.NEVER_ENDS, FOUR_CLIENTS, 8, Duration.ofSeconds(2), 1, 0);
        assertThat(calls)
                .hasSize(8)
                .allSatisfy(call ->
                        assertThat(call.ending()).isInstanceOfAny(Ending.Cancelled.class, Ending.TimedOut.class));
        assertThat(calls).anySatisfy(call -> assertThat(call.ending()).isInstanceOf(Ending.Cancelled.class));
    }

    @Test
    void anOpenLoopSendsEveryRequestWithinItsRoom() throws Exception {
        List<CallRecord> calls = load(GOOD, new Arrivals.Poisson(400, 3), 50, PATIENCE, 0, 0);
        assertThat(Account.of(sent, calls).completed()).isEqualTo(50);
        assertThat(calls).allSatisfy(call -> assertThat(call.sentNanos()).isGreaterThanOrEqualTo(call.dueNanos()));
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() throws Exception {
        String url;
        try (StubServer gone = new StubServer(GOOD)) {
            url = gone.url();
        }
        List<CallRecord> calls = load(url, FOUR_CLIENTS, 4, PATIENCE, 0, 0);
        assertThat(Account.of(sent, calls).failures()).isEqualTo(Map.of("unreachable", 4));
    }

    private List<CallRecord> load(
            LongFunction<Manner> manners,
            Arrivals arrivals,
            int requests,
            Duration patience,
            double cancels,
            double bad)
            throws IOException, InterruptedException {
        try (StubServer server = new StubServer(manners)) {
            return load(server.url(), arrivals, requests, patience, cancels, bad);
        }
    }

    private List<CallRecord> load(
            String url, Arrivals arrivals, int requests, Duration patience, double cancels, double bad)
            throws InterruptedException {
        WorkloadShape shape = new WorkloadShape(
                Endpoint.COMPLETIONS,
                "stub",
                new LengthDistribution.Fixed(10),
                new LengthDistribution.Fixed(6),
                1000,
                0,
                false,
                false,
                null,
                cancels,
                bad,
                8,
                8,
                PrefillAsk.SILENT);
        LoadLimits limits = new LoadLimits(requests, LoadLimits.UNLIMITED, patience);
        try (OpenAiClient client = new OpenAiClient(url, null, System::nanoTime)) {
            LoadRunner runner = new LoadRunner(client, shape, limits, System::nanoTime, call -> {});
            List<CallRecord> calls = runner.run(arrivals);
            sent = runner.sent();
            return calls;
        }
    }
}
