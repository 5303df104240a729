package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.artifact.Pooling;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.List;
import java.util.Optional;

/** Finds among a graph's outputs the one that its task is about. */
final class HeadChoice {

    private static final List<String> TOKENS = List.of("last_hidden_state", "token_embeddings", "hidden_states");
    private static final List<String> VECTORS =
            List.of(Head.EMBEDDING, "text_embeds", "embeddings", "embedding", "pooler_output");

    private final List<GraphPort> outputs;

    private HeadChoice(List<GraphPort> outputs) {
        this.outputs = outputs;
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED where no output can be it */
    static Head of(GraphDeclaration declaration, List<GraphPort> outputs) {
        HeadChoice choice = new HeadChoice(outputs);
        return switch (declaration.task()) {
            case TENSOR, GENERATE -> new Head.None();
            case EMBED -> choice.embedding(declaration.head());
            case RERANK -> choice.score();
            case CLASSIFY -> choice.logits();
        };
    }

    private Head embedding(GraphDeclaration.Head head) {
        // A graph that has vectors of texts by that name pooled them itself.
        boolean own = head.pooling() == Pooling.NONE
                || outputs.stream().anyMatch(port -> port.name().equals(Head.EMBEDDING));
        GraphPort source = own ? find(ModelTask.EMBED, VECTORS, 2, 2) : find(ModelTask.EMBED, TOKENS, 3, 3);
        return new Head.Embedding(
                source.name(),
                own ? Pooling.NONE : head.pooling(),
                head.normalize(),
                source.shape().getLast());
    }

    private Head score() {
        GraphPort source = find(ModelTask.RERANK, List.of(Head.LOGITS, Head.SCORE, "scores"), 1, 2);
        if (source.shape().size() == 2 && source.shape().getLast() > 2) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "Output %s has %d columns; a model that ranks has one, or two classes"
                            .formatted(source.name(), source.shape().getLast()));
        }
        return new Head.Score(source.name());
    }

    private Head logits() {
        GraphPort source = find(ModelTask.CLASSIFY, List.of(Head.LOGITS, "output", "probabilities"), 2, 2);
        return new Head.Logits(source.name(), source.shape().getLast());
    }

    private GraphPort find(ModelTask task, List<String> names, int leastRank, int mostRank) {
        List<GraphPort> fitting = outputs.stream()
                .filter(port -> isFloat(port.type()))
                .filter(port -> port.shape().size() >= leastRank && port.shape().size() <= mostRank)
                .toList();
        Optional<GraphPort> named = names.stream()
                .flatMap(name -> fitting.stream().filter(port -> port.name().equals(name)))
                .findFirst();
        return named.or(() -> fitting.stream().findFirst())
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "No output of the graph is numbers of %s dimensions, as task %s needs; it has %s"
                                .formatted(
                                        leastRank == mostRank ? leastRank : leastRank + " or " + mostRank,
                                        task,
                                        outputs)));
    }

    private static boolean isFloat(ElementType type) {
        return switch (type) {
            case FP16, BF16, FP32, FP64 -> true;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES -> false;
        };
    }
}
