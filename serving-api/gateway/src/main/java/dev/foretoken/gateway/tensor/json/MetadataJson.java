package dev.foretoken.gateway.tensor.json;

import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.gateway.json.JsonWriter;
import java.util.List;

/** What server and models say of themselves. */
public final class MetadataJson {

    /** Those that work; the protocol itself names none. */
    public static final List<String> EXTENSIONS =
            List.of("binary_tensor_data", "classification", "model_repository", "sequence");

    private MetadataJson() {}

    public static void server(JsonWriter out, String name, String version) {
        out.raw("{\"name\":").string(name).raw(",\"version\":").string(version).raw(",\"extensions\":");
        strings(out, EXTENSIONS);
        out.raw("}");
    }

    /** @param platform the runtime that computes it */
    public static void model(
            JsonWriter out, String name, List<String> versions, String platform, TensorSignature signature) {
        out.raw("{\"name\":").string(name).raw(",\"versions\":");
        strings(out, versions);
        out.raw(",\"platform\":").string(platform).raw(",\"inputs\":");
        specs(out, signature.inputs());
        out.raw(",\"outputs\":");
        specs(out, signature.outputs());
        out.raw("}");
    }

    private static void strings(JsonWriter out, List<String> values) {
        out.raw("[");
        for (int i = 0; i < values.size(); i++) {
            out.comma(i).string(values.get(i));
        }
        out.raw("]");
    }

    private static void specs(JsonWriter out, List<TensorSpec> specs) {
        out.raw("[");
        for (int i = 0; i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            out.comma(i).raw("{\"name\":").string(spec.name());
            out.raw(",\"datatype\":\"").raw(spec.type().name()).raw("\",\"shape\":[");
            for (int d = 0; d < spec.shape().size(); d++) {
                out.comma(d).number(spec.shape().get(d));
            }
            out.raw("]}");
        }
        out.raw("]");
    }
}
