package dev.foretoken.gateway.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files in memory: text by name. */
record DocumentFiles(Map<String, String> documents, TokenizerLimits limits) implements TokenizerFiles {

    DocumentFiles {
        documents = Map.copyOf(documents);
    }

    @Override
    public Optional<String> text(String name) {
        return Optional.ofNullable(documents.get(name));
    }

    @Override
    public List<String> namesIn(String folder) {
        return List.of();
    }
}
