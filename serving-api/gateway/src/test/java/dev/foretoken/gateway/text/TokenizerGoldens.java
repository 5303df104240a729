package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What Hugging Face's library made of texts and of token sequences, see src/models/conformance/tokenizers/README.md. */
record TokenizerGoldens(String kind, Path directory, JsonNode golden) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static final List<String> KINDS = List.of("byte-level", "metaspace");

    static TokenizerGoldens read(String kind) {
        Path directory = Path.of(System.getProperty("foretoken.root"), "src/models/conformance/tokenizers", kind);
        try {
            JsonNode golden = JSON.readTree(directory.resolve("golden.json").toFile());
            return new TokenizerGoldens(kind, directory, golden);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Tokenizer tokenizer() {
        return Tokenizer.load(directory);
    }

    Stream<JsonNode> texts() {
        return StreamSupport.stream(golden.path("texts").spliterator(), false);
    }

    Stream<JsonNode> sequences() {
        return StreamSupport.stream(golden.path("sequences").spliterator(), false);
    }

    static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    /** The last entry of a list of growing texts: the whole. */
    static String whole(JsonNode texts) {
        return texts.isEmpty() ? "" : texts.get(texts.size() - 1).asText();
    }
}
