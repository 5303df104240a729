package dev.foretoken.onnxruntime.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/** The description that ONNX Runtime GenAI's model builder writes beside a decoder; written for others, so what is not known in it is fine. */
final class GenAiFile {

    static final String NAME = "genai_config.json";

    private GenAiFile() {}

    /** The path of the decoder's graph from the folder. */
    static String graph(Path file) {
        JsonNode name = ForeignJson.read(file).path("model").path("decoder").path("filename");
        return name.isTextual() ? name.textValue() : "model.onnx";
    }
}
