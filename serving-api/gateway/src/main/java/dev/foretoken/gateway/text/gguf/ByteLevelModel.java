package dev.foretoken.gateway.text.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.List;

/** Translates vocabularies of the kind {@code gpt2}: byte-level pieces and a list of merges. */
final class ByteLevelModel implements VocabularyModel {

    private static final String MERGES = "tokenizer.ggml.merges";

    private final GgufMetadata metadata;
    private final TokenList tokens;
    private final TextSplit split;

    ByteLevelModel(GgufMetadata metadata, TokenList tokens) {
        this.metadata = metadata;
        this.tokens = tokens;
        this.split = TextSplit.read(metadata);
    }

    @Override
    public boolean beginsWithBos() {
        return split.beginsWithBos();
    }

    @Override
    public void write(ObjectNode tokenizer) {
        if (split.composes()) {
            tokenizer.set("normalizer", Json.typed("NFC"));
        }
        List<ObjectNode> steps = new ArrayList<>();
        for (String expression : split.expressions()) {
            ObjectNode step = Json.typed("Split").put("behavior", "Isolated").put("invert", false);
            step.putObject("pattern").put("Regex", expression);
            steps.add(step);
        }
        steps.add(byteLevel());
        tokenizer.set("pre_tokenizer", Json.sequence("pretokenizers", steps));
        tokenizer.set("decoder", byteLevel());
        ObjectNode model = Json.typed("BPE")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", split.ignoresMergesOfWholeWords());
        model.set("vocab", vocabulary());
        model.set("merges", merges());
        tokenizer.set("model", model);
    }

    private static ObjectNode byteLevel() {
        return Json.typed("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
    }

    private ObjectNode vocabulary() {
        ObjectNode vocabulary = Json.object();
        tokens.ids().forEach(vocabulary::put);
        return vocabulary;
    }

    private ArrayNode merges() {
        ArrayNode merges = Json.list();
        for (String merge : metadata.texts(MERGES)) {
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw metadata.unsupported(MERGES, "the entry \"" + merge + "\"", "two pieces with a space between");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
        return merges;
    }
}
