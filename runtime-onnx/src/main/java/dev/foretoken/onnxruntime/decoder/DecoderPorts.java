package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.List;
import java.util.Optional;

/**
 * What the inputs and outputs of a decoder are for.
 *
 * @param inputIds [rows, span]
 * @param attentionMask [rows, past + span], or as wide as the caches: 1 where a token is
 * @param positionIds [rows, span]
 * @param cachePosition [span]: places in the caches
 * @param logitsToKeep a number: of how many last positions logits are wanted; 0 = of all
 * @param logits [rows, span or 1, vocabulary]
 */
record DecoderPorts(
        GraphPort inputIds,
        Optional<GraphPort> attentionMask,
        Optional<GraphPort> positionIds,
        Optional<GraphPort> cachePosition,
        Optional<GraphPort> logitsToKeep,
        GraphPort logits,
        List<CachePort> caches) {

    DecoderPorts {
        caches = List.copyOf(caches);
    }

    int vocabulary() {
        return Math.toIntExact(logits.shape().getLast());
    }

    /** Most rows of a run. */
    int rows() {
        long rows = inputIds.shape().getFirst();
        return rows < 0 ? Integer.MAX_VALUE : Math.toIntExact(rows);
    }

    /** Tokens of a row that a run takes at most. */
    int span() {
        long span = inputIds.shape().getLast();
        return span < 0 ? Integer.MAX_VALUE : Math.toIntExact(span);
    }

    /** Whether logits can be had of every position of a span. */
    boolean allLogits() {
        return logits.shape().get(1) != 1 || span() == 1;
    }

    /** Whether rows of different lengths can run together though caches grow in the graph: where a mask hides and positions are given. */
    boolean padsLeft() {
        return attentionMask.isPresent() && positionIds.isPresent() && cachePosition.isEmpty();
    }

    List<CachePort> states() {
        return caches.stream().filter(CachePort::isState).toList();
    }

    List<CachePort> tokens() {
        return caches.stream().filter(port -> !port.isState()).toList();
    }
}
