package dev.foretoken.nativeruntime.quantizer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.weights.StoredTensorFile;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finished blocks in a build's scratch folder: a file of tensors and one of numbers each. What is there is complete. */
record BlockStore(Path folder) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<LinkedHashMap<String, Object>>> ROWS = new TypeReference<>() {};

    private Path tensors(int block) {
        return folder.resolve("block-%05d.safetensors".formatted(block));
    }

    private Path facts(int block) {
        return folder.resolve("block-%05d.json".formatted(block));
    }

    boolean has(int block) {
        return Files.isRegularFile(tensors(block));
    }

    /** The tensors come last: with them the block is finished. */
    void write(int block, RoundedBlock rounded) {
        try {
            Files.write(facts(block), JSON.writeValueAsBytes(rounded.facts()));
            StoredTensorFile.write(tensors(block), rounded.tensors(), Map.of("format", "pt"));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "block %d cannot be written to the scratch folder: %s".formatted(block, e.getMessage()),
                    e);
        }
    }

    /** By name; mapped as long as {@code arena}. */
    Map<String, StoredTensor> read(int block, Arena arena) {
        return StoredTensorFile.read(tensors(block), arena);
    }

    /** Of all blocks, in order. */
    List<LinkedHashMap<String, Object>> allFacts(int blocks) {
        List<LinkedHashMap<String, Object>> all = new ArrayList<>();
        try {
            for (int block = 0; block < blocks; block++) {
                all.addAll(JSON.readValue(Files.readAllBytes(facts(block)), ROWS));
            }
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "the scratch folder cannot be read", e);
        }
        return all;
    }
}
