package dev.foretoken.nativeruntime.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LayerMapTest {

    private static double cost(double[][] costs, List<Integer> map) {
        double sum = 0;
        for (int i = 0; i < map.size(); i++) {
            sum += costs[i][map.get(i)];
        }
        return sum;
    }

    private static double least(double[][] costs, List<Integer> begun) {
        if (begun.size() == costs.length) {
            return cost(costs, begun);
        }
        double best = Double.POSITIVE_INFINITY;
        for (int next = begun.isEmpty() ? 0 : begun.getLast(); next < costs[0].length; next++) {
            List<Integer> longer = new ArrayList<>(begun);
            longer.add(next);
            best = Math.min(best, least(costs, longer));
        }
        return best;
    }

    @Test
    void noMapThatNeverDescendsIsCheaperThanTheOneFound() {
        Random random = new Random(5);
        for (int round = 0; round < 50; round++) {
            double[][] costs = new double[5][3];
            for (double[] row : costs) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = random.nextInt(4) == 0 ? Double.POSITIVE_INFINITY : random.nextInt(6);
                }
                row[1] = 3;
            }
            List<Integer> found = LayerMap.cheapest(costs);
            assertThat(found).isSorted();
            assertThat(cost(costs, found)).isCloseTo(least(costs, List.of()), within(1e-12));
        }
    }

    @Test
    void equalCostsGiveTheLowestLayers() {
        assertThat(LayerMap.cheapest(new double[4][3])).containsExactly(0, 0, 0, 0);
    }

    @Test
    void aUniformMapSpreadsTheLayersEvenly() {
        assertThat(LayerMap.uniform(8, 4)).containsExactly(0, 0, 1, 1, 2, 2, 3, 3);
        assertThat(LayerMap.uniform(3, 5)).containsExactly(0, 1, 3);
    }

    @Test
    void pairsNearTheUniformMapStayWithinTheAuxiliary() {
        assertThat(LayerMap.near(4, 2, 1)).hasSize(8);
        assertThat(LayerMap.near(4, 4, 0)).extracting(LayerPair::auxiliary).containsExactly(0, 1, 2, 3);
        assertThat(LayerMap.near(2, 8, 1)).extracting(LayerPair::auxiliary).containsExactly(0, 1, 3, 4, 5);
    }

    @Test
    void aGivenMapIsTakenAsItIs() {
        assertThat(LayerMap.given("0, 1,1", 3, 2)).containsExactly(0, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0,1", "1,0,1", "0,1,2", "-1,0,1", "0,,1", "best", ""})
    void aMapThatDoesNotFitIsRefusedWithOneThatWould(String text) {
        assertThatThrownBy(() -> LayerMap.given(text, 3, 2))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("such as 0,0,1");
    }

    @Test
    void blocksOfAShareAreSpreadFromTheFirstOn() {
        assertThat(new AuxiliaryChoice.LayerPruned(0.5).blocks(8)).containsExactly(0, 2, 4, 6);
        assertThat(new AuxiliaryChoice.LayerPruned(0.25).blocks(8)).containsExactly(0, 4);
        assertThat(new AuxiliaryChoice.LayerPruned(0.75).blocks(8)).containsExactly(0, 1, 2, 4, 5, 6);
        assertThat(new AuxiliaryChoice.LayerPruned(0.01).blocks(8)).containsExactly(0);
        assertThat(new AuxiliaryChoice.LayerPruned(1).blocks(3)).containsExactly(0, 1, 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "half",
                "layer-pruned:0",
                "layer-pruned:1.1",
                "layer-pruned:x",
                "layer-pruned:NaN",
                "layers:",
                "layers:1,1",
                "layers:2,1",
                "layers:-1",
                "layers:a",
                "model:",
                "trained:"
            })
    void whatNamesNoAuxiliaryIsRefused(String text) {
        assertThatThrownBy(() -> AuxiliaryChoice.parse(text))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("kvp: auxiliary=");
    }
}
