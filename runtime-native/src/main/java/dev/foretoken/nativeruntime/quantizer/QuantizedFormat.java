package dev.foretoken.nativeruntime.quantizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a checkpoint's quantized tensors are written, as {@code quantization_config} says it to readers of the compressed-tensors format.
 *
 * @param codes packed words, or plain int8 whose inputs are rounded to int8 per token as well
 * @param sorted whether columns were rounded in the order of their inputs
 * @param targets classes of modules that are quantized
 * @param ignored modules of these classes that are not
 */
record QuantizedFormat(
        GroupFormat groups, StoredCodes codes, boolean sorted, List<String> targets, List<String> ignored) {

    QuantizedFormat {
        targets = List.copyOf(targets);
        ignored = List.copyOf(ignored);
    }

    ObjectNode config(ObjectMapper json) {
        String format = codes.packed() ? "pack-quantized" : "int-quantized";
        ObjectNode config = json.createObjectNode();
        ObjectNode group = config.putObject("config_groups").putObject("group_0");
        group.put("format", format);
        if (codes.packed()) {
            group.putNull("input_activations");
        } else {
            group.set("input_activations", numbers(json, 8, "token", null, true, true));
        }
        group.putNull("output_activations");
        group.set("targets", json.valueToTree(targets));
        ObjectNode weights = numbers(
                json,
                groups.bits(),
                groups.group() == 0 ? "channel" : "group",
                groups.group() == 0 ? null : groups.group(),
                groups.symmetric(),
                false);
        if (sorted) {
            weights.put("actorder", "weight");
        }
        group.set("weights", weights);
        config.put("format", format);
        config.putNull("global_compression_ratio");
        config.set("ignore", json.valueToTree(ignored));
        config.putNull("kv_cache_scheme");
        config.put("quant_method", "compressed-tensors");
        config.put("quantization_status", "compressed");
        return config;
    }

    private static ObjectNode numbers(
            ObjectMapper json, int bits, String strategy, @Nullable Integer group, boolean symmetric, boolean dynamic) {
        ObjectNode numbers = json.createObjectNode();
        numbers.putNull("actorder");
        numbers.putNull("block_structure");
        numbers.put("dynamic", dynamic);
        numbers.put("group_size", group);
        numbers.put("num_bits", bits);
        if (dynamic) {
            numbers.putNull("observer");
        } else {
            numbers.put("observer", "minmax");
        }
        numbers.putObject("observer_kwargs");
        numbers.put("strategy", strategy);
        numbers.put("symmetric", symmetric);
        numbers.put("type", "int");
        return numbers;
    }
}
