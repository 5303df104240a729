package dev.foretoken.bench.quality;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.foretoken.registry.measure.TextCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** The model's own tokenizer; nothing is downloaded. Any thread may call. */
public final class TextTokens implements TextCodec, AutoCloseable {

    /** The library's own ways of cutting and filling; ids must be those of the text alone. */
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer library;

    private TextTokens(HuggingFaceTokenizer library) {
        this.library = library;
    }

    /** That of a checkpoint folder. */
    public static TextTokens of(Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "%s is not there; --model must name a checkpoint folder".formatted(file));
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("OPT_OUT_TRACKING", "true");
        return new TextTokens(HuggingFaceTokenizer.newInstance(Files.newInputStream(file), PLAIN));
    }

    @Override
    public int[] prompt(String text) {
        return narrowed(library.encode(text, true, false).getIds());
    }

    @Override
    public int[] piece(String text) {
        return narrowed(library.encode(text, false, false).getIds());
    }

    @Override
    public String text(int[] ids) {
        return library.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    private static int[] narrowed(long[] ids) {
        return IntStream.range(0, ids.length).map(i -> (int) ids[i]).toArray();
    }

    @Override
    public void close() {
        library.close();
    }
}
