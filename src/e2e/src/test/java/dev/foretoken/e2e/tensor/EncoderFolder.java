package dev.foretoken.e2e.tensor;

import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An encoder of the zoo with a tokenizer and the declaration of what it is for. */
public final class EncoderFolder {

    private EncoderFolder() {}

    /** Fills an empty folder. */
    public static Path make(Path folder) throws IOException {
        Path root = Checkout.root();
        Path words = root.resolve("serving-api/gateway/src/test/resources/dev/foretoken/gateway/encode/toy");
        Files.copy(ZooGraph.of("bert").file(), folder.resolve("model.onnx"));
        Files.copy(words.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 12}");
        Files.writeString(folder.resolve("graph.json"), """
                {"format": "foretoken.graph.v1", "graph": "model.onnx", "batch_axis": 0, "task": "embedding",
                 "ragged": {"axis": 1, "pad": {"input_ids": 0, "attention_mask": 0}},
                 "pooling": "mean", "normalize": true}
                """);
        return folder;
    }
}
