package dev.foretoken.nativeruntime.adapters;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads {@code adapter_config.json} of PEFT (github.com/huggingface/peft). What would change the arithmetic in a way that is not computed
 * here is refused by name, also in fields that are not known yet: those may only be there with a value that means nothing.
 */
final class AdapterConfigReader {

    static final String FILE = "adapter_config.json";

    /** Without influence on what is computed. */
    private static final Set<String> IGNORED = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "exclude_modules",
            "inference_mode",
            "layers_pattern",
            "layers_to_transform",
            "lora_dropout",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision",
            "runtime_config",
            "task_type");

    private static final Set<String> READ = Set.of(
            "alpha_pattern",
            "bias",
            "fan_in_fan_out",
            "init_lora_weights",
            "lora_alpha",
            "peft_type",
            "r",
            "rank_pattern",
            "target_modules",
            "use_rslora");

    /** Ways to begin a training that leave the base's weights as they are. */
    private static final Set<String> INITIALIZATIONS = Set.of("gaussian", "eva", "orthogonal");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.\\-]{1,256}");
    private static final int MAX_NAMES = 4096;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode root;

    private AdapterConfigReader(JsonNode root) {
        this.root = root;
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT */
    static AdapterConfig read(byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, FILE + " is not a JSON object");
            }
            return new AdapterConfigReader(root).config();
        } catch (JacksonException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, FILE + " is not valid JSON", e);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, FILE + " cannot be read", e);
        }
    }

    private AdapterConfig config() {
        require("peft_type", "LORA");
        if (root.has("bias")) {
            require("bias", "none");
        }
        requireInitialization();
        requireNothingElse();
        return new AdapterConfig(
                (int) number("r", root.path("r"), 1, 1 << 16, true),
                number("lora_alpha", root.path("lora_alpha"), -1e6, 1e6, false),
                flag("use_rslora"),
                flag("fan_in_fan_out"),
                targets(),
                pattern("rank_pattern", true),
                pattern("alpha_pattern", false));
    }

    private void require(String field, String value) {
        if (!root.path(field).asText("absent").equals(value)) {
            throw unsupported("%s is %s; supported is %s", field, shown(root.path(field)), value);
        }
    }

    private void requireInitialization() {
        JsonNode how = root.path("init_lora_weights");
        boolean keepsBase = how.isMissingNode()
                || how.isNull()
                || how.isBoolean()
                || (how.isTextual() && INITIALIZATIONS.contains(how.textValue()));
        if (!keepsBase) {
            throw unsupported(
                    "init_lora_weights is %s, which changes the base's weights as well; save the adapter converted to plain LoRA",
                    shown(how));
        }
    }

    private void requireNothingElse() {
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            JsonNode value = field.getValue();
            boolean empty = value.isNull()
                    || (value.isBoolean() && !value.booleanValue())
                    || (value.isContainerNode() && value.isEmpty());
            if (!empty && !IGNORED.contains(field.getKey()) && !READ.contains(field.getKey())) {
                throw unsupported(
                        "%s is %s; supported are adapters without it", shortened(field.getKey()), shown(value));
            }
        }
    }

    private Optional<List<String>> targets() {
        JsonNode targets = root.path("target_modules");
        if (targets.isTextual()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (JsonNode target : targets) {
            names.add(name("target_modules", target.asText()));
        }
        if (!targets.isArray() || names.isEmpty() || names.size() > MAX_NAMES) {
            throw unsupported(
                    "target_modules is %s; supported are a pattern and a list of 1 to %d names",
                    shown(targets), MAX_NAMES);
        }
        return Optional.of(names);
    }

    /** PEFT takes keys as regular expressions; those of a file that nobody vouches for are not run: names and ends of names are taken. */
    private Map<String, Double> pattern(String field, boolean whole) {
        Map<String, Double> found = new LinkedHashMap<>();
        JsonNode node = root.path(field);
        if (!node.isMissingNode() && !node.isNull() && (!node.isObject() || node.size() > MAX_NAMES)) {
            throw unsupported("%s is %s; supported is an object of at most %d names", field, shown(node), MAX_NAMES);
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String name = name(field, entry.getKey());
            double least = whole ? 1 : -1e6;
            found.put(name, number(field + "." + name, entry.getValue(), least, whole ? 1 << 16 : 1e6, whole));
        }
        return found;
    }

    private static String name(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw unsupported(
                    "%s has %s; supported are names of modules and ends of them, of letters, digits, dots, dashes and underscores",
                    field, shortened(name));
        }
        return name;
    }

    private static double number(String field, JsonNode value, double least, double most, boolean whole) {
        boolean fine = value.isNumber() && (!whole || value.isIntegralNumber());
        if (!fine || !(value.doubleValue() >= least) || !(value.doubleValue() <= most)) {
            throw unsupported(
                    "%s is %s; it must be %s in [%s, %s]",
                    field, shown(value), whole ? "a whole number" : "a number", least, most);
        }
        return value.doubleValue();
    }

    private boolean flag(String field) {
        JsonNode value = root.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw unsupported("%s is %s; it must be true or false", field, shown(value));
        }
        return value.asBoolean(false);
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "absent" : shortened(value.toString());
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }

    private static ForetokenException unsupported(String what, Object... arguments) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED, FILE + " is not supported: " + what.formatted(arguments));
    }
}
