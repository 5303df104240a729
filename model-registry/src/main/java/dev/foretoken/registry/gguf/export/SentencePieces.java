package dev.foretoken.registry.gguf.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * SentencePiece BPE, which ggml calls {@code llama}: it has a score per piece and merges any two neighbours whose joined text is a piece,
 * the highest score first. Hugging Face has an ordered list of merges; both do the same only if the list has every such pair, which is
 * checked.
 */
final class SentencePieces {

    private static final String SPACE = "\u2581";
    private static final String PREFIX = "tokenizer.ggml.";

    private final JsonNode tokenizer;
    private final List<String> tokens;
    private final List<Integer> kinds;
    private final Map<String, Integer> ids;

    /** {@code kinds}: those of byte pieces and of the unknown token are set here. */
    SentencePieces(JsonNode tokenizer, List<String> tokens, List<Integer> kinds, Map<String, Integer> ids) {
        this.tokenizer = tokenizer;
        this.tokens = tokens;
        this.kinds = kinds;
        this.ids = ids;
    }

    static boolean looksLike(JsonNode tokenizer) {
        return tokenizer.path("model").path("byte_fallback").asBoolean(false);
    }

    void write(MetadataPairs metadata) {
        boolean addsSpace = addsSpace();
        markKinds();
        metadata.put(PREFIX + "model", "llama")
                .put(PREFIX + "pre", "default")
                .put(PREFIX + "add_space_prefix", addsSpace)
                .reals(PREFIX + "scores", scores());
    }

    private void markKinds() {
        for (int id = 0; id < tokens.size(); id++) {
            if (tokens.get(id).matches("<0x[0-9A-F]{2}>")) {
                kinds.set(id, Vocabulary.BYTE);
            }
        }
        Integer unknown = ids.get(tokenizer.path("model").path("unk_token").asText());
        if (unknown != null) {
            kinds.set(unknown, Vocabulary.UNKNOWN);
        }
    }

    /** A piece that merges make scores minus the place of its first merge; all others score 0, since nothing makes them. */
    private List<Float> scores() {
        List<Float> scores = new ArrayList<>(Collections.nCopies(tokens.size(), 0f));
        Map<String, Integer> first = new HashMap<>();
        Set<String> listed = new HashSet<>();
        List<String> merges = Vocabulary.merges(tokenizer.path("model"));
        for (int i = 0; i < merges.size(); i++) {
            listed.add(merges.get(i));
            first.putIfAbsent(merges.get(i).replace(" ", ""), i);
        }
        first.forEach((piece, place) -> {
            Integer id = ids.get(piece);
            if (id != null) {
                scores.set(id, -1f - place);
            }
        });
        requireEveryPair(listed);
        return scores;
    }

    private void requireEveryPair(Set<String> merges) {
        for (int id = 0; id < tokens.size(); id++) {
            String piece = tokens.get(id);
            for (int cut = 1; kinds.get(id) == Vocabulary.NORMAL && cut < piece.length(); cut++) {
                String left = piece.substring(0, cut);
                String right = piece.substring(cut);
                if (isPiece(left) && isPiece(right) && !merges.contains(left + " " + right)) {
                    throw Vocabulary.unsupported("SentencePiece-like BPE without the merge of '" + left + "' and '"
                            + right + "', which ggml would make");
                }
            }
        }
    }

    private boolean isPiece(String text) {
        Integer id = ids.get(text);
        return id != null && kinds.get(id) == Vocabulary.NORMAL;
    }

    /** Whether a space is put before a text: by a normalizer, or by the pre-tokenizer Metaspace. */
    private boolean addsSpace() {
        JsonNode pre = tokenizer.path("pre_tokenizer");
        if (pre.path("type").asText().equals("Metaspace")) {
            boolean cuts = pre.path("split").asBoolean(true);
            if (cuts || !pre.path("replacement").asText(SPACE).equals(SPACE)) {
                throw Vocabulary.unsupported("a pre-tokenizer Metaspace that cuts at spaces");
            }
            return !pre.path("prepend_scheme").asText("always").equals("never");
        }
        if (!pre.isNull() && !pre.isMissingNode()) {
            throw Vocabulary.unsupported(
                    "a pre-tokenizer " + pre.path("type").asText() + " before pieces with byte fallback");
        }
        boolean prepends = false;
        boolean replaces = false;
        JsonNode normalizer = tokenizer.path("normalizer");
        for (JsonNode step : normalizer.has("normalizers") ? normalizer.path("normalizers") : List.of(normalizer)) {
            prepends |= step.path("prepend").asText().equals(SPACE);
            replaces |= step.path("content").asText().equals(SPACE);
        }
        if (!replaces) {
            throw Vocabulary.unsupported("pieces with byte fallback in which spaces stay spaces");
        }
        return prepends;
    }
}
