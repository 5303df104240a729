package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.nativeruntime.weights.TensorFile;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads adapters for one model: checks every name, shape and number before it is believed. Any thread may call it. */
public final class AdapterReader {

    private static final Pattern TENSOR =
            Pattern.compile("base_model\\.model\\.([A-Za-z0-9_.\\-]{1,512})\\.lora_([AB])\\.weight");

    private final AdapterModules modules;
    private final AdapterLimits limits;

    AdapterReader(AdapterModules modules, AdapterLimits limits) {
        this.modules = modules;
        this.limits = limits;
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, INSUFFICIENT_MEMORY; nothing stays allocated then */
    public AdapterWeights read(Path folder) {
        AdapterFolder files = new AdapterFolder(folder);
        AdapterConfig config = AdapterConfigReader.read(files.config());
        try (TensorFile file = TensorFile.open(files.weights())) {
            Map<String, AdapterPair> pairs = pairs(file.tensors(), config);
            requireRoom(pairs);
            Arena arena = Arena.ofShared();
            try {
                return new AdapterPacker(arena).pack(pairs.values());
            } catch (RuntimeException | Error e) {
                arena.close();
                throw e;
            }
        }
    }

    private Map<String, AdapterPair> pairs(Map<String, StoredTensor> tensors, AdapterConfig config) {
        Map<String, StoredTensor> down = new TreeMap<>();
        Map<String, StoredTensor> up = new TreeMap<>();
        for (StoredTensor tensor : tensors.values()) {
            Matcher name = TENSOR.matcher(tensor.name());
            if (!name.matches()) {
                throw unsupported(
                        "tensor %s is not lora_A.weight or lora_B.weight of a module: embeddings, biases, magnitudes and whole modules are not adapted here"
                                .formatted(shortened(tensor.name())));
            }
            (name.group(2).equals("A") ? down : up).put(name.group(1), tensor);
        }
        if (!down.keySet().equals(up.keySet()) || down.isEmpty()) {
            throw unsupported(
                    "it has lora_A of %d modules and lora_B of %d; both are needed of the same, at least of one"
                            .formatted(down.size(), up.size()));
        }
        Map<String, AdapterPair> pairs = new TreeMap<>();
        down.forEach((module, matrix) -> pairs.put(module, pair(module, matrix, up.get(module), config)));
        return pairs;
    }

    private AdapterPair pair(String module, StoredTensor down, StoredTensor up, AdapterConfig config) {
        if (!config.mayTarget(module)) {
            throw unsupported("it has tensors of module %s, which is not among target_modules".formatted(module));
        }
        AdapterModule found = modules.find(module);
        if (found.transposed() != config.transposed()) {
            throw unsupported("fan_in_fan_out is %s, but module %s of the base is stored as [%s]"
                    .formatted(
                            config.transposed(), module, found.transposed() ? "inputs, outputs" : "outputs, inputs"));
        }
        int rank = config.rank(module);
        if (rank > limits.rank()) {
            throw unsupported("the rank of module %s is %d, at most %d is allowed (max-adapter-rank)"
                    .formatted(module, rank, limits.rank()));
        }
        requireShape(down, rank, found.inputs());
        requireShape(up, found.outputs(), rank);
        return new AdapterPair(found, down, up, rank, config.scale(module));
    }

    private static void requireShape(StoredTensor tensor, int rows, int columns) {
        if (!tensor.hasShape(rows, columns)) {
            throw unsupported("tensor %s has shape %s, expected [%d, %d] by the base and the rank"
                    .formatted(tensor.name(), tensor.shape(), rows, columns));
        }
        if (tensor.type().computable().isEmpty()) {
            throw unsupported("tensor %s has elements of type %s; supported are F32, F16 and BF16"
                    .formatted(tensor.name(), tensor.type()));
        }
    }

    private void requireRoom(Map<String, AdapterPair> pairs) {
        long bytes = pairs.values().stream().mapToLong(AdapterPair::bytes).sum();
        if (bytes > limits.bytes()) {
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "The adapter takes %d bytes, all adapters of the model may take %d (adapter-bytes)"
                            .formatted(bytes, limits.bytes()));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private static ForetokenException unsupported(String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "The adapter is not supported: " + what);
    }
}
