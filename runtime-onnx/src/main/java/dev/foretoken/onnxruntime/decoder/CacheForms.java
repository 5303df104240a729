package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.List;
import java.util.stream.IntStream;

/** Which fixed sizes of a decoder's inputs runs can be made of. */
final class CacheForms {

    /** Of a state, or of one token in a cache: sums over caches and tokens stay far from overflow. */
    private static final long MOST_PIECE = Integer.MAX_VALUE;

    private CacheForms() {}

    /**
     * Sizes come from anybody's file: no more tokens than positions are counted in, and no more bytes than a tensor may have.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED
     */
    static void requireSizes(CachePort cache) {
        List<Long> sizes = IntStream.range(1, cache.shape().size())
                .filter(i -> i != cache.axis())
                .mapToObj(cache.shape()::get)
                .toList();
        long piece = TensorSize.bytes(cache.type(), sizes);
        if (piece < 1 || piece > MOST_PIECE || cache.fixedTokens() > Integer.MAX_VALUE) {
            throw PortReader.unsupported("%s is %s %s: %s must have 1 to %d bytes, and tokens be %d at most"
                    .formatted(
                            cache.input(),
                            cache.type(),
                            cache.shape(),
                            cache.isState() ? "a row" : "a token of it",
                            MOST_PIECE,
                            Integer.MAX_VALUE));
        }
    }

    /**
     * What comes out of a run goes into the next one, so a size that is fixed where it goes in is fixed where it comes out.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED
     */
    static void requireAgreement(GraphPort in, GraphPort out) {
        List<Long> before = in.shape();
        List<Long> after = out.shape();
        boolean agree = in.type() == out.type()
                && before.size() == after.size()
                && IntStream.range(0, before.size())
                        .allMatch(i -> before.get(i) < 0
                                || after.get(i) < 0
                                || before.get(i).equals(after.get(i)));
        if (!agree) {
            throw PortReader.unsupported(
                    "%s %s%s becomes %s %s%s".formatted(in.name(), in.type(), before, out.name(), out.type(), after));
        }
        if (IntStream.range(1, before.size()).anyMatch(i -> before.get(i) >= 0 && after.get(i) < 0)) {
            throw PortReader.unsupported(
                    "%s goes in as %s, and %s comes out as %s: what goes in with a fixed size must come out with the same; export both with the same sizes"
                            .formatted(in.name(), before, out.name(), after));
        }
    }

    /**
     * A mask of a fixed width is one place for each token of caches that have room for so many.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED
     */
    static void requireMask(GraphPort ids, GraphPort mask, List<CachePort> caches) {
        long rows = mask.shape().getFirst();
        long width = mask.shape().getLast();
        if (rows >= 0 && rows != ids.shape().getFirst()) {
            throw PortReader.unsupported("%s is %s, while %s is %s: their rows must be the same"
                    .formatted(mask.name(), mask.shape(), ids.name(), ids.shape()));
        }
        if (width >= 0
                && caches.stream().filter(cache -> !cache.isState()).anyMatch(cache -> cache.fixedTokens() != width)) {
            throw PortReader.unsupported("%s is %s: a fixed width must be that of all caches of tokens, which are %s"
                    .formatted(
                            mask.name(),
                            mask.shape(),
                            caches.stream().map(CachePort::shape).toList()));
        }
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
