package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.List;
import java.util.stream.IntStream;

/** Which fixed sizes of a decoder's inputs runs can be made of. */
final class CacheForms {

    private CacheForms() {}

    /** Whether what comes out can go in again: no size is fixed to another number. */
    static boolean agree(List<Long> in, List<Long> out) {
        return in.size() == out.size()
                && IntStream.range(0, in.size())
                        .allMatch(i ->
                                in.get(i) < 0 || out.get(i) < 0 || in.get(i).equals(out.get(i)));
    }

    /**
     * Runs are of one row or of as many as there are, never of a number in between.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED
     */
    static void require(GraphPort ids, List<CachePort> caches) {
        for (long size : ids.shape()) {
            if (size >= 0 && size != 1) {
                throw PortReader.unsupported("%s is %s: rows and tokens of a run must be of any number, or 1"
                        .formatted(ids.name(), ids.shape()));
            }
        }
        for (CachePort cache : caches) {
            long rows = cache.shape().getFirst();
            if (rows >= 0 && rows != ids.shape().getFirst()) {
                throw PortReader.unsupported("%s is %s, while %s is %s: their rows must be the same"
                        .formatted(cache.input(), cache.shape(), ids.name(), ids.shape()));
            }
        }
        List<Long> capacities = caches.stream()
                .map(CachePort::fixedTokens)
                .filter(tokens -> tokens > 0)
                .distinct()
                .toList();
        if (capacities.size() > 1) {
            throw PortReader.unsupported("its caches have room for different numbers of tokens: " + capacities);
        }
    }
}
