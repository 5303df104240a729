package dev.foretoken.registry.gguf.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds ggml's name for how a byte-level tokenizer cuts a text before it merges. The expressions are those of the models' own
 * tokenizer.json files.
 */
final class TextSplits {

    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String DIGIT = "\\p{N}";
    private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

    /** {@code wholeWords}: a piece that is a token is that token; {@code composes}: texts become NFC first. */
    private record Split(String name, List<String> expressions, boolean wholeWords, boolean composes) {}

    private static final List<Split> KNOWN = List.of(
            new Split("gpt-2", List.of(GPT2), false, false),
            new Split("smollm", List.of(DIGIT, GPT2), false, false),
            new Split("llama-bpe", List.of(words("\\p{N}{1,3}")), true, false),
            new Split("qwen2", List.of(words("\\p{N}")), false, true),
            new Split("tekken", List.of(tekken()), true, false));

    private TextSplits() {}

    private static String words(String digits) {
        return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES;
    }

    private static String tekken() {
        return "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER
                + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;
    }

    /** @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED for a way that ggml has no name for, as far as known here */
    static String nameOf(JsonNode tokenizer) {
        List<String> expressions = new ArrayList<>();
        collect(tokenizer.path("pre_tokenizer"), expressions);
        boolean wholeWords = tokenizer.path("model").path("ignore_merges").asBoolean(false);
        boolean composes = composes(tokenizer.path("normalizer"));
        Split found = new Split("", expressions, wholeWords, composes);
        for (Split split : KNOWN) {
            if (found.equals(new Split("", split.expressions(), split.wholeWords(), split.composes()))) {
                return split.name();
            }
        }
        throw Vocabulary.unsupported("an unknown way of cutting texts, " + expressions
                + (wholeWords ? ", ignoring merges" : "") + (composes ? ", after NFC" : ""));
    }

    private static boolean composes(JsonNode normalizer) {
        if (normalizer.isMissingNode() || normalizer.isNull()) {
            return false;
        }
        if (normalizer.path("type").asText().equals("NFC")) {
            return true;
        }
        throw Vocabulary.unsupported("a normalizer " + normalizer.path("type").asText());
    }

    private static void collect(JsonNode step, List<String> out) {
        switch (step.path("type").asText()) {
            case "Sequence" -> step.path("pretokenizers").forEach(inner -> collect(inner, out));
            case "Split" -> out.add(split(step));
            case "Digits" -> {
                if (!step.path("individual_digits").asBoolean(false)) {
                    throw Vocabulary.unsupported("digits that are not cut one by one");
                }
                out.add(DIGIT);
            }
            case "ByteLevel" -> {
                if (step.path("add_prefix_space").asBoolean(true)) {
                    throw Vocabulary.unsupported("a space put before every text");
                }
                if (step.path("use_regex").asBoolean(true)) {
                    out.add(GPT2);
                }
            }
            default ->
                throw Vocabulary.unsupported(
                        "a pre-tokenizer " + step.path("type").asText("that is missing"));
        }
    }

    private static String split(JsonNode step) {
        if (!step.path("behavior").asText().equals("Isolated")
                || step.path("invert").asBoolean(false)) {
            throw Vocabulary.unsupported("a split that is not isolated");
        }
        return step.path("pattern").path("Regex").asText();
    }
}
