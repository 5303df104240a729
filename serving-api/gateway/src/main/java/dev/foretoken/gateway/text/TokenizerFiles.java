package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Optional;

/** The small text files that describe a tokenizer as Hugging Face names them: of a directory, or made from another kind of file. */
interface TokenizerFiles {

    TokenizerLimits limits();

    /** The file's text, or empty if there is no such file. */
    Optional<String> text(String name);

    /** Names in a folder, in order; empty where there is no such folder. */
    List<String> namesIn(String folder);

    /** The file as an object; a missing file is a missing node. */
    default JsonNode object(String name) {
        return text(name).map(text -> CheckpointJson.parse(name, text)).orElse(MissingNode.getInstance());
    }
}
