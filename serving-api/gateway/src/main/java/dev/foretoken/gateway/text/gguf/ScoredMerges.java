package dev.foretoken.gateway.text.gguf;

import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Derives the merges of a SentencePiece vocabulary from the scores of its pieces. */
final class ScoredMerges {

    private static final String SCORES = "tokenizer.ggml.scores";

    /** Two pieces whose joined text is a piece; {@code score} is the joined piece's. */
    record Merge(String left, String right, double score) {}

    private final TokenList tokens;
    private final double[] scores;

    ScoredMerges(GgufMetadata metadata, TokenList tokens) {
        this.tokens = tokens;
        this.scores = metadata.numbers(SCORES);
        if (scores.length != tokens.size()) {
            throw metadata.unsupported(
                    SCORES, scores.length + " entries", "one per token, " + tokens.size() + " entries");
        }
    }

    /** The highest score first; of equal ones, the longer left piece first. */
    List<Merge> inOrder() {
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (isPiece(id)) {
                addSplits(tokens.texts().get(id), scores[id], merges);
            }
        }
        merges.sort(Comparator.comparingDouble(Merge::score)
                .thenComparingInt(merge -> merge.left().length())
                .reversed());
        return merges;
    }

    private void addSplits(String piece, double score, List<Merge> merges) {
        for (int cut = piece.offsetByCodePoints(0, 1); cut < piece.length(); cut = piece.offsetByCodePoints(cut, 1)) {
            String left = piece.substring(0, cut);
            String right = piece.substring(cut);
            if (isPiece(left) && isPiece(right)) {
                merges.add(new Merge(left, right, score));
            }
        }
    }

    private boolean isPiece(String text) {
        Integer id = tokens.ids().get(text);
        return id != null && isPiece(id);
    }

    private boolean isPiece(int id) {
        return switch (tokens.kinds().get(id)) {
            case UNDEFINED, NORMAL -> !tokens.texts().get(id).isEmpty();
            case UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE -> false;
        };
    }
}
