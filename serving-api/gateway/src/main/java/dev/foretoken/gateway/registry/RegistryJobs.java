package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.job.JobOrder;
import dev.foretoken.registry.job.ModelParameter;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builds as requests ask for them. Whoever calls what changes something has checked that the request may do so. */
public final class RegistryJobs {

    private static final int LISTED = 1000;
    private static final int MOST_VARIANTS = 64;

    private final Registry registry;
    private final VariantWorkshop workshop;

    public RegistryJobs(Registry registry, VariantWorkshop workshop) {
        this.registry = registry;
        this.workshop = workshop;
    }

    public JsonNode methods() {
        return RegistryJson.list("methods", workshop.methods(), JobJson::method);
    }

    /** Newest first; {@code model}: those of one model alone. */
    public JsonNode list(@Nullable String model) {
        List<Job> jobs = registry.jobs().newest(LISTED).stream()
                .filter(job -> model == null || job.parent().model().equals(model))
                .toList();
        return RegistryJson.list("jobs", jobs, JobJson::job);
    }

    public JsonNode job(long id) {
        return JobJson.job(registry.jobs().find(id));
    }

    /** UTF-8 text, as far as this machine has it. */
    public byte[] log(long id) {
        registry.jobs().find(id);
        return registry.jobs().log(id, 0).getBytes(StandardCharsets.UTF_8);
    }

    /** Queues the builds that the fields ask for: all of them, or none. */
    public JsonNode build(String model, JsonFields fields) {
        RegistryChanges.only(
                fields, "from", "variants", "calibration", "calibration_tokens", "calibration_sequences", "threads");
        VariantRef parent = registry.resolve(parent(model, fields));
        List<int[]> calibration = calibration(parent, fields);
        List<JobOrder> orders = new ArrayList<>();
        for (JsonFields variant : fields.objects("variants")) {
            orders.add(order(parent, variant, calibration, (int) number(fields, "threads", 0, 1024)));
        }
        if (orders.isEmpty() || orders.size() > MOST_VARIANTS) {
            throw fields.invalid("variants", "must be 1 to " + MOST_VARIANTS + " objects with a method");
        }
        List<Job> jobs = registry.jobs().submit(orders);
        return RegistryJson.list("jobs", jobs, JobJson::job);
    }

    private static Reference parent(String model, JsonFields fields) {
        Reference parent = Reference.parse(fields.string("from").orElse(model));
        if (!parent.model().equals(model)) {
            throw fields.invalid("from", "must be a variant of '" + model + "', the model of the path");
        }
        return parent;
    }

    private JobOrder order(VariantRef parent, JsonFields variant, List<int[]> calibration, int threads) {
        RegistryChanges.only(variant, "name", "method", "parameters");
        String name = variant.requiredString("method");
        BuildMethod method = workshop.methods().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> variant.invalid("method", "is none of /registry/v1/methods"));
        if (method.needsCalibration() && calibration.isEmpty()) {
            throw ForetokenException.invalid(
                    "calibration", "'" + name + "' looks at activations; send calibration text");
        }
        Map<String, String> parameters = new TreeMap<>();
        Optional<JsonFields> given = variant.object("parameters");
        given.ifPresent(each -> each.names().forEach(key -> parameters.put(key, each.requiredString(key))));
        parameters.forEach(method::requireValue);
        parameters.replaceAll((key, value) -> modelNamed(variant, value));
        return new JobOrder(parent, variant.string("name").orElse(name), name, parameters, calibration, threads);
    }

    /** A request may name variants; files of the server it may not. */
    private String modelNamed(JsonFields variant, String value) {
        if (value.startsWith(ModelParameter.TRAINED) || value.startsWith(ModelParameter.MODEL + "/")) {
            throw variant.invalid(
                    "parameters", "may not name files of the server; import the model and name its variant");
        }
        return value.startsWith(ModelParameter.MODEL)
                ? ModelParameter.MODEL
                        + registry.resolve(Reference.parse(value.substring(ModelParameter.MODEL.length())))
                : value;
    }

    private List<int[]> calibration(VariantRef parent, JsonFields fields) {
        Optional<String> text = fields.string("calibration");
        if (text.isEmpty()) {
            return List.of();
        }
        CalibrationText cut = new CalibrationText(
                (int) number(fields, "calibration_tokens", CalibrationText.DEFAULT.tokens(), 1 << 17),
                (int) number(fields, "calibration_sequences", CalibrationText.DEFAULT.most(), 1 << 16));
        try (Tokenizer tokenizer = VariantTokenizer.open(registry, parent)) {
            return cut.sequences(tokenizer, text.get());
        }
    }

    private static long number(JsonFields fields, String name, long fallback, long most) {
        Long value = fields.integer(name);
        if (value != null && (value < 0 || value > most)) {
            throw fields.invalid(name, "must be in [0, " + most + "]");
        }
        return value == null ? fallback : value;
    }

    public JsonNode cancel(long id) {
        return JobJson.job(registry.jobs().cancel(id));
    }

    /** @throws ForetokenException REGISTRY_CONFLICT unless it failed or was cancelled */
    public JsonNode resume(long id) {
        return JobJson.job(registry.jobs().retry(id));
    }
}
