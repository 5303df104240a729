package dev.foretoken.e2e.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a prediction of {@link Models#LLAMA} whose auxiliary is the whole base and whose maps change nothing: what it predicts is what the base
 * would compute, so that predicted answers are known.
 */
final class PredictionFolder {

    private static final int LAYERS = 2;
    /** Two heads of 16. */
    private static final int WIDTH = 32;

    private static final String FILE = """
            {"format": "foretoken.prediction.v1", "kind": "lp-shared", "base": "base", "auxiliary": {"layers": [0, 1]},
             "map": [0, 1], "predictor": "predictor.safetensors", "text": "", "facts": {}}
            """;

    /** In the template: how earlier answers are written, and how the last one is asked for. */
    private static final String AS_WRITTEN = "message['content'] | trim";
    /** Earlier answers are written differently than the model has written them. */
    private static final String CHANGED =
            "('said: ' if message['role'] == 'assistant' else '') + message['content'] | trim";

    private PredictionFolder() {}

    /** @param folder that does not exist yet */
    static Path make(Path folder) {
        try {
            Files.createDirectories(folder);
            changeTemplate(Models.copy(Models.LLAMA, folder.resolve("base")).resolve("tokenizer_config.json"));
            Files.writeString(folder.resolve("prediction.json"), FILE);
            Files.write(folder.resolve("predictor.safetensors"), predictor());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void changeTemplate(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = (ObjectNode) json.readTree(file.toFile());
        String template = config.path("chat_template").textValue();
        if (!template.contains(AS_WRITTEN)) {
            throw new IllegalStateException("the template of " + Models.LLAMA + " is not what this was written for");
        }
        config.put("chat_template", template.replace(AS_WRITTEN, CHANGED));
        Files.write(file, json.writeValueAsBytes(config));
    }

    /** Of each layer the maps of keys and of values: the identity, and nothing added. */
    private static byte[] predictor() {
        List<String> entries = new ArrayList<>();
        ByteBuffer data = ByteBuffer.allocate(LAYERS * 2 * (WIDTH * WIDTH + WIDTH) * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int layer = 0; layer < LAYERS; layer++) {
            for (String what : List.of("keys", "values")) {
                int start = data.position();
                for (int i = 0; i < WIDTH * WIDTH; i++) {
                    data.putFloat(i % (WIDTH + 1) == 0 ? 1f : 0f);
                }
                int middle = data.position();
                data.position(middle + WIDTH * Float.BYTES);
                String name = what + "." + layer;
                entries.add(entry(name + ".weight", WIDTH + "," + WIDTH, start, middle));
                entries.add(entry(name + ".bias", "" + WIDTH, middle, data.position()));
            }
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + header.length + data.capacity())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data.flip())
                .array();
    }

    private static String entry(String name, String shape, int start, int end) {
        return "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}".formatted(name, shape, start, end);
    }
}
