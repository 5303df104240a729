package dev.foretoken.gateway.text.gguf;

import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How a byte-level vocabulary cuts a text before it merges, by the names in {@code tokenizer.ggml.pre}. The expressions are those of the
 * models' own tokenizer.json files.
 */
enum TextSplit {
    /** Files from before the key existed; ggml's own rules. */
    DEFAULT(
            List.of("default"),
            List.of(
                    "[\\p{P}\\$\\+<=>\\^~\\|]+",
                    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)",
                    "\\p{N}+",
                    "[0-9][0-9][0-9]"),
            false,
            false),
    GPT2(List.of("gpt-2", "phi-2"), List.of(Expressions.GPT2), false, false),
    SINGLE_DIGITS(
            List.of("smollm", "starcoder", "refact", "codeshell"), List.of("\\p{N}", Expressions.GPT2), false, false),
    LLAMA3(List.of("llama-bpe", "llama3", "llama-v3"), List.of(Expressions.words("\\p{N}{1,3}")), true, false),
    QWEN2(List.of("qwen2", "deepseek-r1-qwen"), List.of(Expressions.words("\\p{N}")), false, true),
    TEKKEN(List.of("tekken"), List.of(Expressions.TEKKEN), true, false),
    ;

    private static final String KEY = "tokenizer.ggml.pre";

    private final List<String> names;
    private final List<String> expressions;
    private final boolean wholeWords;
    private final boolean composes;

    TextSplit(List<String> names, List<String> expressions, boolean wholeWords, boolean composes) {
        this.names = names;
        this.expressions = expressions;
        this.wholeWords = wholeWords;
        this.composes = composes;
    }

    static TextSplit read(GgufMetadata metadata) {
        String name = metadata.text(KEY).orElse("default");
        for (TextSplit split : values()) {
            if (split.names.contains(name)) {
                return split;
            }
        }
        throw metadata.unsupported(
                KEY,
                "\"" + name + "\"",
                "one of "
                        + Arrays.stream(values())
                                .flatMap(split -> split.names.stream())
                                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Applied one after the other, each to the pieces of the one before. */
    List<String> expressions() {
        return expressions;
    }

    /** Whether a piece that is a token is that token, however it would merge. */
    boolean ignoresMergesOfWholeWords() {
        return wholeWords;
    }

    /** Whether a prompt begins with the BOS token where the file does not say. */
    boolean beginsWithBos() {
        return wholeWords;
    }

    /** Whether texts are brought into the Unicode form NFC first. */
    boolean composes() {
        return composes;
    }

    private static final class Expressions {
        private static final String GPT2 =
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
        private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
        private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
        private static final String TEKKEN = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+|[^\\r\\n\\p{L}\\p{N}]?"
                + UPPER + "+" + LOWER + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;

        private static String words(String digits) {
            return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" + SPACES;
        }
    }
}
