package dev.foretoken.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.Proportion;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    private static final Measurement BASE = measured(10, 0, 1, new Proportion(900, 1000), "set 1");

    /** The variant: perplexity 10.2, KL 0.04, agreement 0.97, 880 of 1,000 right, 1,000 bytes, 512 a token, 50 tokens/s. */
    @ParameterizedTest
    @CsvSource({
        "max-perplexity-increase, 0.0201, 0.0199",
        "max-kl, 0.04, 0.0399",
        "min-top1-agreement, 0.97, 0.9701",
        "max-bytes, 1000, 999",
        "max-resident-bytes, 2000, 1999",
        "max-kv-bytes-per-token, 512, 511",
        "min-decode-tokens-per-second, 50, 50.1",
    })
    void everyLimitIsKeptOnOneSideAndFailedOnTheOther(String limit, double kept, double failed) {
        Measurement variant = measured(10.2, 0.04, 0.97, new Proportion(880, 1000), "set 1");
        assertThat(judge(Map.of(limit, kept), variant).passes()).isTrue();
        assertThat(judge(Map.of(limit, failed), variant).passes()).isFalse();
        assertThat(judge(Map.of(limit, failed), variant).sentence()).startsWith(limit + ": ");
    }

    @Test
    void retentionIsJudgedOnTheLowerBoundSoThatLuckPassesNoGate() {
        Measurement few = measured(10, 0, 1, new Proportion(9, 10), "set 1");
        Measurement many = measured(10, 0, 1, new Proportion(900, 1000), "set 1");
        Map<String, Double> limit = Map.of("min-qa-retention", 0.95);
        assertThat(judge(limit, many).passes()).isTrue();
        assertThat(judge(limit, few).passes()).isFalse();
        double expected = new Proportion(9, 10).low() / 0.9;
        assertThat(judge(limit, few).findings().getFirst().measured()).hasValue(expected);
    }

    @Test
    void saysEveryNumberThatFailedWithItsLimit() {
        Measurement bad = measured(12, 0.5, 0.99, new Proportion(880, 1000), "set 1");
        GateVerdict verdict =
                judge(Map.of("max-perplexity-increase", 0.1, "max-kl", 0.05, "min-top1-agreement", 0.9), bad);
        assertThat(verdict.sentence())
                .isEqualTo("max-perplexity-increase: 0.2000 is above 0.1000; max-kl: 0.5000 is above 0.05000");
        assertThat(verdict.findings()).hasSize(3);
    }

    @Test
    void whatWasNotMeasuredDoesNotPass() {
        GateVerdict verdict = Gate.of(Map.of("max-bytes", 1e9)).judge(Optional.empty(), Optional.of(BASE), false);
        assertThat(verdict.passes()).isFalse();
        assertThat(verdict.sentence()).isEqualTo("it was not measured");
    }

    @Test
    void nothingCanBeComparedWithoutAMeasuredBase() {
        GateVerdict verdict = Gate.of(Map.of("max-kl", 0.05)).judge(Optional.of(BASE), Optional.empty(), false);
        assertThat(verdict.sentence()).isEqualTo("max-kl: the version's base was not measured (limit 0.05000)");
    }

    @Test
    void qualitiesOfDifferentTextsAreNotCompared() {
        Measurement other = measured(10, 0, 1, new Proportion(900, 1000), "set 2");
        assertThat(judge(Map.of("max-kl", 0.05), other).sentence()).contains("measured with different texts");
        assertThat(judge(Map.of("max-bytes", 1e9), other).passes()).isTrue();
    }

    @Test
    void theBaseKeepsEveryLimitOnTheDifferenceFromItself() {
        Gate gate = Gate.of(Map.of("min-qa-retention", 1.0, "max-bytes", 999.0));
        GateVerdict verdict = gate.judge(Optional.of(BASE), Optional.of(BASE), true);
        assertThat(verdict.sentence()).isEqualTo("max-bytes: 1000 is above 999");
    }

    @Test
    void aNumberThatIsNoneKeepsNoLimit() {
        Measurement broken = measured(Double.NaN, 0, 1, new Proportion(900, 1000), "set 1");
        assertThat(judge(Map.of("max-perplexity-increase", 1000.0), broken).passes())
                .isFalse();
        Measurement knowsNothing = measured(10, 0, 1, new Proportion(0, 1000), "set 1");
        assertThat(Gate.of(Map.of("min-qa-retention", 0.0))
                        .judge(Optional.of(BASE), Optional.of(knowsNothing), false)
                        .passes())
                .isFalse();
    }

    @Test
    void readsWhatItWrote() {
        Gate gate = Gate.of(Map.of("min-qa-retention", 0.95, "max-kl", 0.05));
        assertThat(gate.json()).isEqualTo("{\"max-kl\":0.05,\"min-qa-retention\":0.95}");
        assertThat(Gate.parse(gate.json())).isEqualTo(gate);
    }

    @Test
    void refusesLimitsThatAreNone() {
        refuses(Map.of(), "at least one limit");
        refuses(Map.of("max-fun", 1.0), "no limit 'max-fun'; there are max-perplexity-increase, max-kl");
        refuses(Map.of("min-qa-retention", 1.5), "gate min-qa-retention=1.5, must be in [0, 1]");
        refuses(Map.of("max-kl", Double.NaN), "gate max-kl=NaN");
        assertThatThrownBy(() -> Gate.parse("[]")).isInstanceOf(ForetokenException.class);
        assertThatThrownBy(() -> Gate.parse("{\"max-kl\":null}")).isInstanceOf(ForetokenException.class);
    }

    private static void refuses(Map<String, Double> limits, String message) {
        assertThatThrownBy(() -> Gate.of(limits))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(message);
    }

    private static GateVerdict judge(Map<String, Double> limits, Measurement variant) {
        return Gate.of(limits).judge(Optional.of(variant), Optional.of(BASE), false);
    }

    private static Measurement measured(double perplexity, double kl, double top1, Proportion answers, String set) {
        return new Measurement(
                Instant.EPOCH,
                "x86-64",
                "test 1",
                set,
                "base",
                new Measurement.Quality(perplexity, 5000, kl, top1, answers),
                new Measurement.Footprint(1000, 2000, 512, 0),
                new Measurement.Speed(1000, 50, 128, true));
    }
}
