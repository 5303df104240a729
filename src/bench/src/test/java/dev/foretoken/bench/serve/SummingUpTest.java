package dev.foretoken.bench.serve;

import static dev.foretoken.bench.serve.TestCalls.completed;
import static dev.foretoken.bench.serve.TestCalls.ended;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.bench.client.CancelPoint;
import dev.foretoken.bench.client.Ending;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummingUpTest {
    private static final Warmup NONE = new Warmup.Requests(0);

    @Test
    void metricsOfOneAnswerFollowTheirDefinitions() {
        CallRecord call = completed(0, 100, 300, 1300, 11);
        assertThat(call.ttftSeconds()).isCloseTo(0.2, within(1e-9));
        assertThat(call.e2eSeconds()).isCloseTo(1.2, within(1e-9));
        assertThat(call.tpotSeconds()).isCloseTo(0.1, within(1e-9));
        LatencyReport latency = LatencyReport.of(List.of(call), Window.whole(List.of(call)));
        assertThat(latency.itlSeconds().count()).isEqualTo(10);
        assertThat(latency.itlSeconds().p50()).isCloseTo(0.1, within(1e-3));
    }

    @Test
    void anAnswerOfOneTokenHasNoTimePerFurtherToken() {
        List<CallRecord> calls = List.of(completed(0, 0, 50, 50, 1));
        LatencyReport latency = LatencyReport.of(calls, Window.whole(calls));
        assertThat(latency.tpotSeconds().count()).isZero();
        assertThat(latency.ttftSeconds().count()).isEqualTo(1);
    }

    @Test
    void goodputCountsOnlyAnswersWithinEveryBound() {
        List<CallRecord> calls = List.of(
                completed(0, 0, 100, 1000, 10),
                completed(1, 0, 600, 1000, 10),
                completed(2, 0, 100, 2000, 10),
                ended(3, new Intent.Whole(), new Ending.Refused(429, null, "full")));
        RateReport rates = RateReport.of(calls, Window.whole(calls), Slo.parse("ttft=500ms,tpot=150ms"));
        assertThat(rates.requestsPerSecond()).isCloseTo(1.5, within(1e-9));
        assertThat(rates.goodputPerSecond()).isCloseTo(0.5, within(1e-9));
        assertThat(rates.goodShare()).isCloseTo(1.0 / 3, within(1e-9));
        assertThat(rates.outputTokensPerSecond()).isCloseTo(15, within(1e-9));
    }

    @Test
    void withoutAnSloEveryWholeAnswerIsGood() {
        List<CallRecord> calls = List.of(completed(0, 0, 100, 1000, 10));
        assertThat(RateReport.of(calls, Window.whole(calls), Slo.parse("")).goodShare())
                .isEqualTo(1);
    }

    @Test
    void aClosedLoopIsSteadyFromTheEndOfWarmUpToTheFirstIdleClient() {
        List<CallRecord> calls = List.of(
                completed(0, 0, 10, 100, 2),
                completed(1, 0, 10, 200, 2),
                completed(2, 100, 110, 300, 2),
                completed(3, 200, 210, 400, 2));
        Window window = Window.steady(calls, new Warmup.Requests(1), true);
        assertThat(window).isEqualTo(new Window(100_000_000, 300_000_000, true));
        assertThat(LatencyReport.of(calls, window).e2eSeconds().count()).isEqualTo(2);
        assertThat(RateReport.of(calls, window, Slo.parse("")).seconds()).isCloseTo(0.2, within(1e-9));
    }

    @Test
    void anOpenLoopIsSteadyUntilTheLastSending() {
        List<CallRecord> calls = List.of(completed(0, 0, 10, 500, 2), completed(1, 300, 310, 900, 2));
        assertThat(Window.steady(calls, new Warmup.Time(Duration.ofMillis(50)), false))
                .isEqualTo(new Window(50_000_000, 300_000_000, true));
    }

    @Test
    void aRunShorterThanItsWarmUpCountsWhole() {
        List<CallRecord> calls = List.of(completed(0, 0, 10, 500, 2));
        assertThat(Window.steady(calls, new Warmup.Requests(9), true)).isEqualTo(new Window(0, 500_000_000, false));
        assertThat(Window.steady(calls, NONE, false).trimmed()).isFalse();
    }

    @Test
    void everyIntentAndEndingHasItsPlaceInTheAccount() {
        Intent cancel = new Intent.Cancel(new CancelPoint.AfterTokens(1));
        Intent malformed = new Intent.Malformed(Mistake.NOT_JSON);
        Ending whole = new Ending.Completed("stop", null);
        Account account = Account.of(
                9,
                List.of(
                        ended(0, new Intent.Whole(), whole),
                        ended(1, new Intent.Whole(), new Ending.Refused(429, null, "full")),
                        ended(2, cancel, new Ending.Cancelled()),
                        ended(3, cancel, whole),
                        ended(4, cancel, new Ending.Disconnected("reset")),
                        ended(5, malformed, new Ending.Refused(400, null, "no")),
                        ended(6, malformed, new Ending.Refused(500, null, "crash")),
                        ended(7, malformed, new Ending.Cancelled())));
        assertThat(account.completed()).isEqualTo(1);
        assertThat(account.cancelled()).isEqualTo(1);
        assertThat(account.completedBeforeCancel()).isEqualTo(1);
        assertThat(account.malformedRefused()).isEqualTo(1);
        assertThat(account.malformedAccepted()).isEqualTo(1);
        assertThat(account.failures()).isEqualTo(java.util.Map.of("http_429", 1, "disconnected", 1, "http_500", 1));
        assertThat(account.unaccounted()).isEqualTo(1);
        assertThat(account.clean()).isFalse();
    }

    @Test
    void tokenCountsThatDifferAreReported() {
        List<CallRecord> calls =
                List.of(completed(0, 0, 10, 500, 5), ended(1, new Intent.Whole(), new Ending.Completed("stop", null)));
        assertThat(TokenAccount.of(calls)).isEqualTo(new TokenAccount(10, 4, 0, 5, 5, 0, 0));
    }
}
