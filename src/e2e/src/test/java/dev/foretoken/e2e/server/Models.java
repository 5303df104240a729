package dev.foretoken.e2e.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The checkpoints that tests which are not about models ask: small, with a tokenizer and a chat template. */
public final class Models {

    /** Context {@value #CONTEXT}; has a begin token and two end tokens. */
    public static final String LLAMA = "llama-text";
    /** Another architecture. */
    public static final String QWEN = "qwen3-text";
    /** {@link #LLAMA} that predicts the keys and values of its prompts, and writes earlier answers of chats in another way. */
    public static final String PREDICTING = "predicting";
    /** {@link #LLAMA} with context {@value #LONG_CONTEXT}: its answers take seconds, so that something can happen meanwhile. */
    public static final String LONG = "long";

    public static final int CONTEXT = 512;
    public static final int LONG_CONTEXT = 16_384;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Models() {}

    /** @param folder a new one, for what must be made */
    public static ServeArguments all(Path folder) {
        return ServeArguments.of(LLAMA, Checkout.checkpoint(LLAMA))
                .model(QWEN, Checkout.checkpoint(QWEN))
                .model(PREDICTING, PredictionFolder.make(folder.resolve(PREDICTING)))
                .model(LONG, longAnswers(folder))
                .engine("--memory", "384m", "--precision", "EXACT", "--kv-cache-dtype", "f32");
    }

    /** Serves {@link #LONG} alone. */
    public static ServeArguments longAlone(Path folder) {
        return ServeArguments.of(LONG, longAnswers(folder)).engine("--memory", "256m");
    }

    /** Makes the checkpoint {@link #LONG} inside {@code folder}. */
    private static Path longAnswers(Path folder) {
        Path copy = copy(LLAMA, folder.resolve(LONG));
        editConfig(copy, config -> config.put("max_position_embeddings", LONG_CONTEXT));
        return copy;
    }

    /** Copies a checkpoint to {@code target}, a folder that does not exist yet. */
    public static Path copy(String checkpoint, Path target) {
        try (Stream<Path> files = Files.list(Checkout.checkpoint(checkpoint))) {
            Files.createDirectories(target);
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void editConfig(Path checkpoint, Consumer<ObjectNode> edit) {
        Path file = checkpoint.resolve("config.json");
        try {
            ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
            edit.accept(config);
            Files.write(file, JSON.writeValueAsBytes(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
