package dev.foretoken.nativeruntime.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LevelSearchTest {

    private static final float[] ROW = {0.5f, -3, 1, 7.5f, 0, 0, 0, 0, -2, -1, 2, 5};

    @Test
    void symmetricCodesReachTheLargestWeightWithHalfAStep() {
        LevelSearch search = LevelSearch.range(Correlated.format(4, 4, true));
        CodedMatrix.Level level = search.find(ROW, 0, 4, null);
        assertThat(level).isEqualTo(new CodedMatrix.Level(1, 8));
        assertThat(level.code(-3, 15)).isEqualTo(5);
        assertThat(level.code(7.5f, 15)).isEqualTo(15);
        assertThat(level.code(-20, 15)).isZero();
    }

    @Test
    void zeroPointsFitTheRangeAndZeroStaysZero() {
        CodedMatrix.Level level =
                LevelSearch.range(Correlated.format(4, 4, false)).find(ROW, 8, 12, null);
        assertThat((double) level.scale()).isCloseTo(7.0 / 15, within(1e-6));
        assertThat(level.zero()).isEqualTo(4);
        assertThat(level.weight(level.code(0, 15))).isZero();
    }

    @Test
    void aGroupOfZerosHasAScaleAllTheSame() {
        for (boolean symmetric : new boolean[] {true, false}) {
            CodedMatrix.Level level =
                    LevelSearch.range(Correlated.format(4, 4, symmetric)).find(ROW, 4, 8, null);
            assertThat(level.scale()).isEqualTo(1);
            assertThat(level.weight(level.code(0, 15))).isZero();
        }
    }

    @Test
    void scalesAreWhatTheFileCanHold() {
        GroupFormat format = new GroupFormat(4, 4, true, FloatType.BF16);
        float scale = LevelSearch.range(format)
                .find(new float[] {1.2345f, 0, 0, 0}, 0, 4, null)
                .scale();
        assertThat(scale).isEqualTo(FloatType.roundToBf16(scale)).isNotEqualTo((float) (1.2345 / 7.5));
    }

    @Test
    void aSearchedScaleHasLessErrorWhereItCounts() {
        Random random = new Random(7);
        float[] row = new float[128];
        float[] importance = new float[128];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
            importance[i] = 1;
        }
        row[5] = 9;
        importance[5] = 1e-3f;
        GroupFormat format = Correlated.format(4, 0, true);
        try (Workers workers = Workers.of(1)) {
            CodedMatrix whole = NearestCodes.of(row, 128, LevelSearch.range(format), null, workers);
            CodedMatrix searched = NearestCodes.of(row, 128, new LevelSearch(format, 50), importance, workers);
            double before = 0;
            double after = 0;
            for (int i = 0; i < row.length; i++) {
                before += importance[i] * Math.pow(row[i] - whole.at(0, i), 2);
                after += importance[i] * Math.pow(row[i] - searched.at(0, i), 2);
            }
            assertThat(after).isLessThan(0.5 * before);
        }
    }
}
