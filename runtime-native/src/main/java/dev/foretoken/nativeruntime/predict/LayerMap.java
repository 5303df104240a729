package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which layer of the auxiliary every layer of the base is predicted from; never descending. */
final class LayerMap {

    private LayerMap() {}

    /** Layers at the same share of the way through both. */
    static List<Integer> uniform(int base, int auxiliary) {
        return IntStream.range(0, base)
                .map(layer -> (int) ((long) layer * auxiliary / base))
                .boxed()
                .toList();
    }

    /** Pairs whose layers are at most {@code reach} from the uniform map. */
    static List<LayerPair> near(int base, int auxiliary, int reach) {
        List<Integer> uniform = uniform(base, auxiliary);
        List<LayerPair> pairs = new ArrayList<>();
        for (int layer = 0; layer < base; layer++) {
            int first = Math.max(0, uniform.get(layer) - reach);
            int last = Math.min(auxiliary - 1, uniform.get(layer) + reach);
            for (int other = first; other <= last; other++) {
                pairs.add(new LayerPair(layer, other));
            }
        }
        return pairs;
    }

    /**
     * The map of least total cost among those that never descend; of equal ones, that of the lowest layers.
     *
     * @param costs [base][auxiliary]; infinite where the pair may not be
     */
    static List<Integer> cheapest(double[][] costs) {
        int auxiliary = costs[0].length;
        double[][] least = new double[costs.length][];
        for (int layer = 0; layer < costs.length; layer++) {
            least[layer] = costs[layer].clone();
            double before = layer == 0 ? 0 : Double.POSITIVE_INFINITY;
            for (int other = 0; other < auxiliary; other++) {
                before = layer == 0 ? 0 : Math.min(before, least[layer - 1][other]);
                least[layer][other] += before;
            }
        }
        Integer[] map = new Integer[costs.length];
        int end = auxiliary - 1;
        for (int layer = costs.length - 1; layer >= 0; layer--) {
            end = lowest(least[layer], end);
            map[layer] = end;
        }
        return List.copyOf(Arrays.asList(map));
    }

    private static int lowest(double[] numbers, int last) {
        int best = 0;
        for (int i = 1; i <= last; i++) {
            if (numbers[i] < numbers[best]) {
                best = i;
            }
        }
        return best;
    }

    /**
     * As people write it: {@code 0,0,1,1}.
     *
     * @throws ForetokenException CONFIG_INVALID unless it has one of the auxiliary's layers for every layer of the base, never descending
     */
    static List<Integer> given(String text, int base, int auxiliary) {
        String expected = "search, uniform, or %d numbers from 0 to %d that never descend, such as %s"
                .formatted(base, auxiliary - 1, text(uniform(base, auxiliary)));
        List<Integer> map = new ArrayList<>();
        try {
            for (String number : text.split(",", -1)) {
                map.add(Integer.parseInt(number.strip()));
            }
        } catch (NumberFormatException e) {
            throw wrong(text, expected);
        }
        boolean sound = map.size() == base
                && map.getFirst() >= 0
                && map.getLast() < auxiliary
                && IntStream.range(1, map.size()).allMatch(i -> map.get(i) >= map.get(i - 1));
        if (!sound) {
            throw wrong(text, expected);
        }
        return map;
    }

    private static ForetokenException wrong(String found, String expected) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, "kvp: map=%s, must be %s".formatted(found, expected));
    }

    private static String text(List<Integer> map) {
        return String.join(",", map.stream().map(String::valueOf).toList());
    }
}
