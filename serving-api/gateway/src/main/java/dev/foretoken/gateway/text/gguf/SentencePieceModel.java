package dev.foretoken.gateway.text.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates vocabularies of the kind {@code llama}: SentencePiece BPE, where every two neighbours whose joined text is a piece may merge,
 * the piece with the highest score first. Hugging Face's library wants merges in order, which scores give.
 */
final class SentencePieceModel implements VocabularyModel {

    private static final String SPACE = "\u2581";
    private static final int BYTES = 256;

    private final GgufMetadata metadata;
    private final TokenList tokens;
    private final boolean addsSpace;

    SentencePieceModel(GgufMetadata metadata, TokenList tokens) {
        this.metadata = metadata;
        this.tokens = tokens;
        this.addsSpace = metadata.flag("tokenizer.ggml.add_space_prefix", true);
    }

    @Override
    public boolean beginsWithBos() {
        return true;
    }

    @Override
    public void write(ObjectNode tokenizer) {
        List<ObjectNode> normalizers = new ArrayList<>();
        List<ObjectNode> decoders = new ArrayList<>();
        decoders.add(Json.replace(SPACE, " "));
        decoders.add(Json.typed("ByteFallback"));
        decoders.add(Json.typed("Fuse"));
        if (addsSpace) {
            normalizers.add(Json.typed("Prepend").put("prepend", SPACE));
            decoders.add(Json.typed("Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        normalizers.add(Json.replace(" ", SPACE));
        tokenizer.set("normalizer", Json.sequence("normalizers", normalizers));
        tokenizer.set("decoder", Json.sequence("decoders", decoders));
        tokenizer.set("model", model());
    }

    private ObjectNode model() {
        long bytes =
                tokens.kinds().stream().filter(kind -> kind == TokenKind.BYTE).count();
        ObjectNode model = Json.typed("BPE")
                .put("fuse_unk", true)
                .put("byte_fallback", bytes == BYTES)
                .put("ignore_merges", false);
        int unknown = tokens.kinds().indexOf(TokenKind.UNKNOWN);
        if (unknown >= 0) {
            model.put("unk_token", tokens.texts().get(unknown));
        }
        ObjectNode vocabulary = model.putObject("vocab");
        tokens.ids().forEach(vocabulary::put);
        ArrayNode merges = model.putArray("merges");
        for (ScoredMerges.Merge merge : new ScoredMerges(metadata, tokens).inOrder()) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
        return model;
    }
}
