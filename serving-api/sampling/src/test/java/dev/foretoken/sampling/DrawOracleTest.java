package dev.foretoken.sampling;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over vocabularies of real size. */
final class DrawOracleTest {

    @ParameterizedTest
    @CsvSource({"32000, 3", "32000, 0.2", "151936, 4", "151936, 1"})
    void drawsTheOraclesToken(int vocabulary, double spread) {
        try (Arena arena = Arena.ofConfined()) {
            new DrawOracle(new PlainLogitPasses(), arena).requireOraclesTokens(vocabulary, spread, 4);
        }
    }
}
