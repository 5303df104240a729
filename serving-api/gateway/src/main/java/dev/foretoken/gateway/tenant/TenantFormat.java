package dev.foretoken.gateway.tenant;

import static dev.foretoken.contract.ConfigCheck.require;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.ServiceLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the text of a file of tenants, YAML or JSON (which is YAML too). Never repeats what it read: it may hold keys. */
final class TenantFormat {

    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Set<String> FIELDS = Set.of(
            "id",
            "keys",
            "weight",
            "highest-priority",
            "requests-per-minute",
            "tokens-per-minute",
            "concurrent-requests");

    private TenantFormat() {}

    static Tenants parse(String text) {
        JsonNode list = tree(text).path("tenants");
        require(
                list.isArray() && !list.isEmpty(),
                "tenants",
                list.getNodeType(),
                "a list of at least one, under 'tenants:'");
        List<Tenants.Entry> entries = new ArrayList<>();
        for (JsonNode node : list) {
            entries.add(entry(node));
        }
        return new Tenants(entries);
    }

    private static JsonNode tree(String text) {
        try {
            return YAML.readTree(text);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "tenants: line " + line + " is neither YAML nor JSON; see the guide to tenants");
        }
    }

    private static Tenants.Entry entry(JsonNode node) {
        require(node.isObject(), "tenants", node.getNodeType(), "a list of objects");
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            require(
                    FIELDS.contains(field.getKey()),
                    "tenant",
                    "(an unknown field)",
                    "made of " + FIELDS.stream().sorted().toList());
        }
        Tenant tenant = new Tenant(
                node.path("id").asText(),
                PriorityNames.parse(node.path("highest-priority").asText("interactive"), "tenant.highest-priority"),
                Math.toIntExact(number(node, "weight", ServiceLevel.DEFAULT_WEIGHT, ServiceLevel.MAX_WEIGHT)),
                new TenantLimits(
                        number(node, "requests-per-minute", 0, Long.MAX_VALUE),
                        number(node, "tokens-per-minute", 0, Long.MAX_VALUE),
                        Math.toIntExact(number(node, "concurrent-requests", 0, Integer.MAX_VALUE))));
        return new Tenants.Entry(tenant, keys(node.path("keys")));
    }

    private static List<KeyHash> keys(JsonNode node) {
        require(node.isMissingNode() || node.isArray(), "tenant.keys", node.getNodeType(), "a list");
        List<KeyHash> keys = new ArrayList<>();
        node.forEach(key -> keys.add(KeyHash.parse(key.asText())));
        return keys;
    }

    private static long number(JsonNode node, String name, long otherwise, long most) {
        JsonNode value = node.path(name);
        boolean fits =
                value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0 && value.asLong() <= most;
        require(
                value.isMissingNode() || fits,
                "tenant." + name,
                value.getNodeType(),
                "a whole number from 0 to " + most);
        return value.asLong(otherwise);
    }
}
