package dev.foretoken.nativeruntime.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RankSpectrumTest {

    private static float[] random(int size, long seed) {
        Random random = new Random(seed);
        float[] made = new float[size];
        for (int i = 0; i < size; i++) {
            made[i] = (float) random.nextGaussian();
        }
        return made;
    }

    /** Second moment of inputs of which one in {@code every} elements is loud. */
    private static double[] moment(int columns, int every) {
        float[] inputs = random(400 * columns, 7);
        double[] sum = new double[columns * columns];
        for (int first = 0; first < inputs.length; first += columns) {
            for (int i = 0; i < columns; i++) {
                for (int j = 0; j < columns; j++) {
                    double loud = (i % every == 0 ? 10 : 1) * (j % every == 0 ? 10 : 1);
                    sum[i * columns + j] += loud * inputs[first + i] * inputs[first + j];
                }
            }
        }
        return sum;
    }

    /** Of the difference, by what comes out for the inputs of a moment, in parts of the whole. */
    private static double lost(float[] weight, RankSpectrum spectrum, int rank, double[] moment) {
        int columns = (int) Math.sqrt(moment.length);
        int rows = weight.length / columns;
        double gone = 0;
        double all = 0;
        for (int row = 0; row < rows; row++) {
            double[] rest = new double[columns];
            for (int c = 0; c < columns; c++) {
                rest[c] = weight[row * columns + c];
                for (int i = 0; i < rank; i++) {
                    rest[c] -= (double) spectrum.up()[row * spectrum.most() + i] * spectrum.down()[i * columns + c];
                }
            }
            for (int i = 0; i < columns; i++) {
                for (int j = 0; j < columns; j++) {
                    gone += rest[i] * rest[j] * moment[i * columns + j];
                    all += (double) weight[row * columns + i] * weight[row * columns + j] * moment[i * columns + j];
                }
            }
        }
        return gone / all;
    }

    private static double[] identity(int size) {
        double[] made = new double[size * size];
        for (int i = 0; i < size; i++) {
            made[i * size + i] = 1;
        }
        return made;
    }

    @ParameterizedTest
    @CsvSource({"12, 20", "20, 12", "9, 9"})
    void fullRankIsTheMatrixItself(int rows, int columns) {
        float[] weight = random(rows * columns, 3);
        int full = Math.min(rows, columns);
        double[] moment = moment(columns, 4);
        assertThat(lost(weight, RankSpectrum.of(weight, rows, columns, null, full), full, identity(columns)))
                .isLessThan(1e-10);
        assertThat(lost(weight, RankSpectrum.of(weight, rows, columns, moment, full), full, moment))
                .isLessThan(1e-10);
    }

    @ParameterizedTest
    @CsvSource({"12, 20", "20, 12"})
    void losesWhatTheEnergiesSayAndLessThanAnyOther(int rows, int columns) {
        float[] weight = random(rows * columns, 5);
        double[] moment = moment(columns, 4);
        RankSpectrum blind = RankSpectrum.of(weight, rows, columns, null, 6);
        RankSpectrum aware = RankSpectrum.of(weight, rows, columns, moment, 6);
        double all = 0;
        double gone = 0;
        for (int i = 0; i < aware.energies().length; i++) {
            all += aware.energies()[i];
            gone += i < 5 ? 0 : aware.energies()[i];
        }
        double lost = lost(weight, aware, 5, moment);
        assertThat(lost).isCloseTo(gone / all, within(1e-5));
        assertThat(lost).isLessThan(0.9 * lost(weight, blind, 5, moment));
    }

    @ParameterizedTest
    @CsvSource({"1.0, 3", "0.9, 2", "0.5, 1", "0.0, 1"})
    void takesTheSmallestRankThatKeepsTheShare(double share, int rank) {
        assertThat(RankSpectrum.rank(new double[] {6, 3.5, 0.5, 0}, share)).isEqualTo(rank);
    }
}
