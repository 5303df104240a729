package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.sampling.DrawOracle;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over vocabularies of real size, with the passes that serve. */
final class DrawTest {

    @ParameterizedTest
    @CsvSource({"32000, 3, 30", "32000, 0.2, 20", "151936, 4, 15", "151936, 1, 8"})
    void drawsTheOraclesToken(int vocabulary, double spread, int rounds) {
        try (Arena arena = Arena.ofShared();
                Kernels fastest = KernelSelection.open(KernelChoice.AUTO, KernelOptions.of(2, Arithmetic.EXACT))
                        .kernels()) {
            new DrawOracle(fastest, arena).requireOraclesTokens(vocabulary, spread, rounds);
        }
    }
}
