package dev.foretoken.gateway.tensor.json;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.json.JsonWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of an answer.
 *
 * @param bytes JSON, then the bytes of its binary outputs
 * @param jsonBytes length of the JSON where bytes follow it; 0 = all of it is JSON
 */
public record InferReply(byte[] bytes, int jsonBytes) {

    /** Who answers. */
    public record Model(String name, String version) {}

    /** @throws ForetokenException INVALID_REQUEST for values that JSON cannot write */
    public static InferReply of(Model model, InferBody request, List<Tensor> outputs) {
        JsonWriter json = new JsonWriter();
        List<MemorySegment> binary = new ArrayList<>();
        json.raw("{\"model_name\":").string(model.name());
        json.raw(",\"model_version\":").string(model.version());
        if (!request.call().id().isEmpty()) {
            json.raw(",\"id\":").string(request.call().id());
        }
        json.raw(",\"outputs\":[");
        for (int i = 0; i < outputs.size(); i++) {
            output(
                    json.comma(i),
                    outputs.get(i),
                    request.wantsBytes(outputs.get(i).name()),
                    binary);
        }
        json.raw("]}");
        return binary.isEmpty() ? new InferReply(json.toBytes(), 0) : withBytes(json, binary);
    }

    private static void output(JsonWriter json, Tensor output, boolean asBytes, List<MemorySegment> binary) {
        json.raw("{\"name\":").string(output.name());
        json.raw(",\"datatype\":\"").raw(output.type().name()).raw("\",\"shape\":[");
        for (int i = 0; i < output.shape().size(); i++) {
            json.comma(i).number(output.shape().get(i));
        }
        json.raw("],");
        if (asBytes) {
            json.raw("\"parameters\":{\"binary_data_size\":")
                    .number(output.data().byteSize())
                    .raw("}}");
            binary.add(output.data());
        } else {
            json.raw("\"data\":");
            ElementsJson.write(json, output);
            json.raw("}");
        }
    }

    private static InferReply withBytes(JsonWriter json, List<MemorySegment> binary) {
        long total =
                json.size() + binary.stream().mapToLong(MemorySegment::byteSize).sum();
        if (total > Integer.MAX_VALUE - 8) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE, "the outputs have " + total + " bytes; ask for fewer of them at once");
        }
        byte[] body = new byte[(int) total];
        byte[] head = json.toBytes();
        System.arraycopy(head, 0, body, 0, head.length);
        int at = head.length;
        for (MemorySegment each : binary) {
            MemorySegment.copy(each, ValueLayout.JAVA_BYTE, 0, body, at, (int) each.byteSize());
            at += (int) each.byteSize();
        }
        return new InferReply(body, head.length);
    }
}
