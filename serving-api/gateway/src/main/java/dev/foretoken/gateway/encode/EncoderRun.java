package dev.foretoken.gateway.encode;

import dev.foretoken.gateway.text.TextEncoding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Inputs of equal length, which one run computes without padding. The engine joins runs of several lengths, and of several requests, as it
 * finds it worthwhile.
 *
 * @param places of its inputs among those of the request
 */
record EncoderRun(int[] places) {

    /**
     * Runs of at most {@code most} inputs each, longer texts first: the engine begins with what has come so far, and little of the shortest
     * fills no core.
     */
    static List<EncoderRun> of(List<TextEncoding> texts, int most) {
        int[] byLength = IntStream.range(0, texts.size())
                .boxed()
                .sorted(Comparator.comparingInt(place -> texts.get(place).size()))
                .mapToInt(Integer::intValue)
                .toArray();
        List<EncoderRun> runs = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= byLength.length; i++) {
            boolean ends = i == byLength.length
                    || i - start == most
                    || texts.get(byLength[i]).size()
                            != texts.get(byLength[start]).size();
            if (ends) {
                runs.add(new EncoderRun(java.util.Arrays.copyOfRange(byLength, start, i)));
                start = i;
            }
        }
        return runs.reversed();
    }
}
