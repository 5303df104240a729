package dev.foretoken.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.bench.client.Ending;
import dev.foretoken.bench.client.StreamedAnswer;
import dev.foretoken.bench.client.TokenTimes;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayWindowTest {

    private static final long MILLI = 1_000_000;

    private final GatewayWindow window = new GatewayWindow(100 * MILLI, 200 * MILLI);

    @Test
    void tokensCountWhenTheyComeAndRequestsWhenTheyAreSent() {
        window.add(answer(50, 90, 100, 150));
        window.add(answer(120, 140, 199, 200));
        GatewayReport.Traffic traffic = window.traffic(Duration.ofMillis(2));
        assertThat(traffic.requests()).isOne();
        assertThat(traffic.tokens()).isEqualTo(4);
        assertThat(traffic.events()).isEqualTo(4);
        assertThat(traffic.gatewayCpuMicrosPerToken()).isEqualTo(500);
        assertThat(window.endings()).isEqualTo(Map.of("completed", 2L));
    }

    @Test
    void tokensThatShareAnEventAreSeen() {
        TokenTimes times = new TokenTimes();
        times.add(110 * MILLI, 2);
        window.add(new StreamedAnswer(105 * MILLI, 120 * MILLI, times, "", new Ending.Completed(null, null), 0));
        assertThat(window.traffic(Duration.ZERO).tokens()).isEqualTo(2);
        assertThat(window.traffic(Duration.ZERO).events()).isOne();
    }

    @Test
    void bothWaysOfAFirstTokenAreAddedAndThePodsOwnTimeIsNot() {
        window.add(answer(120, 145, 160), new Mark(1, 121 * MILLI, 142 * MILLI));
        window.add(answer(90, 145), new Mark(2, 91 * MILLI, 92 * MILLI));
        GatewayReport.FirstToken first = window.firstToken();
        assertThat(first.both().count()).isOne();
        assertThat(first.toPod().p50()).isCloseTo(0.001, within(1e-5));
        assertThat(first.toClient().p50()).isCloseTo(0.003, within(1e-5));
        assertThat(first.both().p50()).isCloseTo(0.004, within(1e-5));
    }

    private static StreamedAnswer answer(long sentMillis, long... tokenMillis) {
        TokenTimes times = new TokenTimes();
        for (long at : tokenMillis) {
            times.add(at * MILLI, 1);
        }
        return new StreamedAnswer(sentMillis * MILLI, 0, times, "", new Ending.Completed(null, null), 0);
    }
}
